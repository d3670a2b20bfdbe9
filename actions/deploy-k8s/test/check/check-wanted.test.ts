import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { KubernetesApi } from '../../src/api/kubernetes-api.ts';
import { FakeKubernetes } from '../fake-kubernetes.ts';
import { deploymentShop, prepare, refusal, type Scene } from '../prepare/scene.ts';
import { deployment, digests, owned } from '../workloads.ts';

const settings = { workload: deploymentShop, image: 'ghcr.io/acme/shop:1.2.3' };
const old = `ghcr.io/acme/shop@${digests.old}`;

const notesOf = async (scene: Scene) => (await prepare({ settings, ...scene })).notes;
const refused = (scene: Scene) => refusal({ settings, ...scene });
const withSpec = (spec: JsonObject): Scene => ({ live: [deployment({}, { spec })] });
const withPod = (spec: JsonObject): Scene => ({ live: [deployment(spec)] });

const statefulSet = (spec: JsonObject): Scene => ({
  live: [{ ...deployment({}, { spec }), kind: 'StatefulSet' }],
  settings: { ...settings, workload: { kind: 'StatefulSet', name: 'shop' } },
});

describe('a rollout that cannot begin is refused', () => {
  it('as the Deployment is paused', async () => {
    expect(await refused(withSpec({ paused: true }))).toBe(
      'k8s/paused: The rollout of deployment/shop is paused, so a change would start no pod.',
    );
  });

  it('as pods are replaced by hand only', async () => {
    expect(await refused(statefulSet({ updateStrategy: { type: 'OnDelete' } }))).toBe(
      'k8s/no-rollout: A change of statefulset/shop would start no new pod: its updateStrategy is OnDelete.',
    );
  });

  it('as all pods are below the partition', async () => {
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 3 } };
    expect(await refused(statefulSet({ updateStrategy }))).toBe(
      'k8s/no-rollout: A change of statefulset/shop would start no new pod: its partition is 3 and it has 3 pods.',
    );
  });
});

describe('people are told', () => {
  it.each<[string, Scene, string]>([
    [
      'that some pods stay',
      statefulSet({ updateStrategy: { rollingUpdate: { partition: 2 } } }),
      'partition of statefulset/shop is 2: only the pods from 2 on get the new version.',
    ],
    [
      'that no pod will run',
      withSpec({ replicas: 0 }),
      'deployment/shop has 0 replicas: no pod will run, and nothing is proven.',
    ],
    [
      'that nothing serves between two versions',
      withSpec({ strategy: { type: 'Recreate' } }),
      'deployment/shop has the strategy Recreate: no pod serves between the old version and the new one, nor during a rollback.',
    ],
    [
      'that all pods may be away',
      withSpec({ replicas: 1, strategy: { rollingUpdate: { maxUnavailable: 1 } } }),
      'maxUnavailable of deployment/shop lets all 1 pods be away at once, so nothing may serve for a while.',
    ],
    [
      'that there is no history',
      withSpec({ revisionHistoryLimit: 0 }),
      'revisionHistoryLimit of deployment/shop is 0: this run can go back to what runs now, but there is no way back to a version before it.',
    ],
    [
      'that nothing says when a pod is ready',
      withPod({
        containers: [
          { name: 'web', image: old, ports: [{ containerPort: 80 }], lifecycle: { preStop: {} } },
        ],
      }),
      'The container web of deployment/shop has no readinessProbe: it gets requests as soon as its process runs.',
    ],
    [
      'that requests may be lost',
      withPod({
        containers: [
          { name: 'web', image: old, ports: [{ containerPort: 80 }], readinessProbe: {} },
        ],
      }),
      'The container web of deployment/shop has no preStop: requests that are still sent to a pod that stops may be lost. `lifecycle: {preStop: {sleep: {seconds: 5}}}` waits for them.',
    ],
  ])('%s', async (_, scene, note) => {
    expect(await notesOf(scene)).toEqual([note]);
  });

  it('nothing of a workload that keeps as it is', async () => {
    const image = `ghcr.io/acme/shop@${digests.new}`;
    const live = [deployment({ containers: [{ name: 'web', image }] }, { spec: { paused: true } })];
    expect(await notesOf({ live })).toEqual([]);
  });
});

