import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import type { OthersField } from '../../src/api/kubernetes-api.ts';
import { adopt } from '../../src/workload/adopt.ts';
import { FakeKubernetes } from '../fake-kubernetes.ts';
import { deployment, digests, owned } from '../workloads.ts';
import { deploymentShop, prepare, refusal, type Scene } from './scene.ts';

const settings = { workload: deploymentShop, image: 'ghcr.io/acme/shop:1.2.3' };
const template = '.spec.template.spec';
const imagePath = `${template}.containers[name="web"].image`;

/** A Deployment in which an apply meets fields of others. */
function meeting(fields: readonly OthersField[], managers: readonly JsonObject[] = []): Scene {
  const cluster = new FakeKubernetes();
  cluster.conflicts.set('deployment/shop', fields);
  const metadata = { managedFields: managers };
  return { cluster, live: [deployment({}, { metadata })], settings };
}

const manifests = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 5
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: web, image: ghcr.io/acme/shop:1}]}
`;

describe('fields of others', () => {
  it('are refused by name', async () => {
    const scene = meeting([{ path: '.spec.replicas', manager: 'kubectl' }]);
    expect(await refusal(scene)).toBe(
      'k8s/conflict: Somebody else has set fields of deployment/shop that this run sets to another value: spec.replicas, by kubectl.',
    );
  });

  it('are taken over, each of them said, with force-conflicts', async () => {
    const scene = meeting([{ path: '.spec.replicas', manager: 'kubectl' }]);
    const forced = { ...scene, settings: { ...settings, 'force-conflicts': true } };
    const { main, notes } = await prepare(forced);
    expect(main.force).toBe(true);
    expect(notes).toEqual(['Takes over a field of deployment/shop: spec.replicas, by kubectl.']);
  });

  it('are taken over where an input names them: the image', async () => {
    const { main, notes } = await prepare(meeting([{ path: imagePath, manager: 'helm' }]));
    expect(main.force).toBe(true);
    expect(notes).toEqual([
      'Takes over a field of deployment/shop: spec.template.spec.containers[name="web"].image, by helm.',
    ]);
  });

  it('are refused where one of them is named by no input, and only that one is said', async () => {
    const scene = meeting([
      { path: imagePath, manager: 'helm' },
      { path: `${template}.containers[name="web"].resources`, manager: 'helm' },
    ]);
    expect(await refusal(scene)).toMatch(/value: [^;]*\.resources, by helm\.$/);
  });

  it.each(['kubectl-client-side-apply', 'kubectl-create', 'before-first-apply'])(
    'are taken over from %s at the first time',
    async (manager) => {
      const scene = meeting([{ path: '.spec.replicas', manager }], [owned(manager, {}, 'Update')]);
      const { main } = await prepare({ ...scene, manifests });
      expect(main.force).toBe(true);
    },
  );

  it('are refused when kubectl sets them later on', async () => {
    const scene = meeting(
      [{ path: '.spec.replicas', manager: 'kubectl-client-side-apply' }],
      [owned('slipway', {}), owned('kubectl-client-side-apply', {}, 'Update')],
    );
    expect(await refusal({ ...scene, manifests })).toContain('by kubectl-client-side-apply.');
  });
});

describe('what kubectl has applied', () => {
  const fields = { 'f:spec': { 'f:paused': {} } };
  const status = { ...owned('kube-controller-manager', {}, 'Update'), subresource: 'status' };
  const kubectl = owned('kubectl-client-side-apply', fields, 'Update');

  it('becomes ours with manifests, so that what they do not have any more goes away', async () => {
    const scene = meeting([], [status, kubectl]);
    const { main } = await prepare({ ...scene, manifests });
    expect(main.adopts).toBe(true);
    const expected = { metadata: { managedFields: [status, owned('slipway', fields)] } };
    expect(main.live).toMatchObject(expected);
    const cluster = scene.cluster ?? new FakeKubernetes();
    await adopt(cluster.api(), main, new AbortController().signal);
    expect(cluster.writes).toMatchObject([
      { verb: 'patch', name: 'deployment/shop', object: expected },
    ]);
    expect(cluster.writes[0]?.object).toMatchObject({ metadata: { resourceVersion: '2' } });
  });

  it.each([
    ['without manifests', [kubectl], undefined],
    ['when we have applied before', [owned('slipway', {}), kubectl], manifests],
    ['when two tools have', [kubectl, owned('before-first-apply', {}, 'Update')], manifests],
  ])('stays %s', async (_, managers, given) => {
    const { main } = await prepare({
      ...meeting([], managers),
      ...(given && { manifests: given }),
    });
    expect(main.adopts).toBe(false);
  });
});

describe('a variable that others have set', () => {
  const source = { secretKeyRef: { name: 's', key: 'LEVEL' } };
  const container = (env: JsonObject) => ({
    containers: [{ name: 'web', image: `ghcr.io/acme/shop@${digests.old}`, env: [env] }],
  });
  const fields = {
    'f:spec': {
      'f:template': {
        'f:spec': {
          'f:containers': {
            'k:{"name":"web"}': { 'f:env': { 'k:{"name":"LEVEL"}': { 'f:valueFrom': {} } } },
          },
        },
      },
    },
  };
  const live = (env: JsonObject, manager: string) =>
    deployment(container(env), { metadata: { managedFields: [owned(manager, fields)] } });
  const env = new Map([['LEVEL', 'debug']]);

  it('with a value can become a secret one', async () => {
    const secrets = new Map([['LEVEL', 'hidden']]);
    const { main } = await prepare({
      live: [live({ name: 'LEVEL', value: 'info' }, 'helm')],
      settings: { ...settings, secrets },
    });
    expect(JSON.stringify(main.object)).toMatch(/"name":"LEVEL","valueFrom":\{.*\},"value":""/);
  });

  it('with a source is refused a value, as an apply cannot take the source away', async () => {
    const scene = {
      live: [live({ name: 'LEVEL', valueFrom: source }, 'helm')],
      settings: { ...settings, env },
    };
    expect(await refusal(scene)).toBe(
      'k8s/variable-source: The variable LEVEL of web in deployment/shop is to have a value, and helm has given it a source (valueFrom), which an apply cannot take away.',
    );
  });

  it('with a source of ours gets the value', async () => {
    const { main } = await prepare({
      live: [live({ name: 'LEVEL', valueFrom: source }, 'slipway')],
      settings: { ...settings, env },
    });
    expect(JSON.stringify(main.object)).toContain('"env":[{"name":"LEVEL","value":"debug"}]');
  });
});
