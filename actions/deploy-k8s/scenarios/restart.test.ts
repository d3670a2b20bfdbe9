import { expect, it } from '@jest/globals';
import { startKubernetes } from '../../../packages/local-cloud/src/kubernetes/kubernetes.ts';
import { shopManifests, startShopCluster } from './shop-cluster.ts';

it('a Deployment is proven although the API server is restarted midway', async () => {
  await using kubernetes = await startKubernetes();
  await using cluster = await startShopCluster(kubernetes);
  const shop = await cluster.shop();
  const asked = { 'health-path': '/' };
  const first = await shop.deploy({
    ...asked,
    image: await cluster.image('one'),
    manifests: shopManifests(),
  });
  expect(first.errors).toEqual([]);
  const step = shop.start({
    ...asked,
    workload: 'deployment/shop',
    image: await cluster.image('two'),
    bake: '6s',
  });
  await step.saw(/done: prove/);
  await kubernetes.restartApiServer();
  const { code, errors } = await step.done;
  expect({ code, errors }).toEqual({ code: 0, errors: [] });
  expect(await shop.served()).toContain('version two');
  expect(await shop.locks()).toBe('');
}, 180_000);
