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
      cwd: folder,
      env: environment(place),
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    const said = `it could not be started: ${messageOf(error)}`;
    throw Failure.of('tag/git', { what: args[0] ?? '', said }, error);
  }
}

/** Makes the empty repository of a place, with the server as `origin`. */
export async function makeRepository(place: GitPlace): Promise<void> {
  await git(place, 'init', '--quiet', '--bare', '--template=', place.folder);
  await git(place, 'remote', 'add', 'origin', place.url);
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

/** What of git's own environment stays: whom a server with a private authority is trusted by. */
const certificates = new Set(['GIT_SSL_CAINFO', 'GIT_SSL_CAPATH', 'GIT_PROXY_SSL_CAINFO']);

/**
 * The token goes through the environment: what is in the arguments, every process can read. No
 * configuration of the machine has a say, which an earlier job may have left behind: it could send
 * the token to another server (`url.*.insteadOf`, `http.proxy`), or start programs of its own (hooks,
 * credential helpers, `gpg.program`). HOME is a folder of ours, as curl looks for `.netrc` there. The
 * proxy variables of the environment stay.
 */
export function environment(place: GitPlace): Record<string, string | undefined> {
  const { env, folder, token, url } = place;
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const config = [
    [`http.${new URL(url).origin}/.extraHeader`, `Authorization: Basic ${basic}`],
    ['credential.helper', ''],
    ['core.hooksPath', '/dev/null'],
    ['gc.auto', '0'],
    ['i18n.logOutputEncoding', 'UTF-8'],
  ];
  const kept = Object.entries(env).filter(
    ([name]) => certificates.has(name) || !/^(?:INPUT_|GIT_|SSH_)/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    HOME: folder,
    USERPROFILE: folder,
    XDG_CONFIG_HOME: folder,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ALLOW_PROTOCOL: 'http:https',
    // Set, though empty: git asks no other program for a password.
    GIT_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
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
