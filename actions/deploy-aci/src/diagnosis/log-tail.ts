import { cut } from '@slipway/shared/secrets/cut';
import type { Clock } from '@slipway/shared/time/clock';
import type { AciApi, GroupName } from '../api/aci-api.ts';

const most = { lines: 30, line: 1_000, all: 12_000 };
/** A log is not there at once, and its last lines come a moment after the container has ended. */
const lateness = { pause: 700, tries: 3 };

/** The last lines of the log of a container, oldest first; empty where it has written nothing. */
export async function logTail(
  { api, clock }: { api: Pick<AciApi, 'logLines'>; clock: Clock },
  asked: GroupName & { readonly container: string },
  signal: AbortSignal,
): Promise<readonly string[]> {
  for (let left = lateness.tries; ; left -= 1) {
    const lines = await api.logLines({ ...asked, most: most.lines }, signal);
    if (lines.length > 0 || left <= 1) return lastLines(lines);
    await clock.sleep(lateness.pause, signal);
  }
}

/** One line of a log as it may be shown. */
export function logLine(line: string): string {
  return cut(line.replace(/[\r\n]+$/, ''), most.line);
}

/** The last of some lines, as far as they may be shown. */
export function lastLines(lines: readonly string[]): readonly string[] {
  const shown: string[] = [];
  let room = most.all;
  for (const line of lines.slice(-most.lines).reverse()) {
    const one = logLine(line);
    room -= one.length;
    if (room < 0) break;
    shown.push(one);
  }
  return shown.reverse();
}
