import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  codeOf,
  hasEnded,
  messageOf,
  type RolloutCluster,
  roll,
  type Seen,
  startRolloutCluster,
  type Wanted,
  type Went,
} from './rollout-cluster.ts';

let cluster: RolloutCluster;
let good: string;

beforeAll(async () => {
  cluster = await startRolloutCluster();
  good = await cluster.image();
}, 180_000);

afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
}, 60_000);

/** Red within 3 s of being knowable. */
const soon = 3_000;
const program = (code: string) => ({ command: ['node', '-e', code] });
const crash = program("console.log('DATABASE_URL is missing'); process.exit(3)");
const has = (list: keyof Seen, words: RegExp) => (seen: Seen) =>
  [seen[list]].flat().some((one) => words.test(one));
const refused = has('sets', /"type":"ReplicaFailure","status":"True"/);

async function inNamespace(
  wanted: Partial<Wanted>,
  o: Parameters<typeof roll>[2] = {},
  labels: Readonly<Record<string, string>> = {},
): Promise<Went> {
  const namespace = await cluster.kubernetes.namespace(labels);
  return roll(cluster, { namespace, image: good, ...wanted }, o);
}

test('a good rollout settles, and a good one after it', async () => {
  const namespace = await cluster.kubernetes.namespace();
  const readinessProbe = { httpGet: { path: '/', port: 3000 }, periodSeconds: 1 };
  const first = await roll(cluster, { namespace, image: good, container: { readinessProbe } });
  const env = [{ name: 'GREETING', value: 'again' }];
  const second = await roll(cluster, {
    namespace,
    image: good,
    container: { readinessProbe, env },
  });
  expect([codeOf(first), codeOf(second)]).toEqual(['settled', 'settled']);
  expect(second.lines.join('\n')).toContain('new pods are ready');
  const set = await roll(cluster, { kind: 'StatefulSet', namespace, image: good });
  const daemons = await roll(cluster, { kind: 'DaemonSet', namespace, image: good });
  const job = await roll(cluster, {
    kind: 'Job',
    namespace,
    image: good,
    container: program("console.log('done')"),
    pod: { restartPolicy: 'Never' },
  });
  expect([set, daemons, job].map(codeOf)).toEqual(['settled', 'settled', 'settled']);
}, 180_000);

