import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '@slipway/shared/time/clock';
import { RunBefore } from '../../src/run-before/run-before.ts';
import {
  nameOf,
  type RolloutCluster,
  startRolloutCluster,
  type Wanted,
  workload,
} from './rollout-cluster.ts';

let cluster: RolloutCluster;
let image: string;

beforeAll(async () => {
  cluster = await startRolloutCluster();
  image = await cluster.image();
}, 180_000);

afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
}, 60_000);

async function world(code: string, more: Partial<Wanted> = {}) {
  const namespace = await cluster.kubernetes.namespace();
  const wanted = { namespace, image, ...more };
  const object = workload(wanted);
  const name = nameOf(wanted);
  const after = (
    await cluster.api.apply({ name, object, dryRun: true }, AbortSignal.timeout(9_000))
  ).object;
  const main = {
    ...({ kind: 'Deployment', name, object, after, live: undefined } as const),
    ...{ force: false, adopts: false, isChanged: true },
  };
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'shop-env', namespace },
    stringData: { DATABASE: 'planted' },
  };
  const ofSecret = {
    ...main,
    name: {
      resource: { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', isNamespaced: true },
      namespace,
      name: 'shop-env',
    },
    object: secret,
    after: secret,
  };
  const shown: { line: string; at: number }[] = [];
  const show = (line: string) => shown.push({ line, at: Date.now() });
  const runBefore = new RunBefore(
    {
      command: ['node', '-e', code],
      limit: 60_000,
      token: namespace,
      rules: { fatal: [], tolerated: [] },
    },
    { api: cluster.api, clock: systemClock, commands: { info: show, quote: show } },
  );
  const prepared = {
    objects: [ofSecret, main],
    main,
    container: 'web',
    image: wanted.image,
    previousImage: undefined,
    diff: [],
    notes: [],
  };
  const run = (signal: AbortSignal = AbortSignal.timeout(60_000)) =>
    runBefore.run(prepared, signal);
  const names = (kind: string) =>
    cluster.kubernetes.kubectl(['-n', namespace, 'get', kind, '--output', 'name']);
  return { names, namespace, run, runBefore, shown };
}

const fromSecret = { container: { envFrom: [{ secretRef: { name: 'shop-env' } }] } };

test('a migration runs with the environment of the new version, and its log is shown as it comes', async () => {
  // It goes on when somebody who has read its first line says so.
  const code = `console.log('migrating with', process.env.DATABASE);
    const look = setInterval(() => {
      if (!require('node:fs').existsSync('/tmp/go-on')) return;
      clearInterval(look);
      console.log('done');
    }, 50);`;
  const { names, namespace, run, shown } = await world(code, fromSecret);
  const running = run();
  const wasShown = () => shown.some(({ line }) => line === 'migrating with planted');
  while (!wasShown()) {
    await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 20))]);
  }
  const [pod = ''] = (await names('pods')).trim().split('\n');
  await cluster.kubernetes.kubectl(['-n', namespace, 'exec', pod, '--', 'touch', '/tmp/go-on']);
  await running;
  expect(shown.map(({ line }) => line)).toContain('done');
  expect(shown.at(-1)?.line).toBe('run-before: done');
  expect(await names('deployments')).toBe('');
}, 120_000);

test('a migration that fails tells its exit code and last log lines within 3 s', async () => {
  const { names, run, runBefore, shown } = await world(
    "console.log('migrating'); setTimeout(() => { console.error('table users is missing'); process.exit(4); }, 1000)",
  );
  const error: unknown = await run().catch((reason: unknown) => reason);
  const red = Date.now();
  expect(error).toMatchObject({
    code: 'k8s/run-before',
    message: expect.stringContaining('ended with code 4'),
  });
  expect(runBefore.evidence.logs).toEqual([
    { source: 'web (run-before)', lines: ['migrating', 'table users is missing'] },
  ]);
  const last = shown.find(({ line }) => line === 'table users is missing');
  expect(red - (last?.at ?? 0)).toBeLessThan(3_000);
  expect(await names('jobs')).toMatch(/^job.batch\/shop-before-/);
}, 120_000);

test('a migration that is cancelled leaves neither Job nor pod', async () => {
  const { names, run, shown } = await world('setInterval(() => {}, 1000)', fromSecret);
  const stop = new AbortController();
  const running = run(stop.signal).catch((reason: unknown) => reason);
  while (!shown.some(({ line }) => line.includes('1 running'))) {
    await systemClock.sleep(100, AbortSignal.timeout(60_000));
  }
  stop.abort(new Error('cancelled'));
  expect(await running).toMatchObject({ message: 'cancelled' });
  await expect(names('jobs')).resolves.toBe('');
  await expect(names('secrets')).resolves.toBe('');
}, 120_000);

test('a migration whose image cannot be pulled fails, and leaves nothing', async () => {
  const missing = image.replace(/[0-9a-f]{64}$/, '0'.repeat(64));
  const { names, run } = await world('0', { image: missing });
  await expect(run()).rejects.toMatchObject({
    code: 'k8s/run-before',
    message: expect.stringContaining('the registry has no such image'),
  });
  await expect(names('jobs')).resolves.toBe('');
}, 120_000);