describe('a tool that owns the workload', () => {
  const owners: ReadonlyArray<[string, JsonObject, string]> = [
    [
      'Argo CD by its label',
      { labels: { 'argocd.argoproj.io/instance': 'shop' } },
      'Argo CD owns deployment/shop (the label argocd.argoproj.io/instance)',
    ],
    [
      'Flux by its label',
      { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } },
      'Flux owns deployment/shop (the label kustomize.toolkit.fluxcd.io/name)',
    ],
    [
      'Helm by its annotation',
      { annotations: { 'meta.helm.sh/release-name': 'shop-7' } },
      'Helm (release shop-7) owns deployment/shop (the annotation meta.helm.sh/release-name)',
    ],
    [
      'Argo CD by what it has applied',
      { managedFields: [owned('argocd-controller', {})] },
      'Argo CD owns deployment/shop (the field manager argocd-controller)',
    ],
    [
      'Flux by what it has applied',
      { managedFields: [owned('kustomize-controller', {})] },
      'Flux owns deployment/shop (the field manager kustomize-controller)',
    ],
  ];

  it.each(owners)('is said: %s', async (_, metadata, words) => {
    const [note, ...more] = await notesOf({ live: [deployment({}, { metadata })] });
    expect(note).toBe(
      `${words}, and will change it back to what it knows: change the image there too, or let it leave the image alone.`,
    );
    expect(more).toEqual([]);
  });

  it.each(owners)('is refused when strict: %s', async (_, metadata, words) => {
    const live = [deployment({}, { metadata })];
    expect(await refused({ live, settings: { ...settings, strict: true } })).toBe(
      `k8s/owned: ${words} and would change it back; strict refuses that.`,
    );
  });
});

const denied = (verb: string, resource: string) =>
  Failure.of('k8s/denied', {
    user: 'deployer',
    verb,
    resource,
    place: 'namespace shop',
    rule: '',
    binding: 'Role',
  });
const podSecurity = Failure.of('k8s/pod-security', {
  said: 'violates PodSecurity "restricted:latest"',
});
const quota = Failure.of('k8s/quota', {
  said: 'exceeded quota: small',
});
const noDryRun = Failure.of('k8s/rejected', {
  call: 'trying to create a pod',
  said: 'admission webhook "policy.acme.io" does not support dry run',
});

/** A cluster that answers the try of a pod by an error. */
const refusingPods = (error: Error): Partial<KubernetesApi> => ({
  create: async () => {
    throw error;
  },
});

