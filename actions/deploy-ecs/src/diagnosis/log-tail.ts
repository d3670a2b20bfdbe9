import { logLine } from '@slipway/shared/deploy/log-lines';
import type { Clock } from '@slipway/shared/time/clock';
import type { LogsApi } from '../api/logs.ts';
import type { LogSource } from './log-source.ts';

/** The agent sends the last lines a moment after the container has ended. */
const lateness = { pause: 700, tries: 3 };

/** The last lines of a log, oldest first. */
export async function logTail(
  { clock, logs }: { clock: Clock; logs: LogsApi },
  source: LogSource & { driver: 'awslogs' },
  lines: number,
  signal: AbortSignal,
): Promise<string[]> {
  const input = {
    logGroupName: source.group,
    logStreamName: source.stream,
    limit: lines,
    startFromHead: false,
  };
  for (let left = lateness.tries; ; left -= 1) {
    const { events = [] } = await logs.getLogEvents(input, signal);
    if (events.length > 0 || left <= 1) return events.map(({ message = '' }) => logLine(message));
    await clock.sleep(lateness.pause, signal);
  }
}
