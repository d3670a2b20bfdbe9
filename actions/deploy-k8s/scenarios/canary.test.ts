import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSmallGateway } from '../../../packages/local-cloud/src/kubernetes/small-gateway.ts';
import { type ShopCluster, shopManifests, startShopCluster } from './shop-cluster.ts';

const route = JSON.stringify({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'shop' },
  spec: {
    parentRefs: [{ name: 'public' }],
    rules: [{ backendRefs: [{ name: 'shop', port: 80 }] }],
  },
});

describe('a canary by the weights of an HTTPRoute', () => {
  let cluster: ShopCluster;

  beforeAll(async () => {
    cluster = await startShopCluster();
    await cluster.kubernetes.installGatewayApi();
    await Promise.all([
      cluster.image('one'),
      cluster.image('two'),
      cluster.image('crash', 'crash'),
    ]);
  }, 180_000);
  afterAll(async () => cluster[Symbol.asyncDispose](), 60_000);

  /** A shop behind a gateway that serves version one, proven. */
  async function opened() {
    const shop = await cluster.shop();
    const first = await shop.deploy({
      image: await cluster.image('one'),
      manifests: shopManifests(),
      'health-path': '/',
    });
    expect(first.errors).toEqual([]);
    await shop.apply(route);
    const gateway = await startSmallGateway(cluster.kubernetes, {
      namespace: shop.name,
      route: 'shop',
    });
    const left = () =>
      shop.kubectl('get', 'deployments,services,leases', '-o', 'name').then((said) => said.trim());
    return { shop, gateway, left };
  }
  const canary = { workload: 'deployment/shop', strategy: 'canary', 'health-path': '/' };

  it('is proven before it gets traffic, gets its shares, and ends when all have the new version', async () => {
    const { gateway, left, shop } = await opened();
    await using _ = gateway;
    const step = await shop.deploy({
      ...canary,
      image: await cluster.image('two'),
      expect: 'version two',
      'health-url': gateway.url,
      'traffic-percent': '10,50',
    });
    expect({ code: step.code, errors: step.errors }).toEqual({ code: 0, errors: [] });
    expect(gateway.taken).toEqual([
      { shop: 1 },
      { shop: 90, 'shop-canary': 10 },
      { shop: 50, 'shop-canary': 50 },
      { shop: 1 },
    ]);
    expect(await shop.served()).toContain('version two');
    expect(await left()).toBe('deployment.apps/shop\nservice/shop');
  }, 120_000);

  it('that crashes never gets any traffic, and goes', async () => {
    const { gateway, left, shop } = await opened();
    await using _ = gateway;
    const step = await shop.deploy({ ...canary, image: await cluster.image('crash') });
    expect(step.outputs).toMatchObject({ status: 'rolled-back', reason: 'k8s/crash-loop' });
    expect(gateway.taken).toEqual([{ shop: 1 }]);
    expect(await (await fetch(gateway.url)).text()).toContain('version one');
    expect(await left()).toBe('deployment.apps/shop\nservice/shop');
  }, 120_000);

  it('whose route is refused gives the traffic back', async () => {
    const { gateway, left, shop } = await opened();
    await using _ = gateway;
    const step = shop.start({
      ...canary,
      image: await cluster.image('two'),
      'traffic-percent': '10',
    });
    await step.saw(/done: apply: canary/);
    gateway.refuse('the Service shop-canary is not there');
    const { outputs, errors } = await step.done;
    expect(outputs).toMatchObject({ status: 'rolled-back', reason: 'k8s/route-refused' });
    expect(errors[0]?.text).toContain('the Service shop-canary is not there');
    const rules = await shop.kubectl('get', 'httproute/shop', '-o', 'jsonpath={.spec.rules}');
    expect(JSON.parse(rules)[0].backendRefs).toMatchObject([{ name: 'shop', weight: 1 }]);
    expect(await left()).toBe('deployment.apps/shop\nservice/shop');
  }, 120_000);

  it('needs a route that leads to the workload', async () => {
    const shop = await cluster.shop();
    await shop.deploy({ image: await cluster.image('one'), manifests: shopManifests() });
    const step = await shop.deploy({ ...canary, image: await cluster.image('two') });
    expect(step.outputs).toMatchObject({ status: 'failed', reason: 'k8s/no-route' });
    expect(await shop.served()).toContain('version one');
  }, 120_000);
});
