import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cancelled, closingLineOf } from '../../../packages/local-cloud/src/cancel.ts';
import {
  type ShopCluster,
  type ShopNamespace,
  shopManifests,
  startShopCluster,
} from './shop-cluster.ts';

/** Repeat a run by its seed: `SEED=4711`. */
const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
// One in each tenth of a deployment, and the last one may come when it is over.
const [tenths = []] = fc.sample(fc.array(fc.nat(99), { minLength: 10, maxLength: 10 }), {
  numRuns: 1,
  seed,
});
const moments = tenths.map((within, tenth) => ({ percent: tenth * 10 + within / 10 }));

/** What the last line of a cancelled run may say, and which version serves when Kubernetes has ended that. */
const endings: ReadonlyArray<readonly [RegExp, 'old' | 'next']> = [
  // Before the action itself is there, a signal ends Node.
  [/^SIGINT: $/, 'old'],
  [/^cancelled: .*deployment\/shop(?: in \S+)? was not changed/, 'old'],
  [/^cancelled: .+; Kubernetes is bringing back the version before of deployment\/shop/, 'old'],
  [/^deployed: deployment\/shop in .+ serves the new version/, 'next'],
];

let cluster: ShopCluster;
let shop: ShopNamespace;
/** What a deployment takes that nobody cancels, in milliseconds. */
let whole = 0;
let serving = 'one';

beforeAll(async () => {
  cluster = await startShopCluster();
  shop = await cluster.shop();
  await Promise.all(['one', 'two'].map((version) => cluster.image(version)));
}, 180_000);
afterAll(async () => cluster[Symbol.asyncDispose](), 60_000);

const inputs = async (version: string) => ({
  workload: 'deployment/shop',
  image: await cluster.image(version),
  'health-path': '/',
  expect: `version ${version}`,
  bake: '1s',
});

/** When Kubernetes has ended what it was told, whatever the action said, this version is there alone. */
async function settled(version: string) {
  await shop.kubectl('rollout', 'status', 'deployment/shop', '--timeout=60s');
  // Pods that end have left the Service a moment after the rollout is over.
  const ending = ['get', 'pods', '-o', 'jsonpath={.items[*].metadata.deletionTimestamp}'];
  const until = performance.now() + 30_000;
  while ((await shop.kubectl(...ending)) !== '' && performance.now() < until);
  expect(await shop.served()).toContain(`version ${version}`);
}

it('a deployment that nobody cancels', async () => {
  const image = await cluster.image('two');
  const first = await shop.deploy({ image, manifests: shopManifests(), 'health-path': '/' });
  expect(first.outputs).toMatchObject({ status: 'deployed' });
  const { ms, outputs } = await shop.deploy(await inputs('one'));
  expect(outputs).toMatchObject({ status: 'deployed' });
  whole = ms;
}, 120_000);

it.each(moments)(
  `is cancelled when $percent % of it have passed: settles, and the job again ends it (SEED=${seed})`,
  async ({ percent }) => {
    const old = serving;
    const next = old === 'one' ? 'two' : 'one';
    const first = await cancelled(shop.start(await inputs(next)), (whole * percent) / 100);
    const said = closingLineOf(first);
    const [, ends] = endings.find(([words]) => words.test(said)) ?? [];
    expect({ said, ends }).toEqual({ said, ends: expect.any(String) });
    await settled(ends === 'old' ? old : next);
    // A run that was killed before it knew anything leaves nothing either.
    expect(await shop.locks()).toBe('');
    const again = await shop.deploy(await inputs(next));
    expect({ said, code: again.code, errors: again.errors }).toEqual({ said, code: 0, errors: [] });
    expect(await shop.served()).toContain(`version ${next}`);
    serving = next;
  },
  120_000,
);
