import { describe, expect, it } from '@jest/globals';
import type { Commands } from '../../../packages/shared/src/action/commands.ts';
import { readGitHubContext } from '../../../packages/shared/src/action/github.ts';
import { readInputs } from '../../../packages/shared/src/action/inputs.ts';
import type { Run } from '../../../packages/shared/src/action/run.ts';
import { manifest } from '../src/manifest.ts';
import { tagOutputs } from '../src/report.ts';
import { readSettings } from '../src/settings.ts';
import { tagVersion } from '../src/tag-version.ts';
import { defaults, startWorld, token, type World } from './world.ts';

const pushes = 40;
// This only ends a test that hangs.
const limit = 240_000;

/**
 * Runs the action for each commit, all at the same time. In one process, as forty of them would be in
 * each other's way on this machine rather than on the server, where the race is.
 */
const nothing = () => undefined;
const silent: Commands = {
  info: nothing,
  quote: nothing,
  group: nothing,
  endGroup: nothing,
  error: nothing,
  warning: nothing,
  notice: nothing,
  mask: nothing,
  output: nothing,
  summary: async () => undefined,
};

function runAll(world: World, commits: readonly string[]) {
  return Promise.all(
    commits.map(async (sha) => {
      const inputs = { ...defaults, token, sha, 'moving-tags': 'minor' };
      const env: Record<string, string> = {
        ...world.runner.env,
        ...world.github.env,
        ...Object.fromEntries(
          Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
        ),
      };
      const run: Run<typeof manifest> = {
        inputs: (spec, rules) => readInputs(manifest, spec, { env, mask: () => undefined }, rules),
        commands: silent,
        env,
        github: readGitHubContext(env),
        signal: new AbortController().signal,
      };
      const report = await tagVersion(readSettings(run), run);
      return { failure: report.failure, outputs: tagOutputs(report) };
    }),
  );
}

const numbers = (tags: Record<string, string>) =>
  Object.keys(tags)
    .flatMap((tag) => /^v1\.0\.(\d+)$/.exec(tag)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);

describe('forty runs at the same time', () => {
  it(
    'give versions that rise along the history, without a gap, and the moving tags the newest',
    async () => {
      await using world = await startWorld((history) => {
        history.commit('chore: start');
        history.tag('v1.0.0', 'The first.');
        for (let push = 0; push < pushes; push += 1) history.commit(`fix: push ${push}`);
      });
      const commits = (await world.git('rev-list', 'v1.0.0..main')).split('\n').reverse();
      const place = (sha: string | undefined) => commits.indexOf(sha ?? '');
      const steps = await runAll(world, commits);

      expect(steps.map(({ failure }) => failure)).toEqual(commits.map(() => undefined));
      const tags = await world.tags();
      const given = numbers(tags);
      expect(given).toEqual(Array.from(given, (_, index) => index));
      // A higher version is on a newer commit.
      const places = given.slice(1).map((number) => place(tags[`v1.0.${number}`]));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      // What each run said is there: a version on its own commit, or on a newer one that has it.
      for (const [index, { outputs }] of steps.entries()) {
        const there = place(tags[outputs['tag'] ?? '']);
        expect(tags[outputs['tag'] ?? '']).toBe(outputs['sha']);
        if (outputs['created'] === 'true') expect(there).toBe(index);
        else expect(there).toBeGreaterThan(index);
      }
      // The newest push always gets one, the highest, and the moving tags end there.
      const newest = commits.at(-1);
      expect(steps.at(-1)?.outputs['created']).toBe('true');
      const highest = tags[`v1.0.${given.at(-1)}`];
      expect([highest, tags['v1'], tags['v1.0']]).toEqual([newest, newest, newest]);
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

      expect(steps.map(({ failure }) => failure)).toEqual(steps.map(() => undefined));
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
