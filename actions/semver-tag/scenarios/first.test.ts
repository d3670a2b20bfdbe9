import { describe, expect, it } from '@jest/globals';
import type { HistoryWriter } from '../../../packages/local-cloud/src/github/history.ts';
import { badGateway } from '../../../packages/local-cloud/src/github/limits.ts';
import { startWorld } from './world.ts';

const tagged =
  (...tags: string[]) =>
  (history: HistoryWriter) => {
    history.commit('chore: start');
    for (const tag of tags) history.tag(tag);
    history.commit('feat: a');
  };

const unrelated = (history: HistoryWriter) => {
  history.orphan('old');
  history.commit('chore: the old history');
  history.tag('v1.4.0', 'Of old.');
  history.orphan('main');
  history.commit('feat: begun anew');
};

describe('a first version where there are versions', () => {
  it.each<[string, (history: HistoryWriter) => void, Record<string, string>, RegExp]>([
    ['in another history', unrelated, {}, /v1\.4\.0 is there, in another history/],
    ['over git', unrelated, { paths: '.' }, /v1\.4\.0 is there, in another history/],
    ['by a moving tag', tagged('v1'), {}, /the moving tag v1 is there, without its version/],
    ['by a moving tag of two numbers', tagged('v0.3'), {}, /moving tag v0\.3/],
    [
      'without the prefix',
      tagged('1.2.3'),
      {},
      /1\.2\.3 is there, which has the prefix "" and not "v"/,
    ],
    ['with the usual prefix', tagged('v1.2.3'), { prefix: '' }, /prefix "v" and not ""/],
    ['in a preview', tagged('v2'), { mode: 'preview' }, /the moving tag v2/],
    ['in a prerelease', unrelated, { mode: 'prerelease' }, /in another history/],
  ])('ends red: %s', async (_, write, inputs, says) => {
    await using world = await startWorld(write);
    const before = await world.tags();
    const step = await world.run(inputs);
    expect(step.code).toBe(1);
    expect(step.errors.map(({ title }) => title)).toEqual(['semver-tag: tag/first-version']);
    expect(step.errors[0]?.text).toMatch(says);
    expect(await world.tags()).toEqual(before);
  });

  it.each<[string, (history: HistoryWriter) => void, Record<string, string>, string]>([
    ['that is asked for exactly', unrelated, { bump: '2.0.0' }, 'v2.0.0'],
    ['that a moving tag allows', tagged('v1'), { 'initial-version': '1.0.0' }, 'v1.0.0'],
    ['beside a prerelease', tagged('v1.0.0-rc.1'), {}, 'v0.1.0'],
    ['beside other tags', tagged('nightly', 'v-next', 'v1.x'), {}, 'v0.1.0'],
    ['for development', unrelated, { mode: 'dev' }, ''],
  ])('is one: %s', async (_, write, inputs, tag) => {
    await using world = await startWorld(write);
    const step = await world.run(inputs);
    expect([step.errors, step.outputs['tag']]).toEqual([[], tag]);
  });

  it('is one with a warning, where another part of the repository has versions', async () => {
    await using world = await startWorld(tagged('api-v1.2.3'));
    const step = await world.run({ prefix: 'web-v' });
    expect(step.outputs['tag']).toBe('web-v0.1.0');
    expect(step.warnings.map(({ title }) => title)).toEqual(['semver-tag: tag/other-prefixes']);
    expect(step.warnings[0]?.text).toMatch(/behind others: api-v1\.2\.3/);
  });
});

it('takes an empty prefix for one', async () => {
  await using world = await startWorld(tagged('1.2.3'));
  const step = await world.run({ prefix: '', 'moving-tags': 'minor' });
  expect([step.errors, step.warnings]).toEqual([[], []]);
  expect(step.outputs).toMatchObject({ tag: '1.3.0', 'previous-tag': '1.2.3' });
  const sha = await world.commit('main');
  expect(await world.tags()).toMatchObject({ '1': sha, '1.3': sha, '1.3.0': sha });
});

it('asks git where GitHub can never compare', async () => {
  await using world = await startWorld(tagged('v1.2.3'));
  const tooLarge = {
    status: 422,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ message: 'Server Error: Sorry, this diff is taking too long.' }),
  };
  for (const fault of [badGateway(502), tooLarge]) {
    world.github.faults.when(
      'github-api',
      ({ url }) => url.pathname.includes('/compare/'),
      fault,
      fault,
    );
    const step = await world.run({ mode: 'preview' });
    expect([step.errors, step.outputs['tag']]).toEqual([[], 'v1.3.0']);
    expect(step.log).toContain('going on with git: GitHub does not compare it');
  }
});
