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

  it('runs a migration before it, and changes nothing when that fails', async () => {
    const shop = await cluster.shop();
    const [one, two] = [await cluster.image('one'), await cluster.image('two')];
    const first = await shop.deploy({
      image: one,
      manifests: shopManifests(),
      'health-path': '/',
      env: 'DATABASE=notes',
      'run-before': "sh -c 'echo migrating $DATABASE for $VERSION'",
    });
    expect({ code: first.code, errors: first.errors }).toEqual({ code: 0, errors: [] });
    expect(first.log).toContain('migrating notes for one');

    const failed = await shop.deploy({
      image: two,
      workload: 'deployment/shop',
      'health-path': '/',
      'run-before': "sh -c 'echo the table notes is locked; exit 3'",
    });
    expect(failed.outputs).toMatchObject({ status: 'failed', reason: 'k8s/run-before' });
    expect(failed.errors[0]?.text).toContain('code 3');
    expect(failed.errors[0]?.text).toContain('the table notes is locked');
    expect(await shop.served()).toContain('version one');
    expect(await shop.locks()).toBe('');
  }, 120_000);

  it('is planned without a write in a dry run', async () => {
    const shop = await cluster.shop();
    const planned = await shop.deploy({
      image: await cluster.image('one'),
      manifests: shopManifests(),
      'dry-run': 'true',
    });
    expect({ code: planned.code, errors: planned.errors }).toEqual({ code: 0, errors: [] });
    expect(planned.outputs).toMatchObject({ status: 'planned', image: await cluster.image('one') });
    expect(await shop.kubectl('get', 'all,leases', '-o', 'name')).toBe('');
  }, 60_000);

  it('is not changed when nothing is different, and proven as it is', async () => {
    const shop = await cluster.shop();
    const asked = {
      image: await cluster.image('one'),
      manifests: shopManifests(),
      'health-path': '/',
    };
    expect((await shop.deploy(asked)).outputs).toMatchObject({ status: 'deployed' });
    const pods = await shop.kubectl('get', 'pods', '-o', 'name');
    const again = await shop.deploy(asked);
    expect({ code: again.code, errors: again.errors }).toEqual({ code: 0, errors: [] });
    expect(again.outputs).toMatchObject({ status: 'unchanged' });
    expect(await shop.kubectl('get', 'pods', '-o', 'name')).toBe(pods);
  }, 120_000);

  it('that is a StatefulSet gets its broken pod replaced when it goes back', async () => {
    const shop = await cluster.shop();
    const manifests = shopManifests()
      .replace('"kind":"Deployment"', '"kind":"StatefulSet"')
      .replace('"replicas":2', '"replicas":2,"serviceName":"shop"');
    const asked = { manifests, 'health-path': '/' };
    const first = await shop.deploy({ ...asked, image: await cluster.image('one') });
    expect({ code: first.code, errors: first.errors }).toEqual({ code: 0, errors: [] });
    const bad = await shop.deploy({ ...asked, image: await cluster.image('crash') });
    expect(bad.outputs).toMatchObject({ status: 'rolled-back', reason: 'k8s/crash-loop' });
    expect(bad.log).toContain('Deleted shop-1, which Kubernetes would wait for for ever.');
    expect(
      await shop.kubectl('get', 'statefulset/shop', '-o', 'jsonpath={.status.readyReplicas}'),
    ).toBe('2');
    expect(await shop.served()).toContain('version one');
  }, 120_000);
});
