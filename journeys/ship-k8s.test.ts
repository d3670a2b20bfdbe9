import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type K8sPlace, k8sShop } from '../packages/local-cloud/src/shop/k8s-place.ts';
import { pipelinePath } from '../packages/local-cloud/src/shop/pipeline.ts';
import { openShop, type Shop } from '../packages/local-cloud/src/shop/shop.ts';

describe('a repository ships itself by ship-k8s.yml of the release tree, under act', () => {
  let shop: Shop<K8sPlace>;
  let good = '';

  beforeAll(async () => {
    shop = await openShop(k8sShop);
  }, 120_000);
  afterAll(async () => shop[Symbol.asyncDispose](), 60_000);

  it('creates both Deployments by the pipeline of the example, proves that each pod serves the pushed commit, and tags it', async () => {
    good = await shop.repository.commit('feat: open the shop');
    const run = await shop.run({ workflow: pipelinePath });
    const { namespace, staging } = shop.place;
    const order = [staging.namespace, namespace].map(
      (one) => `deployed: deployment/shop in ${one} `,
    );
    expect(run.log).toMatch(new RegExp(order.join('[\\s\\S]*')));
    expect(run.code).toBe(0);
    expect(await shop.info(staging.url)).toMatchObject({ commit: good });
    expect(await shop.info()).toMatchObject({ commit: good, version: '0.1.0' });
    expect(run.summaries.join('\n')).toContain('deployed and proven');
    expect(await shop.repository.tagsOf(good)).toEqual(['v0.1.0']);
  }, 180_000);

  it('refuses a commit that cannot start, says why, and brings the one before back', async () => {
    await shop.breakApp();
    const bad = await shop.repository.commit('feat: read the database URL');
    const run = await shop.run();
    expect(run.code).not.toBe(0);
    expect(run.log.match(/::error title=[^:]*/g)).toEqual([
      expect.stringMatching(/^::error title=deploy-k8s%3A k8s\/crash-loop/),
    ]);
    expect(run.log).toMatch(/rolled-back: .* serves the version before/);
    expect(run.summaries.join('\n')).toContain('The setting DATABASE_URL is missing');
    expect(await shop.info()).toMatchObject({ commit: good });
    expect(await shop.repository.tagsOf(bad)).toEqual([]);
  }, 180_000);
});
