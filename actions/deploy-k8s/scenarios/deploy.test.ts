import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ShopCluster, shopManifests, startShopCluster } from './shop-cluster.ts';

describe('a Deployment on a real cluster', () => {
  let cluster: ShopCluster;

  beforeAll(async () => {
    cluster = await startShopCluster();
    await Promise.all(['one', 'two'].map((version) => cluster.image(version)));
    await cluster.image('crash', 'crash');
  }, 180_000);
  afterAll(async () => cluster[Symbol.asyncDispose](), 60_000);

  it('is created, changed, and taken back to the version that was proven', async () => {
    const shop = await cluster.shop();
    const [one, two, crash] = [
      await cluster.image('one'),
      await cluster.image('two'),
      await cluster.image('crash'),
    ];
    const first = await shop.deploy({
      image: one,
      manifests: shopManifests(),
      'health-path': '/',
      expect: 'version one',
    });
    expect({ code: first.code, errors: first.errors }).toEqual({ code: 0, errors: [] });
    expect(first.outputs).toMatchObject({
      status: 'deployed',
      image: one,
      workload: 'deployment/shop',
      revision: '1',
    });
    expect(await shop.served()).toContain('version one');

    const second = await shop.deploy({
      image: two,
      workload: 'deployment/shop',
      'health-path': '/',
      expect: 'version two',
    });
    expect({ code: second.code, errors: second.errors }).toEqual({ code: 0, errors: [] });
    expect(second.outputs).toMatchObject({
      status: 'deployed',
      'previous-image': one,
      revision: '2',
    });
    expect(await shop.served()).toContain('version two');

    const third = await shop.deploy({
      image: crash,
      workload: 'deployment/shop',
      'health-path': '/',
    });
    expect(third.code).toBe(1);
    expect(third.outputs).toMatchObject({ status: 'rolled-back', reason: 'k8s/crash-loop' });
    expect(third.errors).toHaveLength(1);
    expect(third.errors[0]?.text).toContain('cannot open the database');
    expect(await shop.served()).toContain('version two');
    expect(await shop.locks()).toBe('');
  }, 180_000);
});
