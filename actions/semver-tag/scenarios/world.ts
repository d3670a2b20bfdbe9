import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type GitHub,
  type GitHubOptions,
  startGitHub,
} from '../../../packages/local-cloud/src/github/github.ts';
import {
  type HistoryWriter,
  makeRepository,
} from '../../../packages/local-cloud/src/github/history.ts';
import {
  makeRunner,
  type Runner,
  type Step,
  type StepResult,
} from '../../../packages/local-cloud/src/runner.ts';

export const bundle = join(import.meta.dirname, '../dist/index.js');
export const token = 'ghs_planted_token_of_the_test';
const repository = 'octo/shop';
const run = promisify(execFile);

/** Defaults as action.yml declares them; the runner fills them in. */
export const defaults: Readonly<Record<string, string>> = {
  mode: 'release',
  prefix: 'v',
  'initial-version': '0.1.0',
  'zero-major': 'keep',
  'no-bump': 'skip',
  bump: 'auto',
  channel: 'rc',
  'moving-tags': 'none',
  release: 'none',
  tagger: 'github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>',
  timeout: '5m',
};

/** A GitHub with a real repository, and a runner beside it. */
export interface World extends AsyncDisposable {
  github: GitHub;
  /** The bare repository on the server. */
  folder: string;
  runner: Runner;
  /** Runs real git on the server's repository; what it printed. */
  git(...args: string[]): Promise<string>;
  /** The commit that a ref names: `main`, `v1.0.0`. */
  commit(ref: string): Promise<string>;
  /** All tags with the commits behind them. */
  tags(): Promise<Record<string, string>>;
  /** Starts the action for the tip of `main`, or another `sha`. */
  start(
    inputs?: Readonly<Record<string, string>>,
    env?: Readonly<Record<string, string>>,
  ): Promise<Step>;
  /** Runs it to its end. */
  run(
    inputs?: Readonly<Record<string, string>>,
    env?: Readonly<Record<string, string>>,
  ): Promise<StepResult>;
  /** Requests since the last call: `GET /repos/…`, `graphql query`, `graphql mutation`, `git …`. */
  asked(): string[];
}

/** Makes a repository and serves it. */
export async function startWorld(
  write: (history: HistoryWriter) => void,
  options: Partial<GitHubOptions> = {},
): Promise<World> {
  await using made = new AsyncDisposableStack();
  const temporary = await mkdtemp(join(tmpdir(), 'slipway-semver-'));
  made.defer(() => rm(temporary, { recursive: true, force: true }));
  const folder = join(temporary, 'shop.git');
  await makeRepository(folder, write);
  return worldOf(folder, options, made.move());
}

/** Serves a repository that is there. */
export async function worldOf(
  folder: string,
  options: Partial<GitHubOptions> = {},
  made = new AsyncDisposableStack(),
): Promise<World> {
  const settings = { token, ...options.settings };
  const github = made.use(await startGitHub({ repository, git: folder, ...options, settings }));
  const runner = made.use(await makeRunner({ repository }));
  const git = async (...args: string[]) => {
    const { stdout } = await run('git', ['--git-dir', folder, ...args], { maxBuffer: 1 << 28 });
    return stdout.trimEnd();
  };
  const commit = (ref: string) => git('rev-parse', `${ref}^{commit}`);
  let seen = 0;
  const world: World = {
    github,
    folder,
    runner,
    git,
    commit,
    async tags() {
      const format =
        '%(refname:strip=2) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)';
      const lines = (await git('for-each-ref', `--format=${format}`, 'refs/tags')).split('\n');
      return Object.fromEntries(lines.filter(Boolean).map((line) => line.split(' ')));
    },
    async start(inputs = {}, env = {}) {
      const sha = inputs['sha'] ?? (await commit('main'));
      const all = { ...defaults, token, ...inputs };
      return runner.start(bundle, all, {
        ...github.env,
        GITHUB_SHA: sha,
        GITHUB_RUN_NUMBER: '42',
        ...env,
      });
    },
    run: async (inputs, env) => (await world.start(inputs, env)).done,
    asked() {
      const requests = github.requests.slice(seen);
      seen = github.requests.length;
      return requests.map(({ kind, method, path, query }) => {
        if (kind === 'graphql')
          return /mutation/.test(query ?? '') ? 'graphql mutation' : 'graphql query';
        return kind === 'git' ? `git ${path}` : `${method} ${path.replace('/repos/octo/shop', '')}`;
      });
    },
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
  return world;
}
