import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../../packages/local-cloud/src/runner.ts';
import { startWorld, type World } from './world.ts';

const pushes = 40;
// Forty processes on two cores: this only ends a test that hangs.
const limit = 240_000;

/** Starts a run for each commit, all at the same time. */
async function runAll(world: World, commits: readonly string[]): Promise<StepResult[]> {
  const steps = await Promise.all(
    commits.map((sha) => world.start({ sha, 'moving-tags': 'minor' })),
  );
  return Promise.all(steps.map(({ done }) => done));
}

const numbers = (tags: Record<string, string>) =>
  Object.keys(tags)
    .flatMap((tag) => /^v1\.0\.(\d+)$/.exec(tag)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);

describe('forty runs at the same time', () => {
  it(
    'give forty pushes forty versions without a gap, and the moving tags the highest',
    async () => {
      await using world = await startWorld((history) => {
        history.commit('chore: start');
        history.tag('v1.0.0', 'The first.');
        for (let push = 0; push < pushes; push += 1) history.commit(`fix: push ${push}`);
      });
      const commits = (await world.git('rev-list', 'v1.0.0..main')).split('\n');
      const steps = await runAll(world, commits);

      expect(steps.map(({ code, errors }) => ({ code, errors }))).toEqual(
        commits.map(() => ({ code: 0, errors: [] })),
      );
      const tags = await world.tags();
      expect(numbers(tags)).toEqual(Array.from({ length: pushes + 1 }, (_, index) => index));
      // What each run said is what is there, on its own commit.
      for (const [index, { outputs }] of steps.entries()) {
        expect(outputs['created']).toBe('true');
        expect(tags[outputs['tag'] ?? '']).toBe(commits[index]);
      }
      const highest = tags[`v1.0.${pushes}`];
      expect([tags['v1'], tags['v1.0']]).toEqual([highest, highest]);
      // What GitHub gives the token of a job in an hour was enough.
      const { core, graphql } = world.github.settings.rates;
      expect(Math.max(core.used, graphql.used)).toBeLessThan(900);
    },
    limit,
  );

  it(
    'give one commit one version',
    async () => {
      await using world = await startWorld((history) => {
        history.commit('chore: start');
        history.tag('v1.0.0');
        history.commit('feat: the only push');
      });
      const sha = await world.commit('main');
      const steps = await runAll(world, Array(pushes).fill(sha));

      expect(steps.map(({ code }) => code)).toEqual(steps.map(() => 0));
      expect(new Set(steps.map(({ outputs }) => outputs['tag']))).toEqual(new Set(['v1.1.0']));
      expect(steps.filter(({ outputs }) => outputs['created'] === 'true')).toHaveLength(1);
      expect(await world.tags()).toEqual({
        'v1.0.0': await world.commit('v1.0.0'),
        'v1.1.0': sha,
        v1: sha,
        'v1.1': sha,
      });
    },
    limit,
  );
});
