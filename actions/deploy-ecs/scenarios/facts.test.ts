import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { asAnybody, balancedDefinition, behaveByCommand, withBalancedService } from './balanced.ts';
import { bundle, image, place, World } from './world.ts';

// Facts that users of other actions for ECS have had to find out.
let world: World;
beforeEach(async () => {
  world = await World.open();
  behaveByCommand(world);
});
afterEach(() => world[Symbol.asyncDispose]());

/** Clusters of all services and tasks that were asked for. */
const clusters = () => [
  ...new Set(
    world.aws.permissions.calls.flatMap(
      ({ resource }) => /:(?:service|task)[a-z-]*\/([\w-]+)\//.exec(resource)?.[1] ?? [],
    ),
  ),
];

it('without an input, every call is for the cluster default', async () => {
  await withBalancedService(world);
  const step = await world.deploy('shop-2', { 'run-before': 'npm run migrate' });
  expect(step.outputs).toMatchObject({ status: 'deployed' });
  expect(clusters()).toEqual(['default']);
}, 30_000);

it.each(['production', `arn:aws:ecs:eu-central-1:${place.account}:cluster/production`])(
  'with it, every call is for that one: %s',
  async (cluster) => {
    world.ecs.worlds.at(place).addCluster('production');
    await withBalancedService(world);
    await asAnybody(world, (client) =>
      client.createService({ ...balancedDefinition(world), cluster: 'production' }),
    );
    const step = await world.deploy('shop-2', { cluster, 'dry-run': 'true' });
    expect(step.outputs).toMatchObject({ status: 'planned' });
    expect(clusters()).toEqual(['production']);
  },
  30_000,
);

it.each([
  ['RESOURCE:MEMORY', 'RESOURCE:MEMORY (no instance has so much memory free)'],
  ['Capacity is unavailable at this time', 'Capacity is unavailable at this time'],
])(
  'a task of run-before that is not started, which ECS tells with HTTP 200, leaves the service: %s',
  async (reason, said) => {
    await withBalancedService(world);
    world.ecs.worlds.at(place).unplaced = reason;
    const step = await world.deploy('shop-2', { 'run-before': 'npm run migrate' });
    expect(step.outputs).toMatchObject({ status: 'failed', reason: 'ecs/run-before-refused' });
    expect(step.errors.map(({ text }) => text)).toEqual([expect.stringContaining(said)]);
    expect(world.serves).toBe(image('shop-1'));
    const asked = world.aws.permissions.calls.map(({ action }) => action);
    expect(asked).toContain('ecs:RunTask');
    expect(asked).not.toContain('ecs:UpdateService');
  },
  30_000,
);

it('nothing of the credentials is left for later steps', async () => {
  await withBalancedService(world);
  const folder = await mkdtemp(join(tmpdir(), 'slipway-later-'));
  try {
    const names = ['GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_PATH'];
    const files = names.map((name) => join(folder, name));
    for (const file of files) await writeFile(file, '');
    const later = Object.fromEntries(names.map((name, at) => [name, files[at] ?? '']));
    const env = { ...world.env, ...later };
    const step = await world.runner.start(bundle, world.inputs('shop-2'), env).done;
    expect(step.outputs).toMatchObject({ status: 'deployed' });
    expect(await Promise.all(files.map((file) => readFile(file, 'utf8')))).toEqual(['', '', '']);
    for (const secret of world.secrets) {
      expect(`${step.summary}${JSON.stringify(step.outputs)}`).not.toContain(secret);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}, 30_000);
