import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { startWorld, type World } from './world.ts';

// Some ninety processes: this only ends a test that hangs.
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

/** Two at a time, as there are two cores. */
async function inTwoLanes(count: number, work: (number: number) => Promise<void>): Promise<void> {
  const numbers = Array.from({ length: count }, (_, number) => number);
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
  'ends in the same state when it is killed before any request and run again',
  async () => {
    await using undisturbed = await newWorld();
    expect((await undisturbed.run(inputs)).code).toBe(0);
    const wanted = await stateOf(undisturbed);
    const requests = undisturbed.github.requests.length;
    expect(requests).toBeGreaterThan(10);
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
    await inTwoLanes(requests, killAt);
  },
  limit,
);

it(
  'ends in the same state when the answer to any request is lost',
  async () => {
    await using undisturbed = await newWorld();
    await undisturbed.run(inputs);
    const wanted = await stateOf(undisturbed);
    const requests = undisturbed.github.requests.length;
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
    await inTwoLanes(requests, loseAt);
  },
  limit,
);
