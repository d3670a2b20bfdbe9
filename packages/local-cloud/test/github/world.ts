import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Octokit } from '@octokit/core';
import { type GitHub, type GitHubOptions, startGitHub } from '../../src/github/github.ts';
import { type MadeRepository, makeRepository } from '../../src/github/history.ts';

const run = promisify(execFile);

/** A GitHub with a small repository, and the unmodified client. */
export interface World extends AsyncDisposable {
  github: GitHub;
  octokit: Octokit;
  /** The bare repository. */
  folder: string;
  /** Commits by a short name. */
  commits: Readonly<
    Record<'first' | 'one' | 'newest' | 'oldStable' | 'workflow' | 'orphan', string>
  >;
  /** Runs real git on the bare repository; what it printed, without the last line feed. */
  git(...args: string[]): Promise<string>;
}

/** Owner and name, as every call of the REST API wants them. */
export const app = { owner: 'org', repo: 'app' };

/** The token of {@link startWorld}. */
export const token = 'ghs_of_the_test';

/** Commits on `main` after v1.0.0. */
export const sinceOne = 262;

/** Makes a repository and serves it. */
export async function startWorld(options: Partial<GitHubOptions> = {}): Promise<World> {
  await using made = new AsyncDisposableStack();
  const temporary = await mkdtemp(join(tmpdir(), 'slipway-github-'));
  made.defer(() => rm(temporary, { recursive: true, force: true }));
  const folder = join(temporary, 'app.git');
  const { repository, commits } = await makeAppRepository(folder);
  const github = made.use(
    await startGitHub({
      repository: 'org/app',
      git: folder,
      ...options,
      settings: { token, ...options.settings },
    }),
  );
  const all = made.move();
  return {
    github,
    octokit: new Octokit({ auth: token, baseUrl: github.api, log: quiet }),
    folder: repository.folder,
    commits,
    git: async (...args) => {
      const { stdout } = await run('git', ['--git-dir', folder, ...args]);
      return stdout.trimEnd();
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

// Octokit warns of what a test provokes.
const silent = () => undefined;
const quiet = { debug: silent, info: silent, warn: silent, error: silent };

/** What a refused call of the REST API was told. */
export async function refusal(call: Promise<unknown>) {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const { status, response } = Object(error);
  const { data, headers } = Object(response);
  return { status, data, headers };
}

async function makeAppRepository(folder: string) {
  const marks = { first: 0, one: 0, newest: 0, oldStable: 0, workflow: 0, orphan: 0 };
  const repository: MadeRepository = await makeRepository(folder, (it) => {
    const workflow = '.github/workflows/ci.yml';
    marks.first = it.commit('chore: start', {
      files: { [workflow]: 'name: old\n', 'README.md': 'app\n', 'src/a.txt': 'a\n' },
    });
    it.tag('v0.1.0');
    marks.workflow = it.commit('ci: another workflow', { files: { [workflow]: 'name: new\n' } });
    marks.one = it.commit('feat: the first thing\n\nWith a body.');
    it.tag('v1.0.0', 'Version 1.0.0');
    it.tag('v1');
    it.branch('release/1.x');
    marks.oldStable = it.commit('fix: for those who stay', { files: { 'src/old.txt': 'old\n' } });
    it.branch('main');
    for (let number = 1; number < sinceOne - 1; number += 1) it.commit(`fix: number ${number}`);
    it.branch('feature');
    it.commit('feat: on a branch', { files: { 'src/b.txt': 'b\n', 'src/a.txt': null } });
    it.branch('main');
    marks.newest = it.merge('feature', 'Merge pull request #7 from org/feature');
    it.tag('v10.0.0', undefined, marks.one);
    it.tag('v9.0.0', undefined, marks.one);
    it.orphan('alone');
    marks.orphan = it.commit('chore: nothing in common');
  });
  const named = (name: keyof typeof marks) => repository.oid(marks[name]);
  return {
    repository,
    commits: {
      first: named('first'),
      one: named('one'),
      newest: named('newest'),
      oldStable: named('oldStable'),
      workflow: named('workflow'),
      orphan: named('orphan'),
    },
  };
}
