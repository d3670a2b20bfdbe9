import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { badGateway, secondaryLimit } from '../../../packages/local-cloud/src/github/limits.ts';
import type { Settings } from '../../../packages/local-cloud/src/github/world.ts';
import { startWorld, token, type World } from './world.ts';

let world: World;
let before: Record<string, string>;

beforeAll(async () => {
  world = await startWorld((history) => {
    history.commit('chore: start', { files: { '.github/workflows/ci.yml': 'on: push\n' } });
    history.tag('v1.0.0', 'The first.');
    history.branch('old');
    history.commit('fix: old', { files: { '.github/workflows/ci.yml': 'on: old\n' } });
    history.commit('fix: newer', { files: { '.github/workflows/ci.yml': 'on: newer\n' } });
    history.branch('main');
    history.commit('feat: a cart');
  });
  before = await world.tags();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** Runs with some settings, and puts the old ones back. */
async function runWith(settings: Partial<Settings>, inputs: Record<string, string> = {}) {
  const old = { ...world.github.settings };
  Object.assign(world.github.settings, settings);
  try {
    return await world.run({ 'moving-tags': 'major', ...inputs });
  } finally {
    Object.assign(world.github.settings, old);
  }
}

const nowhere = '1234567890'.repeat(4);

describe('a refusal says why and what to do, and nothing is written', () => {
  it.each<[string, Partial<Settings>, Record<string, string>, RegExp]>([
    ['tag/permission', { permissions: { contents: 'read' } }, {}, /permissions: contents: write/],
    ['tag/permission', { permissions: {} }, {}, /contents/],
    ['tag/token', {}, { token: 'ghs_of_yesterday' }, /Bad credentials/],
    ['tag/commit', {}, { sha: nowhere }, /has no commit 12345/],
    [
      'tag/ruleset',
      { rules: [{ include: ['refs/tags/v*'], restrict: ['creation'] }] },
      {},
      /creations being restricted[\s\S]*GitHub App/,
    ],
    [
      'tag/ruleset',
      { rules: [{ include: ['refs/tags/v1'], restrict: ['creation'] }] },
      {},
      /write v1\.1\.0, v1/,
    ],
    [
      'tag/rate-limit',
      {
        rates: {
          core: { limit: 1, used: 1, reset: Date.now() / 1_000 + 1_800 },
          graphql: { limit: 9, used: 0, reset: 0 },
        },
      },
      {},
      /wait (?:29|30) min/,
    ],
  ])('%s', async (code, settings, inputs, says) => {
    const step = await runWith(settings, inputs);
    expect(step.code).toBe(1);
    expect(step.errors.map(({ title }) => title)).toEqual([`semver-tag: ${code}`]);
    expect(step.errors[0]?.text).toMatch(says);
    expect(step.errors[0]?.text).toMatch(/failed: no tag was written\.$/);
    expect(step.outputs).toMatchObject({ created: 'false', reason: code, tag: '' });
    expect(step.summary).toContain(code);
    expect(await world.tags()).toEqual(before);
  });

  it('tag/workflow-files, told from a missing permission', async () => {
    const step = await world.run({ sha: await world.commit('old~1') });
    expect(step.errors.map(({ title }) => title)).toEqual(['semver-tag: tag/workflow-files']);
    expect(step.errors[0]?.text).toMatch(/workflow files are not those of any branch/);
    expect(await world.tags()).toEqual(before);
  });

  it('tag/github, when the server stays broken', async () => {
    let broken = true;
    world.github.faults.when('github-api', () => broken, ...Array(8).fill(badGateway()));
    const step = await world.run({ timeout: '2s' });
    broken = false;
    expect(step.code).toBe(1);
    expect(step.errors[0]?.title).toMatch(/tag\/(?:github|timeout)/);
    expect(await world.tags()).toEqual(before);
  });
});

it('waits as long as a secondary limit asks for, and hides the token everywhere', async () => {
  world.github.faults.next('github-api', secondaryLimit(1, 429));
  const step = await world.run({ mode: 'preview' });
  expect(step.errors).toEqual([]);
  expect(step.outputs['tag']).toBe('v1.1.0');
  expect(step.log.replace(/^::add-mask::.*$/gm, '')).not.toContain(token);
  expect(JSON.stringify(step.outputs) + step.summary).not.toContain(token);
});

describe('releases that cannot be', () => {
  it('tag/immutable, when the name was used by one before', async () => {
    await using own = await startWorld((history) => {
      history.commit('chore: start');
      history.tag('v1.0.0');
      history.commit('fix: a');
    });
    own.github.settings.immutableReleases = true;
    const first = await own.run({ release: 'published' });
    expect(first.code).toBe(0);
    for (const { id } of own.github.releases.all()) own.github.releases.remove(id);
    await own.git('update-ref', '-d', 'refs/tags/v1.0.1');
    const again = await own.run({ release: 'published' });
    expect(again.code).toBe(1);
    expect(again.errors[0]?.title).toMatch(/tag\/(?:ruleset|immutable)/);
    expect(again.errors[0]?.text).toMatch(/immutable release ever had|immutable release/);
  });
});
