import { describe, expect, test } from '@jest/globals';
import { type JsonObject, objectIn, objectsIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { TimeoutReached } from '@slipway/shared/time/deadline';
import { oneOffJob, podTemplateOf } from '../../src/run-before/one-off-job.ts';
import { ended, pod, running, waiting } from '../rollout/objects.ts';
import { oneOffWorld, shop, uidOf } from './world.ts';

const { signal } = new AbortController();
const one = {
  name: 'shop-before-1',
  namespace: 'test',
  workload: 'shop',
  container: 'web',
  command: ['npm', 'run', 'migrate'],
  token: 'run 7',
  limit: 600_000,
};

describe('the one-off Job', () => {
  const job = oneOffJob(shop, one);
  const template = podTemplateOf(job);
  const spec = objectIn(template, 'spec');
  const [main = {}] = objectsIn(spec, 'containers');

  test('runs the command in the container of the new version, once', () => {
    expect(job).toMatchObject({
      metadata: { name: 'shop-before-1', namespace: 'test' },
      spec: { backoffLimit: 0, ttlSecondsAfterFinished: 600, activeDeadlineSeconds: 630 },
    });
    expect(spec['restartPolicy']).toBe('Never');
    expect(main).toMatchObject({
      name: 'web',
      image: 'shop@sha256:1',
      command: ['npm', 'run', 'migrate'],
    });
    expect(main['args']).toBeUndefined();
  });

  test('has what the workload has to run with', () => {
    expect(spec).toMatchObject({
      serviceAccountName: 'shop',
      imagePullSecrets: [{ name: 'ghcr' }],
      securityContext: { runAsNonRoot: true },
      nodeSelector: { disk: 'ssd' },
      affinity: { nodeAffinity: { n: 1 } },
      volumes: [{ name: 'settings', configMap: { name: 'settings' } }],
    });
    expect(main).toMatchObject({
      env: [{ name: 'URL' }],
      securityContext: { readOnlyRootFilesystem: true },
    });
    // The volume of a claim of a StatefulSet is no part of its template.
    expect(main['volumeMounts']).toEqual([{ name: 'settings', mountPath: '/etc/shop' }]);
  });

  test('has nothing of what serves: no port, no probe, no other container, no rule about other pods', () => {
    expect(Object.keys(main)).not.toEqual(expect.arrayContaining(['ports']));
    expect(main['readinessProbe'] ?? main['ports']).toBeUndefined();
    expect(objectsIn(spec, 'containers')).toHaveLength(1);
    expect(spec['topologySpreadConstraints']).toBeUndefined();
    expect(objectIn(spec, 'affinity')['podAntiAffinity']).toBeUndefined();
  });

  test('keeps sidecars that end by themselves, and no other init container', () => {
    expect(objectsIn(spec, 'initContainers')).toEqual([
      { name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' },
    ]);
  });

  test('has no label that a Service or the workload looks for', () => {
    expect(objectIn(objectIn(template, 'metadata'), 'labels')).toEqual({
      'azure.workload.identity/use': 'true',
      'slipway-run-before': 'shop',
    });
  });

  test('is made of the Jobs of a CronJob as well', () => {
    const cron = { spec: { jobTemplate: { spec: shop['spec'] ?? {} } } };
    expect(podTemplateOf(oneOffJob(cron, one))).toEqual(template);
  });

  test('is refused where there is no such container', () => {
    expect(() => oneOffJob(shop, { ...one, container: 'app' })).toThrow(
      'the workload has no container app, but web, metrics',
    );
  });
});

const over = (job: JsonObject, type: 'Complete' | 'Failed', reason = ''): JsonObject => ({
  ...job,
  status: { conditions: [{ type, status: 'True', reason, message: '' }] },
});
const jobPod = (job: JsonObject, given: Parameters<typeof pod>[1]) =>
  pod('shop-before-x', { owner: uidOf(job), ready: false, ...given });
const failedStatus = { statuses: [{ name: 'web', state: ended(3) }], status: { phase: 'Failed' } };

describe('run-before', () => {
  test('shows the log while the Job runs, and is done when the Job is complete', async () => {
    const { job, prepared, runBefore, shown } = oneOffWorld();
    const run = runBefore.run(prepared, signal);
    const { live, object, pods } = await job();
    pods.put(jobPod(object, { statuses: [running()] }));
    live.put(over(object, 'Complete'));
    await run;
    expect(shown).toEqual([
      'run-before: it has configmap/settings as it is now; the rollout changes it afterwards',
      'run-before: secret/shop-env-1 was created, which it needs',
      expect.stringMatching(/^run-before: the Job shop-before-[0-9a-f]{10} was created$/),
      '| 0 of 1 done, 0 running',
      '| migrating',
      '| done',
      'run-before: done',
    ]);
  });

  test('creates what the Job needs and the rollout would only bring, and nothing else', async () => {
    const { cluster, job, prepared, runBefore } = oneOffWorld();
    const run = runBefore.run(prepared, signal);
    const { live, object } = await job();
    live.put(over(object, 'Complete'));
    await run;
    expect(cluster.writes.map(({ name, verb }) => `${verb} ${name}`)).toEqual([
      'apply secret/shop-env-1',
      expect.stringMatching(/^create job\/shop-before-/),
    ]);
  });

  test('fails with the exit code, its last log lines, and the Job left to be looked at', async () => {
    const { cluster, job, prepared, runBefore } = oneOffWorld();
    const run = runBefore.run(prepared, signal).catch((error: unknown) => error);
    const { live, object, pods } = await job();
    pods.put(jobPod(object, failedStatus));
    live.put(over(object, 'Failed', 'BackoffLimitExceeded'));
    const error = await run;
    expect(error).toMatchObject({
      code: 'k8s/run-before',
      message: expect.stringContaining('web of pod shop-before-x ended with code 3'),
    });
    expect(runBefore.evidence.logs).toEqual([
      { source: 'web (run-before)', lines: ['migrating', 'done'] },
    ]);
    // What was made for it alone goes.
    expect(cluster.writes.filter(({ verb }) => verb === 'delete').map(({ name }) => name)).toEqual([
      'secret/shop-env-1',
    ]);
  });

  test('fails for an image that cannot be pulled, and deletes the Job, which would try for ever', async () => {
    const { cluster, job, prepared, runBefore } = oneOffWorld();
    const run = runBefore.run(prepared, signal).catch((error: unknown) => error);
    const { object, pods } = await job();
    pods.put(jobPod(object, { statuses: [waiting('ErrImagePull', 'manifest unknown')] }));
    expect(await run).toMatchObject({
      code: 'k8s/run-before',
      message: expect.stringContaining('the registry has no such image'),
    });
    expect(cluster.writes.at(-1)).toMatchObject({
      verb: 'delete',
      name: expect.stringMatching(/^job\//),
    });
  });

  test.each([
    ['a cancel', new Error('cancelled'), 'cancelled'],
    ['its time limit', new TimeoutReached(600_000), 'did not end within 10 min'],
  ])('is deleted on %s', async (_, reason, message) => {
    const { cluster, job, prepared, runBefore } = oneOffWorld();
    const stop = new AbortController();
    const run = runBefore.run(prepared, stop.signal).catch((error: unknown) => error);
    await job();
    stop.abort(reason);
    expect(await run).toMatchObject({ message: expect.stringContaining(message) });
    const deleted = cluster.writes.filter(({ verb }) => verb === 'delete').map(({ name }) => name);
    expect(deleted).toEqual(['secret/shop-env-1', expect.stringMatching(/^job\/shop-before-/)]);
  });

  test('is taken up where this attempt has created it already', async () => {
    const first = oneOffWorld();
    const run = first.runBefore.run(first.prepared, signal);
    const { live, object } = await first.job();
    live.put(over(object, 'Complete'));
    await run;
    const second = oneOffWorld();
    second.cluster.add(first.created());
    const again = second.runBefore.run(second.prepared, signal);
    const taken = await second.job();
    taken.live.put(over(taken.object, 'Complete'));
    await again;
    expect(second.created()).toEqual({});
  });

  test('is refused where somebody else has a Job of that name', async () => {
    const first = oneOffWorld();
    const run = first.runBefore.run(first.prepared, signal);
    const { live, object } = await first.job();
    live.put(over(object, 'Complete'));
    await run;
    const second = oneOffWorld();
    const metadata = { ...objectIn(first.created(), 'metadata'), annotations: {} };
    second.cluster.add({ ...first.created(), metadata });
    await expect(second.runBefore.run(second.prepared, signal)).rejects.toMatchObject({
      code: 'k8s/run-before-refused',
    });
    expect(
      second.cluster.writes.some(({ name, verb }) => verb === 'delete' && name.startsWith('job')),
    ).toBe(false);
  });

  test('is refused by the cluster with its words', async () => {
    const refusal = Failure.of('deploy/unexpected', { phase: 'x', error: 'violates PodSecurity' });
    const { prepared, runBefore } = oneOffWorld({
      create: async () => {
        throw refusal;
      },
    });
    await expect(runBefore.run(prepared, signal)).rejects.toThrow(
      /^run-before: .*violates PodSecurity/,
    );
  });

  test('says once that its log cannot be shown, which is no verdict', async () => {
    const { job, prepared, runBefore, shown } = oneOffWorld({
      // biome-ignore lint/correctness/useYield: it fails before it has a line
      async *followLog() {
        throw new Error('may not get pods/log');
      },
    });
    const run = runBefore.run(prepared, signal);
    const { live, object, pods } = await job();
    pods.put(jobPod(object, { statuses: [running()] }));
    live.put(over(object, 'Complete'));
    await run;
    expect(shown).toContain('run-before: its log cannot be shown: may not get pods/log');
  });
});
