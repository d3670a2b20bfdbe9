import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { Step } from '../../../packages/local-cloud/src/runner.ts';

/** Where a text was seen in the process table while it was watched. */
export interface Sightings {
  /** Command lines with one of the texts, as `text: command line`. */
  commandLines: string[];
  /** Programs that had it in their environment, as `text: name of the program`. */
  environments: string[];
}

const pause = 10;
const most = 60_000;

/**
 * Looks at all processes of the machine until a step is done, at most a minute. The environment of
 * the step itself does not count: the runner puts the inputs there.
 * @param texts by a name that is safe to show
 */
export async function watchProcesses(
  texts: Readonly<Record<string, string>>,
  { pid: own, done }: Pick<Step, 'pid' | 'done'>,
): Promise<Sightings> {
  const commandLines = new Set<string>();
  const environments = new Set<string>();
  let over = false;
  const finished = done.finally(() => (over = true));
  const look = () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const [command, environment] = [
        read(pid, 'cmdline'),
        pid === `${own}` ? '' : read(pid, 'environ'),
      ];
      for (const [name, text] of Object.entries(texts)) {
        if (command.includes(text)) commandLines.add(`${name}: ${command.replaceAll('\0', ' ')}`);
        if (environment.includes(text)) environments.add(`${name}: ${program(pid)}`);
      }
    }
  };
  for (let looks = 0; !over && looks < most / pause; looks += 1) {
    look();
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  await finished;
  return { commandLines: [...commandLines].sort(), environments: [...environments].sort() };
}

function program(pid: string): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return 'a program that has ended';
  }
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // It has ended.
  }
}
