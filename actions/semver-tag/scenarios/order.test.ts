import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from './world.ts';

describe('a commit that a released version has in its history', () => {
  let world: World;
  let before: Record<string, string>;
  let late: string;
  beforeAll(async () => {
    world = await startWorld((history) => {
      history.commit('chore: start', { files: { a: '0' } });
      history.tag('v1.0.0', 'The first.');
      history.commit('feat: late', { files: { a: '1' } });
      history.commit('fix: a', { files: { a: '2' } });
      history.tag('v1.0.1', 'The second.');
      history.commit('fix: b', { files: { a: '3' } });
      history.tag('v1.0.2');
      history.tag('v1');
    });
    before = await world.tags();
    late = await world.commit('main~2');
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  it.each<[string, Record<string, string>]>([
    ['in a release', { release: 'published', 'moving-tags': 'minor' }],
    ['in a preview', { mode: 'preview' }],
    ['over git', { paths: 'a' }],
    ['where every run gets a version', { 'no-bump': 'patch' }],
  ])('gets nothing, green, and is told which version has it: %s', async (_, inputs) => {
    const step = await world.run({ ...inputs, sha: late });
    expect([step.code, step.errors, step.warnings]).toEqual([0, [], []]);
    expect(step.outputs).toMatchObject({
      created: 'false',
      version: '1.0.1',
      tag: 'v1.0.1',
      bump: 'none',
      sha: before['v1.0.1'],
      'superseded-by': 'v1.0.2',
    });
    expect(step.log).toContain('nothing to tag: v1.0.1 has this commit in its history');
    expect(step.summary).toMatch(
      /^## ✅ nothing to tag\S* v1\.0\.1 has this commit in its history\n/,
    );
    expect(await world.tags()).toEqual(before);
    expect(world.github.releases.all()).toEqual([]);
  });

  it('is refused the version that it was built with', async () => {
    const step = await world.run({ sha: late, 'expect-version': '1.0.1' });
    expect(step.errors.map(({ title }) => title)).toEqual(['semver-tag: tag/other-version']);
    expect(await world.tags()).toEqual(before);
  });

  it('is not given one by hand', async () => {
    const step = await world.run({ sha: late, bump: 'patch' });
    expect(step.errors.map(({ title }) => title)).toEqual(['semver-tag: tag/contained']);
    expect(step.errors[0]?.text).toMatch(/in the history of v1\.0\.1 already/);
    expect(await world.tags()).toEqual(before);
  });

  it('is told to be an older one also where it has its own version', async () => {
    const own = await world.run({ sha: before['v1.0.1'] ?? '' });
    expect(own.outputs).toMatchObject({ tag: 'v1.0.1', 'superseded-by': 'v1.0.2' });
    const newest = await world.run();
    expect(newest.outputs).toMatchObject({ tag: 'v1.0.2', 'superseded-by': '' });
    const dev = await world.run({ mode: 'dev', sha: late });
    expect(dev.outputs).toMatchObject({ 'superseded-by': 'v1.0.2' });
  });
});

it('leaves a moving tag that somebody put on a newer commit where it is, and says so', async () => {
  await using world = await startWorld((history) => {
    history.commit('chore: start');
    history.tag('v1.0.0');
    history.branch('main');
    history.commit('fix: a');
    history.branch('release');
    history.commit('docs: newer');
    // An annotated one, as people make them.
    history.tag('v1', 'By hand.');
    history.branch('main');
  });
  const v1 = await world.commit('v1');
  const step = await world.run({ 'moving-tags': 'minor' });
  expect(step.outputs).toMatchObject({ created: 'true', tag: 'v1.0.1' });
  expect(step.warnings.map(({ title }) => title)).toEqual(['semver-tag: tag/moving-tag-ahead']);
  expect(step.warnings[0]?.text).toMatch(/^v1 stays where it is/);
  const sha = await world.commit('main');
  expect(await world.tags()).toMatchObject({ v1, 'v1.0': sha, 'v1.0.1': sha });
});

describe('a commit that is on no branch', () => {
  const shop = () =>
    startWorld((history) => {
      history.commit('chore: start');
      history.tag('v1.0.0');
      history.tag('v1');
      history.branch('topic');
      history.commit('feat: a cart');
      history.branch('1.x');
      history.commit('fix: only here');
      history.branch('main');
      history.merge('topic', 'Merge 2 into 1');
      history.branch('main');
    });

  /** Moves what `main` is to where GitHub keeps the merge of a pull request. */
  async function asPullRequest(world: World): Promise<string> {
    const merge = await world.commit('main');
    await world.git('update-ref', 'refs/pull/7/merge', merge);
    await world.git('update-ref', 'refs/heads/main', 'v1.0.0');
    return merge;
  }

  it.each<[string, Record<string, string>]>([
    ['a release', { 'moving-tags': 'minor', release: 'published' }],
    ['a prerelease', { mode: 'prerelease' }],
    ['one that would tag nothing', { bump: 'auto', paths: 'nothing' }],
  ])('is refused, with what to use: %s', async (_, inputs) => {
    await using world = await shop();
    const sha = await asPullRequest(world);
    const before = await world.tags();
    const step = await world.run({ ...inputs, sha }, { GITHUB_REF: 'refs/pull/7/merge' });
    expect(step.code).toBe(1);
    expect(step.errors.map(({ title }) => title)).toEqual(['semver-tag: tag/no-branch']);
    expect(step.errors[0]?.text).toMatch(/is on no branch of octo\/shop[\s\S]*`mode: preview`/);
    expect(await world.tags()).toEqual(before);
    expect(world.github.releases.all()).toEqual([]);
  });

  it('is refused in a merge queue, whose branches pass', async () => {
    await using world = await shop();
    const sha = await asPullRequest(world);
    const ref = 'refs/heads/gh-readonly-queue/main/pr-7-abc';
    await world.git('update-ref', ref, sha);
    const step = await world.run({ sha }, { GITHUB_REF: ref });
    expect(step.errors.map(({ title }) => title)).toEqual(['semver-tag: tag/no-branch']);
  });

  it('has a preview and a version for development all the same', async () => {
    await using world = await shop();
    const sha = await asPullRequest(world);
    const env = { GITHUB_REF: 'refs/pull/7/merge' };
    expect((await world.run({ mode: 'preview', sha }, env)).outputs['tag']).toBe('v1.1.0');
    expect((await world.run({ mode: 'dev', sha }, env)).outputs['version']).toMatch(/^1\.1\.0-dev/);
  });

  it('is told from one that is on any other branch than that of the run', async () => {
    await using world = await shop();
    const sha = await world.commit('1.x');
    const step = await world.run({ sha }, { GITHUB_REF: 'refs/tags/v1.0.0' });
    expect([step.errors, step.outputs['tag']]).toEqual([[], 'v1.1.0']);
    // Where the run names it, nobody has to fetch the branches.
    world.asked();
    const second = await world.run(
      { sha: await world.commit('1.x~1'), bump: 'auto' },
      { GITHUB_REF: 'refs/heads/1.x' },
    );
    expect(second.errors).toEqual([]);
    expect(world.asked().filter((request) => request.startsWith('git '))).toEqual([]);
  });
});
