import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { startWorld, type World } from './world.ts';

// Some thirty processes: this only ends a test that hangs.
const limit = 240_000;

const inputs = { 'moving-tags': 'minor', release: 'published', assets: '*.txt' };

async function newWorld(): Promise<World> {
  const world = await startWorld((history) => {
    history.commit('chore: start');
    history.tag('v1.0.0', 'The first.');
    history.tag('v1');
    history.commit('feat: a cart');
    history.commit('fix: the cart');
  });
  await writeFile(join(world.runner.workspace, 'shop.txt'), 'the shop\n');
  return world;
}

/** Which of a world's requests have written something, by their numbers. */
function writesOf({ github }: World): number[] {
  const isWrite = ({ kind, method, query }: (typeof github.requests)[number]) =>
    kind === 'graphql' ? /mutation/.test(query ?? '') : method !== 'GET';
  return [...github.requests.entries()].flatMap(([number, one]) => (isWrite(one) ? [number] : []));
}

/** Two at a time, as there are two cores. */
async function inTwoLanes(
  all: readonly number[],
  work: (number: number) => Promise<void>,
): Promise<void> {
  const numbers = [...all];
  const lane = async () => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
      await work(number);
    }
  };
  await Promise.all([lane(), lane()]);
}

/** All that is on the server afterwards, without what differs from run to run. */
async function stateOf(world: World) {
  const { github } = world;
  const plain = (text: string | null) => text?.replaceAll(github.server, '…');
  const latest = github.releases.latest()?.tagName;
  return {
    tags: await world.tags(),
    message: await world.git(
      'for-each-ref',
      '--format=%(contents) %(taggername)',
      'refs/tags/v1.1.0',
    ),
    latest,
    releases: github.releases.all().map(({ tagName, name, body, draft, prerelease, assets }) => ({
      tagName,
      name,
      draft,
      prerelease,
      body: plain(body),
      assets: assets.map((asset) => [asset.name, asset.content.toString()]),
    })),
  };
}

it(
  'ends in the same state when it is killed between any two requests and run again',
  async () => {
    await using undisturbed = await newWorld();
    expect((await undisturbed.run(inputs)).code).toBe(0);
    const wanted = await stateOf(undisturbed);
    const writes = writesOf(undisturbed);
    expect(writes.length).toBeGreaterThan(5);
    expect(wanted.releases).toHaveLength(1);
    expect(wanted.releases[0]?.assets.map(([name]) => name)).toEqual(['shop.txt', 'SHA256SUMS']);

    const killAt = async (number: number) => {
      await using world = await newWorld();
      let seen = 0;
      world.github.faults.when('github-api', () => seen++ === number, 'slow');
      const hit = world.github.faults.hit('github-api');
      const step = await world.start(inputs);
      await hit;
      step.kill('SIGKILL');
      expect((await step.done).signal).toBe('SIGKILL');
      const again = await world.run(inputs);
      expect({ number, code: again.code, errors: again.errors }).toEqual({
        number,
        code: 0,
        errors: [],
      });
      expect({ number, ...(await stateOf(world)) }).toEqual({ number, ...wanted });
    };
    // Reading changes nothing: what a kill leaves behind differs only from write to write.
    const last = undisturbed.github.requests.length - 1;
    const points = [0, ...writes.map((write) => write + 1)].filter((number) => number <= last);
    await inTwoLanes(points, killAt);
  },
  limit,
);

it(
  'ends in the same state when the answer to any write is lost',
  async () => {
    await using undisturbed = await newWorld();
    await undisturbed.run(inputs);
    const wanted = await stateOf(undisturbed);
    const loseAt = async (number: number) => {
      await using world = await newWorld();
      let seen = 0;
      world.github.faults.when('github-api', () => seen++ === number, 'lost');
      const step = await world.run(inputs);
      expect({ number, code: step.code, errors: step.errors }).toEqual({
        number,
        code: 0,
        errors: [],
      });
      expect({ number, ...(await stateOf(world)) }).toEqual({ number, ...wanted });
    };
    await inTwoLanes(writesOf(undisturbed), loseAt);
  },
  limit,
);
