import type { Evidence } from '@slipway/shared/deploy/target';
import type { Host } from '../ssh/host.ts';
import { quote } from '../ssh/shell.ts';
import { decoded } from './printed.ts';

/** Something whose last words are worth reading. */
export interface LogSource {
  /** For people. */
  name: string;
  /** Command that prints the last lines. */
  command: string;
}

/** How many logs are read, and how much of each, in bytes. */
const most = { logs: 6, bytes: 16_384 };

/**
 * Reads the last lines of a few logs by one script: sshd allows ten sessions at once, and of fifty
 * things that failed nobody reads fifty logs. The others are named.
 * @param what the script in messages
 */
export async function readLogs(
  host: Host,
  what: string,
  sources: readonly LogSource[],
  signal: AbortSignal,
): Promise<Evidence> {
  if (sources.length === 0) return { facts: [], logs: [] };
  const read = sources.slice(0, most.logs);
  const left = sources.slice(most.logs).map(({ name }) => name);
  // What a log holds is spelled in base64, in which it can be nothing but data.
  const script = read.map(
    ({ command }, index) =>
      `printf 'log ${index} %s\\n' "$( { ${command} || true; } 2>&1 | tail -c ${most.bytes} | base64 | tr -d '\\n')"`,
  );
  const { stdout } = await host.run(what, script.join('\n'), signal);
  const texts = new Map(
    [...stdout.matchAll(/^log (\d+) ([A-Za-z0-9+/]*={0,2})$/gm)].map(
      ([, index = '', text = '']): [number, string] => [Number(index), decoded(text)],
    ),
  );
  return {
    facts:
      left.length > 0 ? [`the logs of ${left.length} more are not shown: ${left.join(', ')}`] : [],
    logs: read.map(({ name }, index) => ({
      source: name,
      lines: texts.get(index)?.trimEnd().split(/\r?\n/) ?? ['the log could not be read'],
    })),
  };
}

/** The command for the last lines of a container's log. */
export function containerLog(name: string): string {
  return `docker logs --tail 30 ${quote(name)}`;
}
