import { type ProgramResult, runProgram } from '@slipway/shared/exec/program';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';

/** Where git works, and as whom. */
export interface GitPlace {
  /** A bare repository of its own: the user's checkout is never touched. */
  folder: string;
  /** `https://github.com/owner/name.git` */
  url: string;
  token: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}

/** Runs git in its place. @throws Failure `tag/git` when it is not there */
export async function runGit(place: GitPlace, args: readonly string[]): Promise<ProgramResult> {
  const { folder, signal } = place;
  try {
    return await runProgram('git', ['--git-dir', folder, ...args], {
      env: environment(place),
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    const said = `it could not be started: ${messageOf(error)}`;
    throw Failure.of('tag/git', { what: args[0] ?? '', said }, error);
  }
}

/** Runs git, which must succeed; its output. @throws Failure `tag/git` with its last line */
export async function git(place: GitPlace, ...args: string[]): Promise<string> {
  const result = await runGit(place, args);
  if (result.code === 0) return result.stdout;
  throw gitFailure(args[0] ?? '', result);
}

/** The failure for a git that ended with an error, in the words of git and of the server. */
export function gitFailure(what: string, { code, stderr }: ProgramResult): Failure {
  const lines = stderr.split('\n').filter((line) => /^(?:fatal:|error:|remote:| ! \[)/.test(line));
  const words = lines.map((line) => line.replace(/^(?:remote:|error:|fatal:)+/, '').trim());
  const said = oneLine(words.filter((line) => line !== '').join('; '));
  return Failure.of('tag/git', { what, said: said || `it ended with ${code}` });
}

// The token goes through the environment: what is in the arguments, every process can read. Hooks,
// credential helpers and prompts of the machine have no say.
function environment({ env, token, url }: GitPlace): Record<string, string | undefined> {
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const config = [
    [`http.${new URL(url).origin}/.extraHeader`, `Authorization: Basic ${basic}`],
    ['credential.helper', ''],
    ['core.hooksPath', '/dev/null'],
    ['gc.auto', '0'],
    ['i18n.logOutputEncoding', 'UTF-8'],
  ];
  const kept = Object.entries(env).filter(([name]) => !/^(?:INPUT_|GIT_)/.test(name));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_CONFIG_COUNT: String(config.length),
    ...Object.fromEntries(
      config.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}
