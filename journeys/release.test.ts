import { execFile } from 'node:child_process';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { type ActRun, runAct } from '../packages/local-cloud/src/act.ts';
import { type GitHub, startGitHub } from '../packages/local-cloud/src/github/github.ts';
import { writeTree } from '../scripts/git.ts';
import { type ArtifactActions, makeArtifactActions } from './artifact-actions.ts';
import { root } from './root.ts';
import { addToChangelog, makeSuiteRepository, type SuiteRepository } from './suite-repository.ts';

const run = promisify(execFile);

describe('the suite releases itself by its own semver-tag, under act', () => {
  let suite: SuiteRepository;
  let github: GitHub;
  let artifacts: ArtifactActions;
  let first = '';
  let second = '';

  beforeAll(async () => {
    suite = await makeSuiteRepository();
    github = await startGitHub({ repository: 'org/actions', git: suite.bare });
    artifacts = await makeArtifactActions(
      suite.folder,
      join(suite.checkout, '.github/workflows/release.yml'),
    );
    await addToChangelog(suite, '1.0.0');
    await suite.commit('feat: take a commit to a container');
  }, 60_000);
  afterAll(async () => {
    await github[Symbol.asyncDispose]();
    await suite[Symbol.asyncDispose]();
  });

  function act(
    workflow: string,
    event: string,
    tree: string,
    env: Record<string, string> = {},
  ): Promise<ActRun> {
    const { token } = github.settings;
    return runAct({
      repository: suite.checkout,
      workflow,
      event,
      ignored: true,
      tree,
      refs: ['org/actions@v1'],
      standIns: artifacts.standIns,
      env: { ...artifacts.env, ...env },
      secrets: { RELEASE_TOKEN: token, GITHUB_TOKEN: token },
      github: {
        GITHUB_API_URL: github.api,
        GITHUB_GRAPHQL_URL: github.graphql,
        GITHUB_SERVER_URL: github.server,
      },
    });
  }
  const release = (env: Record<string, string> = {}) =>
    act('.github/workflows/release.yml', 'workflow_dispatch', suite.checkout, env);
  const onGitHub = async (...args: string[]) =>
    (await run('git', ['--git-dir', suite.bare, ...args])).stdout.trim();
  const commitOf = (ref: string) => onGitHub('rev-parse', `${ref}^{commit}`);
  const tags = async () => (await onGitHub('tag', '--list')).split('\n');
  const releases = () =>
    github.releases.all().map(({ tagName, draft, assets }) => ({
      tagName,
      draft,
      assets: assets.map(({ name }) => name).sort(),
    }));

  /** Id of the tree that the checkout gives, built here and without a workflow. */
  async function releaseTree(version: string): Promise<string> {
    const out = join(suite.folder, 'tree');
    const script = join(suite.checkout, 'scripts/release-tree.ts');
    await run(process.execPath, [script, `--out=${out}`, `--version=${version}`]);
    return writeTree(suite.checkout, out);
  }

  it('says what the token lacks, and leaves no tag', async () => {
    const { code, log } = await release();
    expect(code).not.toBe(0);
    expect(log).toContain('without `workflows` permission');
    expect(log).toContain('RELEASE_TOKEN needs contents and workflows, see docs/releasing.md');
    expect(await tags()).toEqual(['']);
    expect(log).not.toContain(github.settings.token);
  }, 120_000);

  it('releases nothing when the bundles are not those of the job that built them', async () => {
    const { code, log } = await release({ ARTIFACT_TAMPER: '1' });
    expect(code).not.toBe(0);
    expect(log).toContain('out/bundles.tar: FAILED');
    expect(await tags()).toEqual(['']);
  }, 120_000);

  it('builds in a job that no token reaches', async () => {
    const text = await readFile(join(root, '.github/workflows/release.yml'), 'utf8');
    const { jobs }: { jobs: Record<string, unknown> } = parse(text);
    expect(JSON.stringify(jobs['build'])).not.toMatch(/secrets|environment|write/);
    expect(JSON.stringify(jobs['release'])).not.toMatch(/make |pnpm|npm |setup (?!env|runtime)/);
  });

  it('tags a commit that holds exactly the release tree, and publishes it', async () => {
    github.settings.permissions = { contents: 'write', workflows: 'write' };
    const { code, log } = await release();
    expect(log).toContain('tagged v1.0.0');
    expect(code).toBe(0);
    first = await commitOf('v1.0.0');
    expect(await tags()).toEqual(['v1', 'v1.0', 'v1.0.0']);
    expect(await Promise.all([commitOf('v1'), commitOf('v1.0')])).toEqual([first, first]);
    expect(await onGitHub('rev-parse', 'v1.0.0^{tree}')).toBe(await releaseTree('1.0.0'));
    expect(await onGitHub('show', '-s', '--format=%P', first)).toBe(await commitOf('main'));
    expect(await onGitHub('cat-file', 'blob', 'v1:.github/workflows/tag.yml')).toContain(
      'org/actions/semver-tag@v1.0.0',
    );
    const assets = ['SHA256SUMS', 'slipway-1.0.0.tar.gz'];
    expect(releases()).toEqual([{ tagName: 'v1.0.0', draft: false, assets }]);
    const files = join(suite.folder, 'assets');
    await mkdir(files, { recursive: true });
    for (const { name, content } of github.releases.latest()?.assets ?? []) {
      await writeFile(join(files, name), content);
    }
    await run('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: files });
  }, 120_000);

  it('ends green where no commit asks for a release, and is the same when it runs again', async () => {
    const before = await onGitHub('for-each-ref', 'refs/tags', 'refs/heads/releases');
    const again = await release();
    expect(again.log).toContain('v1.0.0 is there already');
    await addToChangelog(suite, '1.0.1');
    await suite.commit('docs: what comes next');
    const quiet = await release();
    expect(quiet.log).toContain('nothing to tag: no commit since v1.0.0 asks for a version');
    expect([again.code, quiet.code]).toEqual([0, 0]);
    expect(await onGitHub('for-each-ref', 'refs/tags', 'refs/heads/releases')).toBe(before);
    expect(releases()).toHaveLength(1);
  }, 120_000);

  it('moves v1 and v1.0 to the next release', async () => {
    await appendFile(join(suite.checkout, 'README.md'), '\nBetter than before.\n');
    const source = await suite.commit('fix: say it better');
    const { code, log } = await release();
    expect(log).toContain('tagged v1.0.1 after v1.0.0');
    expect(code).toBe(0);
    second = await commitOf('v1.0.1');
    expect(await Promise.all([commitOf('v1'), commitOf('v1.0')])).toEqual([second, second]);
    expect(await commitOf('v1.0.0')).toBe(first);
    expect(await onGitHub('show', '-s', '--format=%P', second)).toBe(`${first} ${source}`);
    expect(releases().map(({ tagName }) => tagName)).toEqual(['v1.0.1', 'v1.0.0']);
    expect(github.releases.latest()?.body).toContain('say it better');
  }, 120_000);

  it('is used as org/actions/semver-tag@v1 from its tag', async () => {
    const tree = join(suite.folder, 'v1');
    await run('git', [
      'clone',
      '--quiet',
      '--depth=1',
      '--branch=v1',
      `file://${suite.bare}`,
      tree,
    ]);
    const workflow = '.github/workflows/call.yml';
    await writeFile(
      join(suite.checkout, workflow),
      `on: push
jobs:
  call:
    runs-on: ubuntu-latest
    steps:
      - uses: org/actions/semver-tag@v1
        with:
          mode: preview
          sha: ${second}
`,
    );
    const { code, log } = await act(workflow, 'push', tree);
    expect(log).toContain('v1.0.1 is there already');
    expect(code).toBe(0);
  }, 120_000);

  it('is rebuilt by anyone, bit for bit, and what differs is named', async () => {
    const verify = async (version: string) => {
      const place = ['--folder', join(suite.folder, 'verify'), '--', version, suite.bare];
      const script = join(root, 'scripts/verify-release.ts');
      return run(process.execPath, [script, ...place]).catch((error) => error);
    };
    expect(await verify('1.0.1')).toMatchObject({
      stdout: expect.stringContaining('v1.0.1 is the same, bit for bit'),
    });
    expect((await verify('1.0.0')).stdout).toContain('v1.0.0 is the same, bit for bit');

    await changeOneByte('semver-tag/dist/index.js');
    const { code, stderr } = await verify('1.0.1');
    expect(stderr).toMatch(
      /v1\.0\.1 is NOT what its source gives:\nM\tsemver-tag\/dist\/index\.js\n/,
    );
    expect(code).toBe(1);
  }, 400_000);

  /** In the tag v1.0.1, as somebody would who can write to the repository. */
  async function changeOneByte(path: string): Promise<void> {
    const folder = join(suite.folder, 'forged');
    const git = (...args: string[]) => run('git', args, { cwd: folder });
    const clone = ['clone', '--quiet', '--branch=v1.0.1', suite.bare, folder];
    await run('git', clone);
    const code = await readFile(join(folder, path), 'utf8');
    await writeFile(join(folder, path), code.replace('1.0.1', '1.0.2'));
    const who = ['-c', 'user.name=Eve', '-c', 'user.email=eve@example.com'];
    await git(...who, 'commit', '--quiet', '--all', '--amend', '--no-edit');
    await git('push', '--quiet', '--force', 'origin', 'HEAD:refs/tags/v1.0.1');
  }
});
