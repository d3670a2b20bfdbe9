import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import {
  type ScriptedApiServer,
  startScriptedApiServer,
} from '../packages/local-cloud/src/kubernetes-script/scripted-api-server.ts';
import { field, parseJson } from '../packages/shared/src/http/json.ts';
import type { Row } from './measure.ts';

const program = join(import.meta.dirname, 'watch-pods.ts');
const pods = 200;
/** Seconds that they are watched. */
const seconds = 8;
/** Events of the namespace, of which most are about other pods. */
const events = 2_000;
const most = { megabytes: 150 };

/** What it takes to watch a rollout of 200 pods, each of which changes all the time. */
export async function kubernetesWatch(): Promise<Row[]> {
  await using server = await startScriptedApiServer();
  script(server);
  const env = {
    ...process.env,
    BENCH_KUBECONFIG: kubeconfigOf(server),
    BENCH_SECONDS: String(seconds),
  };
  const args = ['--input-type=module', '--eval', await built(program)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  const said = parseJson(stdout);
  const megabytes = Number(field(said, 'kilobytes')) / 1_024;
  const look = Number(field(said, 'look'));
  const seen = Number(field(said, 'pods'));
  if (seen !== pods) throw new Error(`${seen} pods were seen`);
  return [
    {
      what: `deploy-k8s: memory with ${pods} pods watched`,
      measured: `${megabytes.toFixed(0)} MB (${look.toFixed(1)} ms of CPU a look, four a second)`,
      bar: `≤ ${most.megabytes} MB`,
      held: megabytes <= most.megabytes,
    },
  ];
}

/** A program of this folder, on what was built: to read TypeScript alone takes Node 30 MB. */
async function built(path: string): Promise<string> {
  const code = stripTypeScriptTypes(await readFile(path, 'utf8'));
  return code.replaceAll(
    /'\.\.\/(\w+\/[\w-]+)\/src\/([^']+)\.ts'/g,
    (_, owner: string, file: string) =>
      `'${pathToFileURL(join(import.meta.dirname, '..', owner, 'lib', `${file}.js`)).href}'`,
  );
}

function kubeconfigOf({ certificateAuthority, server }: ScriptedApiServer): string {
  const ca = Buffer.from(certificateAuthority).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'bench',
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench', namespace: 'bench' } }],
    clusters: [{ name: 'bench', cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: 'bench', user: { token: 'bench' } }],
  });
}

function script(server: ScriptedApiServer): void {
  const apps = '/apis/apps/v1/namespaces/bench';
  const core = '/api/v1/namespaces/bench';
  const list = (items: readonly object[]) => ({
    status: 200,
    body: { metadata: { resourceVersion: '1' }, items },
  });
  const of = (path: string, watches: boolean) => (request: { path: string }) =>
    request.path.startsWith(path) && request.path.includes('watch=true') === watches;
  const there = Array.from({ length: pods }, (_, number) => pod(number, 1));
  server.on(`GET ${apps}/deployments/shop`, { status: 200, body: deployment });
  server.on(of(`${apps}/deployments?`, false), list([deployment]));
  server.on(of(`${apps}/replicasets?`, false), list([replicaSet]));
  server.on(of(`${core}/pods?`, false), list(there));
  const all = Array.from({ length: events }, (_, one) => event(one));
  server.on(of(`${core}/events?`, false), list([]));
  server.on(
    (request) => of(`${core}/events?`, false)(request) && /kind(?:%3D|=)Pod/.test(request.path),
    list(all),
  );
  for (const path of [`${apps}/deployments?`, `${apps}/replicasets?`, `${core}/events?`]) {
    server.on(of(path, true), async ({ left }) => left);
  }
  server.on(of(`${core}/pods?`, true), async (answer) => {
    let isLeft = false;
    void answer.left.then(() => {
      isLeft = true;
    });
    for (let version = 2; !isLeft; version += 1) {
      for (let number = 0; number < pods && !isLeft; number += 1) {
        await answer.event('MODIFIED', pod(number, version));
      }
      await sleep(4_500);
    }
  });
}

const controlledBy = (uid: string, kind: string) => [
  { apiVersion: 'apps/v1', kind, name: uid, uid, controller: true, blockOwnerDeletion: true },
];
const labels = { app: 'shop', tier: 'web' };
const environment = Array.from({ length: 25 }, (_, one) => ({
  name: `SETTING_${one}`,
  value: `value ${one} of the shop, as long as such values are`,
}));
const spec = {
  containers: ['web', 'metrics', 'proxy'].map((name) => ({
    name,
    image: `registry.example.com/shop/${name}@sha256:${'a'.repeat(64)}`,
    env: environment,
    readinessProbe: { httpGet: { path: '/health', port: 3000 }, periodSeconds: 10 },
    resources: { limits: { cpu: '500m', memory: '256Mi' } },
  })),
};
const template = { metadata: { labels }, spec };

// What a server tells of who has set which field is as long as all the rest.
const managedFields = ['kube-controller-manager', 'kubelet'].map((manager) => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time: '2026-01-01T12:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: {
    'f:spec': Object.fromEntries(
      environment.map(({ name }) => [
        `k:{"name":"${name}"}`,
        { '.': {}, 'f:name': {}, 'f:value': {} },
      ]),
    ),
  },
}));

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'shop',
    namespace: 'bench',
    uid: 'shop',
    generation: 1,
    resourceVersion: '1',
    managedFields,
  },
  spec: { replicas: pods, selector: { matchLabels: labels }, template },
  status: { observedGeneration: 1, replicas: pods, updatedReplicas: pods, availableReplicas: 0 },
};
const replicaSet = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: 'shop-1',
    namespace: 'bench',
    uid: 'set',
    resourceVersion: '1',
    ownerReferences: controlledBy('shop', 'Deployment'),
  },
  spec: { template },
};

function pod(number: number, version: number): object {
  const name = `shop-1-${String(number).padStart(5, '0')}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'bench',
      uid: name,
      resourceVersion: String(version * pods + number),
      creationTimestamp: '2026-01-01T12:00:00Z',
      labels,
      ownerReferences: controlledBy('set', 'ReplicaSet'),
      managedFields,
    },
    spec: { ...spec, nodeName: `node-${number % 20}` },
    status: {
      phase: 'Running',
      conditions: ['Ready', 'ContainersReady', 'Initialized', 'PodScheduled'].map((type) => ({
        type,
        status: type.includes('Ready') ? 'False' : 'True',
      })),
      containerStatuses: spec.containers.map(({ image, name: own }) => ({
        name: own,
        image,
        ready: false,
        restartCount: 0,
        state: { running: { startedAt: '2026-01-01T12:00:05Z' } },
      })),
    },
  };
}

function event(number: number): object {
  const about = `shop-${number % 2}-${String(number % (2 * pods)).padStart(5, '0')}`;
  return {
    metadata: {
      name: `${about}.${number}`,
      namespace: 'bench',
      uid: `event-${number}`,
      resourceVersion: '1',
      managedFields: managedFields.slice(1),
    },
    involvedObject: { kind: 'Pod', name: about, uid: about, fieldPath: 'spec.containers{web}' },
    reason: 'Unhealthy',
    message: `Readiness probe failed: HTTP probe failed with statuscode: 503 (${number})`,
    type: 'Warning',
    count: 3,
    firstTimestamp: '2026-01-01T12:00:10Z',
    lastTimestamp: '2026-01-01T12:00:40Z',
  };
}
