import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startWorld, token, type World } from '../../test/github/world.ts';

const run = promisify(execFile);
let world: World;
let folder: string;
let remote: string;

beforeAll(async () => {
  world = await startWorld();
  folder = await mkdtemp(join(tmpdir(), 'slipway-clone-'));
  remote = `${world.github.server}/org/app.git`;
  await git('init', '--quiet', '--bare', folder);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const basic = Buffer.from(`x-access-token:${token}`).toString('base64');

/** Runs real git in a repository of its own, with the token as actions/checkout gives it. */
async function git(...args: string[]): Promise<string> {
  const header = `http.extraheader=AUTHORIZATION: basic ${basic}`;
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  const { stdout } = await run('git', ['-C', folder, '-c', header, ...args], { env });
  return stdout.trimEnd();
}

/** What git said on the terminal when it failed. */
async function failure(...args: string[]): Promise<string> {
  return git(...args).then(
    () => 'it did not fail',
    (error: unknown) => String(Object(error).stderr),
  );
}

describe('fetching', () => {
  test('only the commits since a tag, without files, and one file later', async () => {
    const { commits, github } = world;
    const since = ['--filter=tree:0', '--shallow-exclude=refs/tags/v1.0.0'];
    await git('fetch', '--quiet', '--no-tags', ...since, remote, 'main:refs/heads/main');
    expect(await git('rev-parse', 'main')).toBe(commits.newest);
    const shallow = await readFile(join(folder, 'shallow'), 'utf8');
    expect(shallow.trim()).toMatch(/^[0-9a-f]{40}$/);
    expect(await git('rev-list', '--count', 'main')).toBe(
      await world.git('rev-list', '--count', 'v1.0.0..main'),
    );
    // By its id: nothing but a server that allows it gives a commit that no ref points to.
    await git('fetch', '--quiet', '--depth=1', remote, commits.workflow);
    expect(github.requests.filter(({ kind }) => kind === 'git').length).toBeGreaterThan(2);
    expect(github.requests.every(({ status }) => status === 200)).toBe(true);
  });

  test('a clone of everything has every ref', async () => {
    const clone = join(folder, 'all.git');
    await git('clone', '--quiet', '--mirror', remote, clone);
    const refs = await git('-C', clone, 'for-each-ref', '--format=%(objectname) %(refname)');
    expect(refs).toBe(await world.git('for-each-ref', '--format=%(objectname) %(refname)'));
  });

  test('nobody gets in without the token', async () => {
    const bare = await run('git', ['-c', 'credential.helper=', 'ls-remote', remote], {
      env: { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: 'true' },
    }).catch((error: unknown) => String(Object(error).stderr));
    expect(bare).toMatch(/could not read Username|Authentication failed/);
    expect(await failure('ls-remote', remote.replace('app', 'other'))).toContain('not found');
  });
});

describe('pushing', () => {
  const empty = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
  /** A commit that the server does not have. */
  const commit = async (parent: string, tree = empty) =>
    git(
      ...['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'],
      ...['commit-tree', '-p', parent, '-m', 'fix: from elsewhere', tree],
    );

  test('new commits and tags arrive, and the API has them', async () => {
    const { commits, octokit } = world;
    const oid = await commit(commits.newest);
    await git('tag', '--force', 'v2.0.0', oid);
    await git('push', '--quiet', remote, `${oid}:refs/heads/new`, 'refs/tags/v2.0.0');
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}', {
      owner: 'org',
      repo: 'app',
      ref: 'v2.0.0',
    });
    expect(data.sha).toBe(oid);
    expect(await world.git('rev-parse', 'refs/heads/new')).toBe(oid);
    await git('push', '--quiet', '--delete', remote, 'refs/heads/new');
    expect(await world.git('branch', '--list', 'new')).toBe('');
  });

  test('an atomic push that loses a lease changes nothing', async () => {
    const { commits } = world;
    const before = await world.git('for-each-ref');
    const said = await failure(
      ...[
        'push',
        '--atomic',
        '--force-with-lease=refs/tags/v1:',
        '--force-with-lease=refs/tags/v3:',
      ],
      ...[remote, `${commits.newest}:refs/tags/v3`, `${commits.newest}:refs/tags/v1`],
    );
    expect(said).toContain('stale info');
    expect(await world.git('for-each-ref')).toBe(before);
  });

  test('of several who push the same tag at once, one does', async () => {
    const { commits } = world;
    const pushes = await Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        failure('push', remote, `${index % 2 ? commits.newest : commits.workflow}:refs/tags/v4`),
      ),
    );
    const done = pushes.filter((said) => said === 'it did not fail');
    expect(done.length).toBeGreaterThanOrEqual(1);
    for (const said of pushes.filter((one) => one !== 'it did not fail')) {
      expect(said).toMatch(/rejected/);
    }
  });

  test('a ruleset declines it with its number', async () => {
    const { commits, github } = world;
    github.settings.rules = [{ include: ['refs/tags/v*'], restrict: ['creation'] }];
    const said = await failure('push', remote, `${commits.newest}:refs/tags/v5`);
    github.settings.rules = [];
    expect(said).toContain(
      'remote: error: GH013: Repository rule violations found for refs/tags/v5.',
    );
    expect(said).toContain('remote: - Cannot create ref due to creations being restricted.');
    expect(said).toContain('(push declined due to repository rule violations)');
  });

  test('a workflow that no branch has is declined by its name', async () => {
    const { commits } = world;
    const blob = await run('sh', [
      '-c',
      `printf 'name: mine\\n' | git -C ${folder} hash-object -w --stdin`,
    ]);
    await git('read-tree', '--empty');
    await git(
      'update-index',
      '--add',
      '--cacheinfo',
      `100644,${blob.stdout.trim()},.github/workflows/mine.yml`,
    );
    const oid = await commit(commits.newest, await git('write-tree'));
    const said = await failure('push', remote, `${oid}:refs/tags/v6`);
    expect(said).toContain(
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/mine.yml` without `workflows` permission',
    );
  });

  test('a token that may only read can not push', async () => {
    const { commits, github } = world;
    const { permissions } = github.settings;
    github.settings.permissions = { contents: 'read' };
    const said = await failure('push', remote, `${commits.newest}:refs/tags/v7`);
    github.settings.permissions = permissions;
    expect(said).toContain('403');
  });
});
