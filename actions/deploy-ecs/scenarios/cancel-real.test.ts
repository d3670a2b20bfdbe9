import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import { type RealEcs, startRealEcs } from '../../../packages/local-cloud/src/aws/real-ecs.ts';
import { cancelled } from '../../../packages/local-cloud/src/cancel.ts';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import { makeRunner, type Runner, type Step } from '../../../packages/local-cloud/src/runner.ts';
import { bundle, serviceDefinition, taskDefinition } from './world.ts';

const role = 'arn:aws:iam::123456789012:role/deploy';
/** Repeat a run by its seed: `SEED=4711`. */
const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
// One in each tenth of a deployment, and the last one may come when it is over.
const [tenths = []] = fc.sample(fc.array(fc.nat(99), { minLength: 10, maxLength: 10 }), {
  numRuns: 1,
  seed,
});
const moments = tenths.map((within, tenth) => tenth * 10 + within / 10);

/** What the last line of a cancelled run may say, and what serves when ECS has ended that by itself. */
const arn = 'arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:\\d+';
const endings: ReadonlyArray<readonly [RegExp, 'old' | 'next']> = [
  [/^$/, 'old'],
  [/^cancelled: shop in default was not changed\.$/, 'old'],
  [
    new RegExp(
      `; ECS was told to roll shop back to ${arn}, and ends that by itself; run the job again to see it settled\\.$`,
    ),
    'old',
  ],
  [new RegExp(`; shop was not changed and is set to run ${arn}\\.$`), 'old'],
  [new RegExp(`; ECS brings ${arn} back by itself\\.$`), 'old'],
  [/^deployed: shop in default serves the new version \(.+\), proven by http/, 'next'],
];

let registry: LocalRegistry;
let ecs: RealEcs;
let runner: Runner;
/** Images by what they answer. */
const images = new Map<string, string>();
/** What a deployment takes that nobody cancels, in milliseconds. */
let whole = 0;
let serving = 'version one';

beforeAll(async () => {
  registry = await startRegistry();
  [ecs, runner] = await Promise.all([startRealEcs('/'), makeRunner()]);
  for (const version of ['one', 'two']) {
    images.set(`version ${version}`, await pushApp(registry.host, version, 'good'));
  }
}, 180_000);
afterAll(async () => {
  await Promise.all([ecs, runner, registry].map((one) => one[Symbol.asyncDispose]()));
}, 60_000);

const start = (version: string, inputs: Readonly<Record<string, string>> = {}): Step => {
  const { accessKeyId, secretAccessKey, sessionToken } = ecs.aws.credentials(role);
  return runner.start(
    bundle,
    {
      service: 'shop',
      image: images.get(version) ?? '',
      'health-url': ecs.url,
      'health-threshold': '1',
      expect: version,
      timeout: '40s',
      ...inputs,
    },
    {
      ...ecs.aws.env,
      AWS_REGION: ecs.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    },
  );
};
const answer = async () => (await (await fetch(ecs.url)).text()).trim();

/**
 * The image that the service is set to run and those that its tasks run, each once, when nothing
 * moves any more: what ECS itself knows, whatever the action said.
 */
async function settled() {
  const service = ecs.world.service('default', 'shop');
  const until = performance.now() + 30_000;
  for (;;) {
    const tasks = service.tasksOf();
    const still = tasks.every(({ wire }) => wire.lastStatus === 'RUNNING');
    if (service.rollout?.ended && still && tasks.length === service.desired) {
      const image = service.primary?.definition.containerDefinitions?.[0]?.image;
      const running = tasks.flatMap(({ wire }) => wire.containers?.map((one) => one.image));
      return [...new Set([image, ...running])];
    }
    if (performance.now() > until) throw new Error('the service does not settle');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it('a deployment that nobody cancels', async () => {
  const { targetGroupArn, ...advanced } = ecs.balancer;
  const created = await start('version one', {
    'task-definition': taskDefinition.replace('"containerPort":80', '"containerPort":3000'),
    'service-definition': JSON.stringify({
      ...JSON.parse(serviceDefinition),
      desiredCount: 1,
      healthCheckGracePeriodSeconds: 20,
      loadBalancers: [
        {
          targetGroupArn,
          containerName: 'web',
          containerPort: 3000,
          advancedConfiguration: {
            ...advanced,
            roleArn: 'arn:aws:iam::123456789012:role/balancing',
          },
        },
      ],
    }),
  }).done;
  expect(created.errors).toEqual([]);
  const { ms, outputs } = await start('version two').done;
  expect(outputs).toMatchObject({ status: 'deployed' });
  whole = ms;
  serving = 'version two';
}, 120_000);

it.each(moments.map((percent, number) => ({ percent, number })))(
  `that is cancelled when $percent % of it have passed settles, and the job again ends it (SEED=${seed})`,
  async ({ number, percent }) => {
    const old = serving;
    const next = old === 'version one' ? 'version two' : 'version one';
    const answers = new Set<string>();
    const asking: Promise<unknown>[] = [];
    const steady = setInterval(
      () =>
        asking.push(
          answer().then(
            (said) => answers.add(said),
            (error: unknown) => answers.add(String(error)),
          ),
        ),
      100,
    );
    try {
      const first = await cancelled(start(next), (whole * percent) / 100);
      // Before the action itself is there, a signal ends Node.
      if (first.signal) expect([first.signal, first.log]).toEqual(['SIGINT', '']);
      const last = first.log.trim().split('\n').at(-1) ?? '';
      const [, serves] = endings.find(([said]) => said.test(last)) ?? [];
      expect([last, serves]).toEqual([last, expect.any(String)]);
      // Every second time the job runs again at once, with whatever is still in flight.
      if (number % 2 === 0) {
        expect(await settled()).toEqual([images.get(serves === 'next' ? next : old)]);
        expect(await answer()).toBe(serves === 'next' ? next : old);
      }
      const again = await start(next).done;
      expect(again.errors).toEqual([]);
      expect(again.outputs['status']).toMatch(/^(deployed|unchanged)$/);
      serving = next;
      expect(await settled()).toEqual([images.get(next)]);
      expect(await answer()).toBe(next);
    } finally {
      clearInterval(steady);
      await Promise.all(asking);
    }
    expect([...answers].filter((said) => said !== old && said !== next)).toEqual([]);
  },
  120_000,
);