describe('the pod that a workload would make is tried', () => {
  it('with what its template says, and nothing is created', async () => {
    const cluster = new FakeKubernetes();
    const { main } = await prepare({ cluster, live: [deployment()], settings });
    expect(cluster.writes).toEqual([]);
    const [, pod] = cluster.dryRuns;
    expect(pod).toMatchObject({
      verb: 'create',
      object: {
        kind: 'Pod',
        metadata: { generateName: 'shop-', namespace: 'shop', labels: { app: 'shop' } },
        spec: { containers: [{ name: 'web', image: `ghcr.io/acme/shop@${digests.new}` }] },
      },
    });
    expect(main.isChanged).toBe(true);
  });

  it('and a refusal is the failure, before anything is changed', async () => {
    const cluster = new FakeKubernetes();
    const scene = { cluster, live: [deployment()], answers: refusingPods(podSecurity) };
    expect(await refused(scene)).toBe(
      'k8s/pod-security: A pod of deployment/shop was tried: Pod Security of the namespace does not allow it: violates PodSecurity "restricted:latest"',
    );
    expect(cluster.writes).toEqual([]);
  });

  it.each([
    [
      'pods must not be created',
      denied('create', 'pods'),
      'deployer may not create pods in namespace shop.',
    ],
    [
      'a webhook cannot try',
      noDryRun,
      'a webhook of the cluster cannot try anything (trying to create a pod was refused: admission webhook "policy.acme.io" does not support dry run).',
    ],
  ])('unless %s, which is said', async (_, error, why) => {
    expect(await notesOf({ live: [deployment()], answers: refusingPods(error) })).toEqual([
      `Whether the cluster takes the pods of deployment/shop is not checked: ${why}`,
    ]);
  });

  it('and has to have room beside the old ones where these stay', async () => {
    const strategy = { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
    const scene = { ...withSpec({ strategy }), answers: refusingPods(quota) };
    expect(await refused(scene)).toContain('k8s/quota: A pod of deployment/shop was tried');
  });

  it('and needs no room where old ones end before', async () => {
    const strategy = { rollingUpdate: { maxUnavailable: 1 } };
    const [note] = await notesOf({ ...withSpec({ strategy }), answers: refusingPods(quota) });
    expect(note).toContain('There is no room in the quota for one more pod of deployment/shop');
  });

  it('later, where this run makes what it needs', async () => {
    const missing = Failure.of('k8s/rejected', { call: 'x', said: 'no service account' });
    const manifests = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: shop}
---
${JSON.stringify(deployment({ serviceAccountName: 'shop' }))}
`;
    const cluster = new FakeKubernetes();
    const answers = refusingPods(missing);
    expect(await notesOf({ cluster, manifests, answers, settings: {} })).toEqual([
      'Whether the cluster takes the pods of deployment/shop is not checked: ServiceAccount shop is made by this run.',
    ]);
  });
});

describe('an apply that cannot be tried', () => {
  it('is said, where a webhook is against it', async () => {
    const answers: Partial<KubernetesApi> = {
      apply: async () => {
        throw noDryRun;
      },
    };
    const { main, notes, diff } = await prepare({ live: [deployment()], settings, answers });
    expect(notes).toEqual([
      'deployment/shop is not checked: a webhook of the cluster cannot try anything.',
    ]);
    expect(main.isChanged).toBe(true);
    expect(diff.map(({ what }) => what)).toEqual(['deployment/shop web: image']);
  });

  it('is said, where this run makes the namespace', async () => {
    const manifests = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
${JSON.stringify(deployment())}
`;
    const { objects, notes } = await prepare({ manifests });
    expect(objects.map(({ name }) => name.resource.kind)).toEqual(['Namespace', 'Deployment']);
    expect(notes[0]).toBe('deployment/shop is not checked: this run makes its namespace.');
  });

  it('is said, where this run brings the kind', async () => {
    const manifests = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.acme.io}
spec:
  group: acme.io
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions: [{name: v1}, {name: v2}]
---
apiVersion: acme.io/v2
kind: Widget
metadata: {name: a}
---
${JSON.stringify(deployment())}
`;
    const { notes, objects } = await prepare({ manifests });
    expect(objects.map(({ name }) => [name.resource.plural, name.namespace])).toEqual([
      ['customresourcedefinitions', undefined],
      ['widgets', 'shop'],
      ['deployments', 'shop'],
    ]);
    expect(notes).toEqual(['widget/a is not checked: this run brings its kind.']);
  });
});

describe('the platforms of the image', () => {
  const node = (architecture: string, more: { spec?: JsonObject; labels?: JsonObject } = {}) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${architecture}`, labels: more.labels ?? {} },
    spec: more.spec ?? {},
    status: { nodeInfo: { operatingSystem: 'linux', architecture } },
  });
  const control = { taints: [{ key: 'node-role.kubernetes.io/control-plane' }] };

  it.each<[string, readonly JsonObject[], readonly string[]]>([
    ['fit all nodes', [node('amd64')], []],
    ['need no node that takes no pods', [node('amd64'), node('arm64', { spec: control })], []],
    [
      'fit some nodes',
      [node('amd64'), node('arm64')],
      [
        'The image is for linux/amd64, and some nodes are linux/arm64: a pod that is put on one of them fails. `nodeSelector: {kubernetes.io/arch: …}` keeps it away from them.',
      ],
    ],
  ])('%s', async (_, nodes, notes) => {
    expect(await notesOf({ live: [deployment(), ...nodes], platforms: ['linux/amd64'] })).toEqual(
      notes,
    );
  });

  it('are refused where they fit no node', async () => {
    const scene = { live: [deployment(), node('arm64')], platforms: ['linux/amd64'] };
    expect(await refused(scene)).toContain('image/platform');
  });

  it('are compared with the nodes that the pods select', async () => {
    const labels = { 'kubernetes.io/arch': 'arm64' };
    const live = [deployment({ nodeSelector: labels }), node('amd64'), node('arm64', { labels })];
    expect(await notesOf({ live, platforms: ['linux/arm64/v8'] })).toEqual([]);
  });

  it('are not compared where nodes must not be listed', async () => {
    const cluster = new FakeKubernetes();
    const { list } = cluster.api();
    const answers: Partial<KubernetesApi> = {
      list: async (selection, signal) => {
        if (selection.resource.kind === 'Node') throw denied('list', 'nodes');
        return list(selection, signal);
      },
    };
    const scene = { cluster, answers, live: [deployment()], platforms: ['linux/amd64'] };
    expect(await notesOf(scene)).toEqual([
      'Whether the image fits the nodes is not checked: deployer may not list nodes in namespace shop.',
    ]);
  });
});