describe('a rollout is red within 3 s of being knowable:', () => {
  test('crash loop, after a good one', async () => {
    const namespace = await cluster.kubernetes.namespace();
    await roll(cluster, { namespace, image: good });
    const knowable = hasEnded(2);
    const went = await roll(cluster, { namespace, image: good, container: crash }, { knowable });
    expect(codeOf(went)).toBe('k8s/crash-loop');
    expect(messageOf(went)).toContain('last with code 3');
    expect(went.logs).toContain('DATABASE_URL is missing');
    expect(went.late).toBeLessThan(soon);
  }, 180_000);

  test('crash a moment after the start, without a readiness probe', async () => {
    const container = program('setTimeout(() => process.exit(3), 1500)');
    const knowable = hasEnded(2);
    const went = await inNamespace({ container }, { knowable });
    expect(codeOf(went)).toBe('k8s/crash-loop');
    expect(went.late).toBeLessThan(soon);
  }, 180_000);

  test('wrong image', async () => {
    const knowable = has('pods', /"reason":"ErrImagePull"/);
    const image = good.replace(/[0-9a-f]{64}$/, '0'.repeat(64));
    const went = await inNamespace({ image }, { knowable });
    expect(codeOf(went)).toBe('k8s/image-pull');
    expect(messageOf(went)).toContain('the registry has no such image');
    expect(went.late).toBeLessThan(soon);
  }, 180_000);

  test('registry that refuses', async () => {
    const server = createServer((_, answer) => {
      answer.writeHead(401, { 'www-authenticate': 'Basic realm="private"' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const tries = /"reason":"Failed".*Failed to pull image/;
      const knowable = ({ events }: Seen) =>
        events
          .filter((one) => tries.test(one))
          .reduce((sum, one) => sum + Number(/"count":(\d+)/.exec(one)?.[1] ?? 1), 0) >= 3;
      const image = `127.0.0.1:${port}/shop:1`;
      const went = await inNamespace({ image }, { knowable });
      expect(codeOf(went)).toBe('k8s/image-pull');
      expect(messageOf(went)).toContain('may not pull it');
      expect(went.late).toBeLessThan(soon);
    } finally {
      server.close();
    }
  }, 180_000);

  test('missing ConfigMap', async () => {
    let first = 0;
    const knowable = (seen: Seen) => {
      const isSeen = has('pods', /"reason":"CreateContainerConfigError"/)(seen);
      if (isSeen) first ||= Date.now();
      // The table gives it 5 s.
      return first > 0 && Date.now() - first >= 5_000;
    };
    const container = { envFrom: [{ configMapRef: { name: 'settings' } }] };
    const went = await inNamespace({ container }, { knowable });
    expect(codeOf(went)).toBe('k8s/start');
    expect(messageOf(went)).toContain('configmap "settings" not found');
    expect(went.late).toBeLessThan(soon);
  }, 180_000);

  test('failing init container', async () => {
    const pod = { initContainers: [{ name: 'prepare', image: good, ...crash }] };
    const knowable = hasEnded(2, 'prepare');
    const went = await inNamespace({ pod }, { knowable });
    expect(codeOf(went)).toBe('k8s/crash-loop');
    expect(messageOf(went)).toContain('Init container prepare of pod shop-');
    expect(went.logs).toContain('DATABASE_URL is missing');
    expect(went.late).toBeLessThan(soon);
  }, 180_000);

  test('never ready', async () => {
    const readinessProbe = { httpGet: { path: '/', port: 3999 }, periodSeconds: 1 };
    const knowable = has('workload', /"reason":"ProgressDeadlineExceeded"/);
    const spec = { progressDeadlineSeconds: 12 };
    const went = await inNamespace({ container: { readinessProbe }, spec }, { knowable });
    expect(codeOf(went)).toBe('k8s/not-ready');
    expect(messageOf(went)).toContain('nothing listens at the port that is asked');
    expect(went.late).toBeLessThan(soon);
  }, 180_000);

  test('out of memory', async () => {
    const image = await cluster.image('hungry');
    const readinessProbe = { httpGet: { path: '/', port: 3000 } };
    const container = { readinessProbe, resources: { limits: { memory: '96Mi' } } };
    const knowable = hasEnded(2);
    const went = await inNamespace({ image, container }, { knowable });
    expect(codeOf(went)).toBe('k8s/out-of-memory');
    expect(messageOf(went)).toContain('its limit of 96Mi');
    expect(went.late).toBeLessThan(soon);
  }, 180_000);

  test('quota that has no room for one more pod', async () => {
    const namespace = await cluster.kubernetes.namespace();
    await cluster.kubernetes.kubectl([
      '-n',
      namespace,
      'create',
      'quota',
      'small',
      '--hard=pods=2',
    ]);
    await roll(cluster, { namespace, image: good });
    const env = [{ name: 'GREETING', value: 'again' }];
    const went = await roll(
      cluster,
      { namespace, image: good, container: { env } },
      { knowable: refused },
    );
    expect(codeOf(went)).toBe('k8s/pods-refused');
    expect(messageOf(went)).toContain('exceeded quota: small');
    expect(went.late).toBeLessThan(soon);
  }, 180_000);

  test('pod security', async () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const went = await inNamespace({}, { knowable: refused }, labels);
    expect(codeOf(went)).toBe('k8s/pods-refused');
    expect(messageOf(went)).toContain('violates PodSecurity');
    expect(went.late).toBeLessThan(soon);
  }, 180_000);

  test('no node that can take it, where the user calls that fatal', async () => {
    const container = { resources: { requests: { cpu: '640' } } };
    const knowable = has('pods', /"reason":"Unschedulable"/);
    const rules = { fatal: ['FailedScheduling'] };
    const went = await inNamespace({ container }, { knowable, rules });
    expect(codeOf(went)).toBe('k8s/unschedulable');
    expect(messageOf(went)).toContain('Insufficient cpu');
    expect(went.late).toBeLessThan(soon);
  }, 180_000);

  test('a StatefulSet with a broken pod', async () => {
    const namespace = await cluster.kubernetes.namespace();
    const kind = 'StatefulSet';
    await roll(cluster, { kind, namespace, image: good });
    const knowable = hasEnded(2);
    const went = await roll(
      cluster,
      { kind, namespace, image: good, container: crash },
      { knowable },
    );
    expect(codeOf(went)).toBe('k8s/crash-loop');
    expect(messageOf(went)).toContain('Container web of pod shop-1');
    expect(went.late).toBeLessThan(soon);
  }, 180_000);

  test('a DaemonSet with a broken pod', async () => {
    const namespace = await cluster.kubernetes.namespace();
    const kind = 'DaemonSet';
    const wanted = { kind, namespace, image: good } as const;
    await roll(cluster, wanted);
    const knowable = hasEnded(2);
    const went = await roll(cluster, { ...wanted, container: crash }, { knowable });
    expect(codeOf(went)).toBe('k8s/crash-loop');
    expect(went.logs).toContain('DATABASE_URL is missing');
    expect(went.late).toBeLessThan(soon);
  }, 180_000);

  test('a volume of a Secret that is not there', async () => {
    const volumes = [{ name: 'keys', secret: { secretName: 'keys-of-nobody' } }];
    const went = await inNamespace({
      container: { volumeMounts: [{ name: 'keys', mountPath: '/keys' }] },
      pod: { volumes },
    });
    expect(codeOf(went)).toBe('k8s/volume');
    expect(messageOf(went)).toContain('secret "keys-of-nobody" not found');
  }, 180_000);

  test('a pod that is ready now and then', async () => {
    const readinessProbe = {
      exec: { command: ['node', '-e', 'process.exit(Math.floor(Date.now() / 4000) % 2)'] },
      periodSeconds: 1,
      failureThreshold: 1,
      timeoutSeconds: 5,
    };
    const spec = { replicas: 1, minReadySeconds: 60 };
    const went = await inNamespace({ container: { readinessProbe }, spec });
    expect(codeOf(went)).toBe('k8s/flapping');
    expect(messageOf(went)).toMatch(/was ready (?:3|three) times/);
  }, 180_000);

  test('a Job that fails', async () => {
    const knowable = has('pods', /"phase":"Failed"/);
    const went = await inNamespace(
      { kind: 'Job', container: crash, pod: { restartPolicy: 'Never' }, spec: { backoffLimit: 0 } },
      { knowable },
    );
    expect(codeOf(went)).toBe('k8s/job-failed');
    expect(messageOf(went)).toContain('ended with code 3');
    expect(went.logs).toContain('DATABASE_URL is missing');
    expect(went.late).toBeLessThan(soon);
  }, 180_000);
});

describe('somebody else', () => {
  test('who changes the workload meanwhile is named', async () => {
    const namespace = await cluster.kubernetes.namespace();
    const meanwhile = () =>
      cluster.kubernetes.kubectl(['-n', namespace, 'set', 'env', 'deployment/shop', 'STRANGER=1']);
    const went = await roll(cluster, { namespace, image: good }, { meanwhile });
    expect(codeOf(went)).toBe('k8s/changed-meanwhile');
    expect(messageOf(went)).toContain('changed by kubectl-set');
  }, 180_000);

  test('who deletes it meanwhile is found out', async () => {
    const namespace = await cluster.kubernetes.namespace();
    const meanwhile = () =>
      cluster.kubernetes.kubectl(['-n', namespace, 'delete', 'deployment', 'shop']);
    expect(codeOf(await roll(cluster, { namespace, image: good }, { meanwhile }))).toBe(
      'k8s/deleted-meanwhile',
    );
  }, 180_000);
});
