import type { ServiceEvent } from '@aws-sdk/client-ecs';
import { oneLine } from '@slipway/shared/image/said';

/** So many different events at most. */
const most = 8;

// Events are sentences only; these words are in those that tell of trouble.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
const trouble =
  /fail|unhealthy|error|throttl|unable|missing|alarm|rolling back|denied|exceed|insufficient|impaired|not found/i;

/**
 * What ECS said of a service since the start, as far as it tells of trouble; oldest first. Events that
 * differ in ids only are one, with a count.
 * @param since milliseconds since the epoch
 */
export function troubleSince(events: readonly ServiceEvent[], since: number): string[] {
  const seen = new Set<string>();
  const said = new Map<string, { text: string; count: number }>();
  const inOrder = [...events].sort((a, b) => at(a) - at(b));
  for (const { createdAt, id = '', message = '' } of inOrder) {
    if (!createdAt || createdAt.getTime() < since || !trouble.test(message)) continue;
    if (id !== '' && seen.has(id)) continue;
    seen.add(id);
    const kind = oneLine(message.replace(/\((?:task|instance|port) [^)]*\)\s*/g, ''));
    const before = said.get(kind);
    said.set(kind, { text: oneLine(message), count: (before?.count ?? 0) + 1 });
  }
  return [...said.values()]
    .slice(-most)
    .map(({ count, text }) => (count === 1 ? `event: ${text}` : `event, ${count} times: ${text}`));
}

function at({ createdAt }: ServiceEvent): number {
  return createdAt?.getTime() ?? 0;
}
