import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Release } from './release.ts';

/**
 * Makes the logger: one JSON object a line, each stamped with the release that wrote it.
 *
 * @param level the lowest level to write, for example `info`
 * @param destination where lines go: stdout, unless given. Written synchronously, because what
 * pino buffers by default can be out of order at the end of the process.
 */
export function createLogger(
  level: string,
  { name, version, commit }: Release,
  destination: DestinationStream = pino.destination({ sync: true }),
): Logger {
  const options = {
    level,
    base: { app: name, version, commit },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, destination);
}
