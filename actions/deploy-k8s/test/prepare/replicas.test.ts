import { describe, expect, it } from '@jest/globals';
import { type JsonObject, objectIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { deployment, owned } from '../workloads.ts';
import { deploymentShop, prepare, refusal } from './scene.ts';

const settings = { workload: deploymentShop, image: 'ghcr.io/acme/shop:1.2.3' };
const replicas = { 'f:spec': { 'f:replicas': {} } };

const autoscaler = (name: string, kind = 'Deployment'): JsonObject => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'busy', namespace: 'shop' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind, name }, minReplicas: 2, maxReplicas: 9 },
});

const manifests = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: web, image: ghcr.io/acme/shop:1}]}
`;

const withOwners = (...managedFields: readonly JsonObject[]) =>
  deployment({}, { metadata: { managedFields }, spec: { replicas: 7 } });

async function replicasOf(scene: Parameters<typeof prepare>[0]) {
  const { main } = await prepare(scene);
  return objectIn(main.object, 'spec')['replicas'];
}

describe('the number of pods', () => {
  it('is that of the input', async () => {
    expect(await replicasOf({ live: [deployment()], settings: { ...settings, replicas: 4 } })).toBe(
      4,
    );
  });

  it('is that of the manifests', async () => {
    expect(await replicasOf({ live: [withOwners()], manifests })).toBe(2);
  });

  it('is left alone without both', async () => {
    expect(await replicasOf({ live: [withOwners()], settings })).toBeUndefined();
  });

  it.each<[string, readonly JsonObject[]]>([
    ['the autoscaler has set it', [owned('slipway', replicas), owned('hpa', replicas, 'Update')]],
    ['somebody else has set it', [owned('kubectl', replicas, 'Update')]],
  ])('is left to an autoscaler where %s', async (_, owners) => {
    const live = [withOwners(...owners), autoscaler('shop')];
    expect(await replicasOf({ live, manifests })).toBeUndefined();
  });

  it.each([
    ['we have set it', owned('slipway', replicas)],
    ['kubectl has, whose place we take', owned('kubectl-client-side-apply', replicas, 'Update')],
  ])('stays as it is where only %s: without the field it would fall to 1', async (_, owner) => {
    const live = [withOwners(owner), autoscaler('shop')];
    expect(await replicasOf({ live, manifests })).toBe(7);
  });

  it('begins as the manifests say where nothing runs yet', async () => {
    expect(await replicasOf({ live: [autoscaler('shop')], manifests })).toBe(2);
  });

  it('is left to an autoscaler that the manifests bring', async () => {
    const both = `${manifests}---\n${JSON.stringify(autoscaler('shop'))}\n`;
    const live = [withOwners(owned('kubectl', replicas, 'Update'))];
    expect(await replicasOf({ live, manifests: both })).toBeUndefined();
  });

  it.each([
    ['another workload', autoscaler('other')],
    ['a StatefulSet of its name', autoscaler('shop', 'StatefulSet')],
  ])('has nothing to do with the autoscaler of %s', async (_, other) => {
    expect(await replicasOf({ live: [withOwners(), other], manifests })).toBe(2);
  });

  it('as an input is refused where an autoscaler would change it back', async () => {
    const scene = {
      live: [deployment(), autoscaler('shop')],
      settings: { ...settings, replicas: 4 },
    };
    expect(await refusal(scene)).toBe(
      'k8s/autoscaled: Input replicas is 4, and the autoscaler busy decides how many pods deployment/shop has.',
    );
  });

  it('is said to be uncertain where autoscalers must not be listed', async () => {
    const denied = Failure.of('k8s/denied', {
      user: 'deployer',
      verb: 'list',
      resource: 'horizontalpodautoscalers',
      place: 'namespace shop',
      rule: '',
      binding: 'Role',
    });
    const { notes } = await prepare({
      live: [deployment()],
      settings,
      answers: {
        list: async ({ resource }) => {
          if (resource.kind === 'HorizontalPodAutoscaler') throw denied;
          return [];
        },
      },
    });
    expect(notes).toEqual([
      'Whether an autoscaler sets the number of pods is not known: deployer may not list horizontalpodautoscalers in namespace shop.',
    ]);
  });
});