describe('pull secrets', () => {
  const login = (name: string, ...hosts: string[]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'shop' },
    data: {
      '.dockerconfigjson': Buffer.from(
        JSON.stringify({ auths: Object.fromEntries(hosts.map((host) => [host, {}])) }),
      ).toString('base64'),
    },
  });
  const live = deployment({ imagePullSecrets: [{ name: 'ghcr' }] });

  it.each<[string, readonly JsonObject[], readonly string[]]>([
    ['are right', [login('ghcr', 'ghcr.io')], []],
    ['are right as Docker writes them', [login('ghcr', 'https://ghcr.io/v1/')], []],
    ['are not there', [], ['The pull secret ghcr is not there, so nodes ask ghcr.io as nobody.']],
    [
      'are for another registry',
      [login('ghcr', 'https://index.docker.io/v1/')],
      [
        'The pull secrets of the pods are for docker.io, and the image is in ghcr.io, which nodes ask as nobody.',
      ],
    ],
    [
      'have no login',
      [{ ...login('ghcr'), data: { password: 'aGlkZGVu' } }],
      [
        'The pull secrets of the pods are for no registry, and the image is in ghcr.io, which nodes ask as nobody.',
      ],
    ],
  ])('%s', async (_, secrets, notes) => {
    expect(await notesOf({ live: [live, ...secrets] })).toEqual(notes);
  });
});

describe('an object that is too large is refused before anything is sent', () => {
  const config = (more: JsonObject) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'big' }, ...more });
  it.each([
    [
      'its annotations',
      config({ metadata: { name: 'big', annotations: { a: 'x'.repeat(262_144) } } }),
      'its annotations have 262145 bytes, and Kubernetes takes 262144',
    ],
    [
      'its data',
      config({ data: { a: 'x'.repeat(1_048_576) } }),
      'its data have 1048577 bytes, and Kubernetes takes 1048576',
    ],
    [
      'all of it',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'big' },
        spec: { x: 'y'.repeat(1_600_000) },
      }),
      'its fields have 1600',
    ],
  ])('for %s', async (_, text, words) => {
    const cluster = new FakeKubernetes();
    const manifests = `${text}\n---\n${JSON.stringify(deployment())}\n`;
    const failure = await refusal({ cluster, manifests });
    expect(failure).toContain('k8s/too-large');
    expect(failure).toContain(words);
    expect(cluster.dryRuns).toEqual([]);
  });
});
