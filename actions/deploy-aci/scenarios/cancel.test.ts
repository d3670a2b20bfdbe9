import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cancelled, closingLineOf } from '../../../packages/local-cloud/src/cancel.ts';
import { image, World } from './world.ts';

/** Repeat a run by its seed: `SEED=4711`. */
const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
// One in each tenth of a deployment, and the last one may come when it is over.
const [tenths = []] = fc.sample(fc.array(fc.nat(99), { minLength: 10, maxLength: 10 }), {
  numRuns: 1,
  seed,
});
const moments = tenths.map((within, tenth) => ({
  percent: tenth * 10 + within / 10,
  strategy: ['in-place', 'rehearse', 'recreate'][tenth % 3] ?? '',
}));

/** What the last line of a cancelled run may say, and which version serves when Azure has ended that. */
const endings: ReadonlyArray<readonly [RegExp, 'old' | 'next']> = [
  // Before the action itself is there, a signal ends Node.
  [/^SIGINT: $/, 'old'],
  [/^cancelled: .*shop was not changed\.$/, 'old'],
  // Between the plan, which knows what serves, and the first write.
  [/^cancelled: .*shop was not changed and serves the version before \(.+\)\.$/, 'old'],
  [
    /^cancelled: .+; Azure is bringing back the version before in shop, and ends that by itself/,
    'old',
  ],
  [/^deployed: shop in shop serves the new version \(.+\), proven by http/, 'next'],
];

let world: World;
/** What a deployment takes that nobody cancels, in milliseconds. */
const whole: Record<string, number> = {};
let serving = 'shop-1';

beforeAll(async () => {
  world = await World.open();
}, 60_000);
afterAll(async () => {
  await world[Symbol.asyncDispose]();
}, 60_000);

/** The image of the group, and what it answers, when nothing moves any more, whatever the action said. */
async function settled() {
  const until = performance.now() + 30_000;
  for (;;) {
    const { groups } = world;
    const group = world.azure.world.group('shop');
    const still = !group.transitioning && group.provisioningState === 'Succeeded';
    if (still && groups.length === 1) {
      const answer = await fetch(`http://${group.address}:3000/health`).then(
        (said) => said.text(),
        () => undefined,
      );
      if (answer !== undefined) {
        return { image: group.body.properties.containers[0]?.properties.image, answer };
      }
    }
    if (performance.now() > until) {
      throw new Error(`nothing settles: ${groups.join(', ')} ${group.provisioningState}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const runs = (name: string) => ({ image: image(name), answer: expect.stringContaining(name) });

it('a deployment that nobody cancels', async () => {
  await world.deploy('shop-1');
  for (const [strategy, name] of [
    ['in-place', 'shop-2'],
    ['rehearse', 'shop-3'],
    ['recreate', 'shop-1'],
  ] as const) {
    const { ms, outputs } = await world.deploy(name, { strategy });
    expect(outputs).toMatchObject({ status: 'deployed' });
    expect(await settled()).toEqual(runs(name));
    whole[strategy] = ms;
  }
}, 120_000);

it.each(moments)(
  `$strategy, cancelled when $percent % of it have passed: settles, and the job again ends it (SEED=${seed})`,
  async ({ percent, strategy }) => {
    const old = serving;
    const next = old === 'shop-1' ? 'shop-2' : 'shop-1';
    const step = world.start(next, { strategy });
    const first = await cancelled(step, ((whole[strategy] ?? 0) * percent) / 100);
    const last = closingLineOf(first);
    const [, serves] = endings.find(([said]) => said.test(last)) ?? [];
    expect([last, serves]).toEqual([last, expect.any(String)]);
    expect(world.groups).toEqual(['shop']);
    expect(await settled()).toEqual(runs(serves === 'next' ? next : old));

    const again = await world.deploy(next, { strategy });
    expect(again.errors).toEqual([]);
    expect(again.outputs['status']).toMatch(/^(deployed|unchanged)$/);
    serving = next;
    expect(world.groups).toEqual(['shop']);
    expect(await settled()).toEqual(runs(next));
  },
  120_000,
);

it('one that is cancelled in its rehearsal says that the group itself was not changed', async () => {
  const { image } = await settled();
  const next = serving === 'shop-1' ? 'shop-2' : 'shop-1';
  const step = world.start(next, { strategy: 'rehearse' });
  await step.saw(/done: apply: rehearse in shop-next/);
  const result = await cancelled(step, 0);
  const { log, outputs } = result;
  expect(outputs).toMatchObject({ status: 'cancelled' });
  expect(closingLineOf(result)).toMatch(/^cancelled: .+; shop was not changed\.$/);
  expect(log).toContain('removed shop-next');
  expect(world.groups).toEqual(['shop']);
  expect(await settled()).toMatchObject({ image });
}, 120_000);

it('a first one that is cancelled leaves nothing', async () => {
  const step = world.start('shop-1', { name: 'fresh', 'dns-label': 'fresh-web' });
  await step.saw(/done: apply/);
  const result = await cancelled(step, 0);
  expect(result.outputs).toMatchObject({ status: 'cancelled' });
  expect(closingLineOf(result)).toMatch(/; Azure is deleting fresh, and ends that by itself/);
  expect((await settled()).answer).toContain(serving);
  expect(world.groups).toEqual(['shop']);
}, 120_000);
