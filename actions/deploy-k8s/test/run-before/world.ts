import { type JsonObject, objectIn } from '@slipway/shared/document/json-object';
import { virtualClock } from '../../../../packages/shared/test/deploy/virtual-clock.ts';
import type { KubernetesApi } from '../../src/api/kubernetes-api.ts';
import { RunBefore } from '../../src/run-before/run-before.ts';
import type { Prepared, WantedObject } from '../../src/workload/prepared.ts';
import { FakeKubernetes, resources } from '../fake-kubernetes.ts';
import { type FakeLive, followable } from '../live-objects.ts';
import { start } from '../rollout/objects.ts';

/** A workload with all that a one-off Job may have to do with. */
export const shop: JsonObject = {
  metadata: { name: 'shop', namespace: 'test' },
  spec: {
    template: {
      metadata: {
        labels: { app: 'shop', 'azure.workload.identity/use': 'true' },
        annotations: { a: 'b' },
      },
      spec: {
        serviceAccountName: 'shop',
        imagePullSecrets: [{ name: 'ghcr' }],
        securityContext: { runAsNonRoot: true },
        nodeSelector: { disk: 'ssd' },
        topologySpreadConstraints: [{ topologyKey: 'zone' }],
        affinity: { nodeAffinity: { n: 1 }, podAntiAffinity: { p: 1 } },
        volumes: [
          { name: 'settings', configMap: { name: 'settings' } },
          { name: 'other', emptyDir: {} },
        ],
        initContainers: [
          { name: 'wait', image: 'wait:1' },
          {
            name: 'proxy',
            image: 'proxy:1',
            restartPolicy: 'Always',
            ports: [{ containerPort: 1 }],
          },
        ],
        containers: [
          {
            name: 'web',
            image: 'shop@sha256:1',
            args: ['serve'],
            env: [{ name: 'URL', valueFrom: { secretKeyRef: { name: 'shop-env-1', key: 'URL' } } }],
            ports: [{ containerPort: 80 }],
            readinessProbe: { httpGet: { port: 80 } },
            volumeMounts: [
              { name: 'settings', mountPath: '/etc/shop' },
              { name: 'data', mountPath: '/data' },
            ],
            securityContext: { readOnlyRootFilesystem: true },
          },
          { name: 'metrics', image: 'metrics:1' },
        ],
      },
    },
  },
};

const wanted = (
  kind: 'deployment' | 'secret' | 'configMap',
  name: string,
  more: Partial<WantedObject> = {},
) => ({
  name: { resource: resources[kind], namespace: 'test', name },
  object: {
    ...{ apiVersion: resources[kind].apiVersion, kind: resources[kind].kind },
    metadata: { name, namespace: 'test' },
  },
  live: undefined,
  after: shop,
  force: false,
  adopts: false,
  isChanged: true,
  ...more,
});

/** A cluster in which the Job is whatever the test makes of it. */
export function oneOffWorld(answers: Partial<KubernetesApi> = {}) {
  const cluster = new FakeKubernetes();
  const followed = followable({});
  const shown: string[] = [];
  const clock = virtualClock();
  const api = cluster.api({
    serverNow: () => start + clock.now(),
    follow: async (selection, signal) => {
      const live = await followed.follow(selection, signal);
      const { kind } = selection.resource;
      const known = [...cluster.objects.values()].filter((one) => one['kind'] === kind);
      for (const one of known) followed.of(kind).put(one);
      return live;
    },
    logLines: async () => undefined,
    async *followLog() {
      yield* ['migrating', 'done'];
    },
    ...answers,
  });
  const main = { ...wanted('deployment', 'shop'), kind: 'Deployment' } as const;
  const objects = [
    wanted('secret', 'shop-env-1'),
    wanted('secret', 'unrelated'),
    wanted('configMap', 'settings', { live: {} }),
    main,
  ];
  const prepared: Prepared = {
    objects,
    main,
    container: 'web',
    image: 'shop@sha256:1',
    previousImage: undefined,
    diff: [],
    notes: [],
  };
  const runBefore = new RunBefore(
    {
      command: ['npm', 'run', 'migrate'],
      limit: 600_000,
      token: 'run 7, attempt 1',
      rules: { fatal: [], tolerated: [] },
    },
    {
      api,
      clock,
      commands: { info: (line) => shown.push(line), quote: (line) => shown.push(`| ${line}`) },
    },
  );
  const created = () => cluster.writes.find(({ verb }) => verb === 'create')?.object ?? {};
  /** The Job is followed from then on; what it does is up to the test. */
  const job = async (): Promise<{ object: JsonObject; live: FakeLive; pods: FakeLive }> => {
    for (;;) {
      const live = followed.live.get('Job');
      const pods = followed.live.get('Pod');
      if (live && pods) {
        const [object = {}] = [...cluster.objects.values()].filter(({ kind }) => kind === 'Job');
        return { object, live, pods };
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { clock, cluster, created, followed, job, prepared, runBefore, shown };
}

/** The uid of an object. */
export const uidOf = (object: JsonObject) => String(objectIn(object, 'metadata')['uid']);
