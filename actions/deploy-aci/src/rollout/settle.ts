import { patiently } from '@slipway/shared/deploy/patience';
import { isJsonObject, type JsonObject, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import { formatDuration } from '@slipway/shared/time/duration';
import { jittered } from '@slipway/shared/time/poll';

/** A group that may be in the middle of a change. */
export interface ChangingGroup {
  name: string;
  clock: Clock;
  /** Longest wait in milliseconds. */
  limit: number;
  /** What was read of it just now; undefined where it is not there. */
  first: JsonObject | undefined;
  read(signal: AbortSignal): Promise<JsonObject | undefined>;
  /** Whether the change is one of this run, which takes it up. */
  isOurs(group: JsonObject): boolean;
  say(line: string): void;
}

const pause = 2_000;

/**
 * Waits until nobody else changes the group.
 * @returns the group then
 * @throws Failure `aci/changing` when the time is up
 */
export async function settle(
  { clock, first, isOurs, limit, name, read, say }: ChangingGroup,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const start = clock.now();
  let group = first;
  for (let said = false; ; said = true) {
    if (said) group = await patiently(() => read(signal), { clock }, signal);
    const state = group && provisioningState(group);
    if (!group || state === undefined || !changing.has(state)) return group;
    if (isOurs(group)) {
      say(`${name} is being changed by an earlier attempt of this run, which takes it up`);
      return group;
    }
    const waited = clock.now() - start;
    if (waited >= limit) {
      throw Failure.of('aci/changing', { group: name, state, waited: formatDuration(limit) });
    }
    if (!said) say(`${name} is being changed (${state}): waiting until that is over`);
    await clock.sleep(Math.min(jittered(pause), limit - waited), signal);
  }
}

/** What a group says of its last operation; undefined when it says nothing. */
export function provisioningState({ properties }: JsonObject): string | undefined {
  return properties !== undefined && isJsonObject(properties)
    ? textIn(properties, 'provisioningState')
    : undefined;
}

// Repairing and Unhealthy take writes; a group that Failed does too.
const changing = new Set(['Accepted', 'Pending', 'Creating', 'Updating', 'Deleting']);
