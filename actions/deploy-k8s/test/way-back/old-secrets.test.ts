import { beforeEach, expect, it } from '@jest/globals';
import { Failure } from '@slipway/shared/failure/failure';
import { recordProof } from '../../src/way-back/record-proof.ts';
import { FakeKubernetes, resources } from '../fake-kubernetes.ts';

let cluster: FakeKubernetes;
let said: string[];

const image = 'shop@sha256:1';
const name = { resource: resources.deployment, namespace: 'shop', name: 'shop' };
const template = (secret: string, list = 'containers') => ({
  metadata: { labels: { app: 'shop' } },
  spec: {
    [list]: [
      {
        name: 'web',
        env: [{ name: 'A', valueFrom: { secretKeyRef: { name: secret, key: 'A' } } }],
      },
    ],
  },
});

beforeEach(() => {
  said = [];
  cluster = new FakeKubernetes();
  for (const letter of ['a', 'b', 'c', 'd', 'e']) secret(`shop-env-${letter}`);
});

function secret(named: string, labels: object = { 'slipway-env-of': 'deployment.shop' }) {
  const metadata = { name: named, namespace: 'shop', labels: { ...labels } };
  cluster.add({ apiVersion: 'v1', kind: 'Secret', metadata });
}

/** Revisions from the oldest on, by the Secret that each of them names. */
function deployment(secrets: readonly string[], proven?: number) {
  const record = proven && JSON.stringify({ revision: `shop-${proven}`, image });
  const annotations = {
    'deployment.kubernetes.io/revision': String(secrets.length),
    ...(record && { 'slipway-proven': record }),
  };
  const last = secrets.at(-1) ?? '';
  const own = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: template(last) } };
  cluster.add({ ...own, metadata: { name: 'shop', namespace: 'shop', annotations } });
  const sets = secrets.map((one, index) => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `shop-${index + 1}`,
      namespace: 'shop',
      ownerReferences: [{ uid: 'uid-shop' }],
      annotations: { 'deployment.kubernetes.io/revision': String(index + 1) },
    },
    spec: { template: template(one, index === 0 ? 'initContainers' : 'containers') },
  }));
  for (const set of sets) cluster.add(set);
}

async function prove(secrets = new Map([['A', '1']])) {
  const live = { spec: { template: template('shop-env-c') } };
  const main = {
    kind: 'Deployment',
    name,
    live,
    isChanged: true,
    force: false,
    adopts: false,
  } as const;
  const wanted = { ...main, object: {}, after: {} };
  return recordProof(
    {
      api: cluster.api(),
      commands: { info: (line) => void said.push(line), quote: () => undefined },
      release: { commit: 'c1', run: 'https://run/1' },
      settings: { secrets },
    },
    { main: wanted, image },
    AbortSignal.timeout(5_000),
  );
}

const deleted = () =>
  cluster.writes.filter(({ verb }) => verb === 'delete').map((write) => write.name);

it('after the proof, those go that neither what runs nor a way back names', async () => {
  deployment(['shop-env-a', 'shop-env-b', 'shop-env-c', 'shop-env-d'], 2);
  expect(await prove()).toBe('4');
  // d runs, c ran when the run began, b is of the revision that was proven before.
  expect(deleted()).toEqual(['secret/shop-env-a']);
  expect(said).toEqual(['Deleted shop-env-a, to which no rollback leads.']);
});

it('what an earlier run has tidied is not asked for again and again', async () => {
  deployment(['shop-env-a', 'shop-env-gone', 'shop-env-b', 'shop-env-c', 'shop-env-d']);
  await prove();
  expect(deleted()).toEqual(['secret/shop-env-b']);
});

it.each<[string, object]>([
  ['of somebody else', {}],
  ['of another workload', { 'slipway-env-of': 'statefulset.shop' }],
])('a Secret %s stays, whatever its name is', async (_, labels) => {
  secret('shop-env-a', labels);
  deployment(['shop-env-a', 'shop-env-c', 'shop-env-d']);
  await prove();
  expect(deleted()).toEqual([]);
});

it('nothing is tidied where the run has no secrets, as it has no permission for it', async () => {
  deployment(['shop-env-a', 'shop-env-c', 'shop-env-d']);
  await prove(new Map());
  expect(deleted()).toEqual([]);
});

it('one that cannot be deleted is said, and the proof is written', async () => {
  deployment(['shop-env-a', 'shop-env-c', 'shop-env-d']);
  const { api } = cluster;
  const facts = { user: 'x', verb: 'get', resource: 'secrets', place: 'y', rule: '', binding: '' };
  cluster.api = () =>
    api.call(cluster, {
      get: async (asked) => {
        if (asked.resource.kind === 'Secret') throw Failure.of('k8s/denied', facts);
        return cluster.find(asked);
      },
    });
  expect(await prove()).toBe('3');
  expect(said).toEqual(['Old Secrets of shop stay: x may not get secrets in y.']);
  expect(cluster.writes.map(({ verb }) => verb)).toEqual(['patch']);
});
