import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ShopCluster, shopManifests, startShopCluster } from './shop-cluster.ts';

let cluster: ShopCluster;
/** The Role of infra/k8s, as a user applies it. */
const role = readFileSync(join(import.meta.dirname, '../../../infra/k8s/role.yaml'), 'utf8');

beforeAll(async () => {
  cluster = await startShopCluster();
  await Promise.all([cluster.image('one'), cluster.image('crash', 'crash')]);
}, 180_000);
afterAll(async () => cluster?.[Symbol.asyncDispose](), 60_000);

describe('an identity with the Role of infra/k8s and nothing else', () => {
  it('creates, proves, fails and goes back; nothing is missing', async () => {
    const shop = await cluster.shop();
    const kubeconfig = await cluster.kubernetes.user('deployer');
    await shop.apply(role);
    await shop.kubectl(
      ...['create', 'rolebinding', 'deploy', '--role', 'slipway-deploy', '--user', 'deployer'],
    );
    await shop.kubectl(
      ...['create', 'clusterrolebinding', 'deploy-nodes'],
      ...['--clusterrole', 'slipway-deploy-nodes', '--user', 'deployer'],
    );
    const verbs = ['get', 'create', 'patch', 'delete'];
    const services = { apiGroups: [''], resources: ['services'], verbs };
    await cluster.kubernetes.allow('deployer', [services], shop.name);

    const first = await shop.deploy({
      kubeconfig,
      image: await cluster.image('one'),
      manifests: shopManifests(),
      secrets: 'GREETING=hidden words',
      'health-path': '/',
      expect: 'version one',
    });
    expect({ code: first.code, errors: first.errors }).toEqual({ code: 0, errors: [] });
    expect(await shop.served()).toContain('version one');
    const second = await shop.deploy({
      kubeconfig,
      image: await cluster.image('crash'),
      workload: 'deployment/shop',
      'health-path': '/',
    });
    expect(second.outputs).toMatchObject({ status: 'rolled-back', reason: 'k8s/crash-loop' });
    expect(await shop.served()).toContain('version one');
    for (const { log } of [first, second]) {
      expect(log).not.toMatch(/may not|not checked|not known|not read\b/);
      expect(log.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain('hidden words');
    }
  }, 180_000);
});

describe('an identity that may do nothing', () => {
  it('is told the Role that it needs, before anything is changed', async () => {
    const shop = await cluster.shop();
    await shop.apply(shopManifests({ replicas: 0 }));
    const kubeconfig = await cluster.kubernetes.user('nobody');
    const deployments = { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] };
    await cluster.kubernetes.allow('nobody', [deployments], shop.name);
    const { code, errors, outputs } = await shop.deploy({
      kubeconfig,
      image: await cluster.image('one'),
      workload: 'deployment/shop',
    });
    expect({ code, reason: outputs['reason'] }).toEqual({ code: 1, reason: 'k8s/permissions' });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.text).toContain(`patch deployments in namespace ${shop.name}`);
    expect(errors[0]?.text).toContain('kind: Role');
    expect(errors[0]?.text).toContain('resources: [deployments], verbs: [list, watch, patch]');
    expect(await shop.locks()).toBe('');
  }, 120_000);
});
