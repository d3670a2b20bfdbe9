import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pushExampleApp } from '../../../packages/local-cloud/src/app-image.ts';
import { askSteadily } from '../../../packages/local-cloud/src/steady-client.ts';
import {
  type ShopCluster,
  type ShopNamespace,
  shopManifests,
  startShopCluster,
} from './shop-cluster.ts';

/** The app that the suite ships as its example, which ends what it has begun before it stops. */
const exampleApp = {
  // A client keeps its connection to a pod that is in no Service any more: the app has to end it.
  env: [{ name: 'SHUTDOWN_DELAY_MS', value: '1000' }],
  readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1 },
};
const workload = { workload: 'deployment/shop', 'health-path': '/' };

describe('a Deployment that others ask for, change, and deploy', () => {
  let cluster: ShopCluster;

  beforeAll(async () => {
    cluster = await startShopCluster();
    await Promise.all(['one', 'two', 'three'].map((version) => cluster.image(version)));
    await Promise.all([cluster.image('crash', 'crash'), cluster.image('slow', 'slow')]);
  }, 180_000);
  afterAll(async () => cluster[Symbol.asyncDispose](), 60_000);

  /** A shop that serves version one, proven. */
  async function opened(): Promise<ShopNamespace> {
    const shop = await cluster.shop();
    const manifests = shopManifests();
    const image = await cluster.image('one');
    const { code, errors } = await shop.deploy({ image, manifests, 'health-path': '/' });
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    return shop;
  }

  it('is changed under 50 requests a second, and none is lost', async () => {
    const shop = await cluster.shop();
    const [one, two] = await Promise.all(
      ['c0ffee1', 'c0ffee2'].map((commit) => pushExampleApp(cluster.registry.host, commit)),
    );
    const asked = { 'health-path': '/api/info' };
    const manifests = shopManifests({ container: exampleApp });
    const first = await shop.deploy({ ...asked, image: one ?? '', manifests, expect: 'c0ffee1' });
    expect(first.errors).toEqual([]);
    const address = await cluster.kubernetes.serviceAddress(shop.name, 'shop');
    const client = await askSteadily(`http://${address}/api/info`);
    await client.saw('c0ffee1');
    const second = await shop.deploy({
      ...asked,
      image: two ?? '',
      workload: 'deployment/shop',
      expect: 'c0ffee2',
    });
    expect(second.errors).toEqual([]);
    await client.saw('c0ffee2');
    const { asked: requests, lost, versions } = await client.stop();
    expect(lost).toEqual([]);
    expect(versions).toEqual(['c0ffee1', 'c0ffee2']);
    expect(requests.length).toBeGreaterThan(100);
  }, 120_000);

  it('goes back over two bad deployments to the one that was proven', async () => {
    const shop = await opened();
    const image = await cluster.image('crash');
    const bad = await shop.deploy({ ...workload, image, rollback: 'false' });
    expect(bad.outputs).toMatchObject({ status: 'failed', reason: 'k8s/crash-loop' });
    const again = await shop.deploy({ ...workload, image, env: 'ANOTHER=try' });
    expect(again.outputs).toMatchObject({ status: 'rolled-back', reason: 'k8s/crash-loop' });
    expect(again.log).toContain(`a rollback leads to ${await cluster.image('one')}, which was`);
    expect(await shop.served()).toContain('version one');
    const running = await shop.kubectl(
      'get',
      'deployment/shop',
      '-o',
      'jsonpath={.spec.template.spec.containers[0].image} {.status.readyReplicas}',
    );
    expect(running).toBe(`${await cluster.image('one')} 2`);
  }, 120_000);

  it('is deployed by one of two runs at a time', async () => {
    const shop = await opened();
    const slow = shop.start({ ...workload, image: await cluster.image('slow'), timeout: '8s' });
    await slow.saw(/apply/);
    const image = await cluster.image('two');
    const refused = await shop.deploy({ ...workload, image, 'lock-timeout': '0s' });
    expect(refused.outputs).toMatchObject({ status: 'failed', reason: 'k8s/locked' });
    expect(refused.errors[0]?.text).toMatch(
      /is being deployed by https:\/\/github\.com\/octo\/shop\/actions\/runs\/\d+ attempt 1/,
    );
    const waits = shop.start({ ...workload, image, expect: 'version two' });
    await waits.saw(/waiting for it/);
    expect((await slow.done).outputs).toMatchObject({ status: 'rolled-back' });
    expect((await waits.done).outputs).toMatchObject({ status: 'deployed' });
    expect(await shop.served()).toContain('version two');
    expect(await shop.locks()).toBe('');
  }, 120_000);

  it('is changed by a stranger meanwhile: his change stays, and the run is red', async () => {
    const shop = await opened();
    const step = shop.start({ ...workload, image: await cluster.image('slow') });
    await step.saw(/0 of 2|is not ready|progress|Waiting|waiting/i);
    await shop.kubectl('set', 'image', 'deployment/shop', `web=${await cluster.image('three')}`);
    const { code, outputs } = await step.done;
    expect(code).toBe(1);
    expect(outputs['reason']).toBe('k8s/changed-meanwhile');
    await shop.kubectl('rollout', 'status', 'deployment/shop', '--timeout=30s');
    expect(await shop.served()).toContain('version three');
    expect(await shop.locks()).toBe('');
  }, 120_000);
});
