import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld((history) => {
    history.commit('chore: start');
    history.tag('v1.0.0', 'The first.');
    history.commit('docs: how to');
    history.branch('docs');
    history.branch('main');
    history.commit('fix: built and previewed');
  });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe('the version that was built', () => {
  it('is not tagged as another one: red, nothing is written, and it says what to do', async () => {
    const before = await world.tags();
    for (const [expected, got] of [
      ['1.0.2', '1.0.1'],
      ['1.0.0', '1.0.1'],
      ['none', '1.0.1'],
    ] as const) {
      const step = await world.run({ 'expect-version': expected, 'moving-tags': 'major' });
      expect(step.code).toBe(1);
      expect(step.errors.map(({ title }) => title)).toEqual(['semver-tag: tag/other-version']);
      expect(step.errors[0]?.text).toContain(`Input expect-version is ${expected}, and commit `);
      expect(step.errors[0]?.text).toMatch(new RegExp(`gets ${got}\\.[^]*from the preview on`));
      expect(step.outputs).toMatchObject({ created: 'false', version: '', tag: '' });
    }
    expect(await world.tags()).toEqual(before);
  });

  it('is refused for a commit that asks for none, and `none` is what fits there', async () => {
    const sha = await world.commit('docs');
    // The version that is there belongs to another commit.
    const taken = await world.run({ sha, 'expect-version': '1.0.0' });
    expect(taken.errors.map(({ title }) => title)).toEqual(['semver-tag: tag/other-version']);
    const none = await world.run({ sha, 'expect-version': 'none' });
    expect(none.errors).toEqual([]);
    expect(none.outputs).toMatchObject({
      created: 'false',
      version: '1.0.0',
      sha: await world.commit('v1.0.0'),
    });
  });

  it('is tagged when it is the one, and again by a second run', async () => {
    const sha = await world.commit('main');
    const preview = await world.run({ mode: 'preview' });
    expect(preview.outputs).toMatchObject({ created: 'false', version: '1.0.1', sha });
    const inputs = { 'expect-version': preview.outputs['version'] ?? '' };
    const first = await world.run(inputs);
    expect(first.outputs).toMatchObject({ created: 'true', version: '1.0.1', sha });
    const second = await world.run(inputs);
    expect(second.outputs).toMatchObject({ created: 'false', version: '1.0.1', sha });
  });
});
