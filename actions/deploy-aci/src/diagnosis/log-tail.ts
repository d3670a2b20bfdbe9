import { lastLines, mostLogLines } from '@slipway/shared/deploy/log-lines';
import type { Clock } from '@slipway/shared/time/clock';
import type { AciApi, GroupName } from '../api/aci-api.ts';

/** A log is not there at once, and its last lines come a moment after the container has ended. */
const lateness = { pause: 700, tries: 3 };

/** The last lines of the log of a container, oldest first; empty where it has written nothing. */
export async function logTail(
  { api, clock }: { api: Pick<AciApi, 'logLines'>; clock: Clock },
  asked: GroupName & { readonly container: string },
  signal: AbortSignal,
): Promise<readonly string[]> {
  for (let left = lateness.tries; ; left -= 1) {
    const lines = await api.logLines({ ...asked, most: mostLogLines }, signal);
    if (lines.length > 0 || left <= 1) return lastLines(lines);
    await clock.sleep(lateness.pause, signal);
  }
}
