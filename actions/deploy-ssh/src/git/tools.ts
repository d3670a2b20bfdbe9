import { Failure } from '@slipway/shared/failure/failure';
import type { Host } from '../ssh/host.ts';
import { mustSucceed } from '../ssh/script/remote-script.ts';
import type { WantedCommit } from './fetch-script.ts';

/** The first git that speaks protocol 2, by which a commit can be asked for by its name. */
const oldest = [2, 18] as const;
/** The first that has repositories with SHA-256. */
const oldestSha256 = [2, 29] as const;

/**
 * Looks whether a host has what a fetch needs. Changes nothing.
 * @throws Failure `ssh/tools`
 */
export async function checkGit(
  host: Host,
  { repository, commit }: WantedCommit,
  signal: AbortSignal,
): Promise<void> {
  const what = 'looking for git';
  const script = `git --version 2>/dev/null || true
command -v ssh >/dev/null && echo ssh || true`;
  const { stdout } = mustSucceed(await host.run(what, script, signal), what, host.address);
  const lack = lacking(stdout, commit.length === 64 ? oldestSha256 : oldest);
  const missing = lack ?? (repository.kind === 'ssh' && !/^ssh$/m.test(stdout) ? 'ssh' : undefined);
  if (missing) throw Failure.of('ssh/tools', { host: host.address.host, missing });
}

/** What is wrong with a git by what `git --version` printed; undefined when nothing is. */
export function lacking(
  printed: string,
  [major, minor]: readonly [number, number],
): string | undefined {
  const version = /^git version (\d+)\.(\d+)\S*/m.exec(printed);
  const wanted = `git ${major}.${minor} or newer`;
  if (!version) return wanted;
  const [first, second] = [Number(version[1]), Number(version[2])];
  if (first > major || (first === major && second >= minor)) return undefined;
  return `${wanted} (it has ${version[0].replace('git version ', '')})`;
}
