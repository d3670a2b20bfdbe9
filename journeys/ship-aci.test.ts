import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AciPlace, aciShop } from '../packages/local-cloud/src/shop/aci-place.ts';
import { pipelinePath } from '../packages/local-cloud/src/shop/pipeline.ts';
import { openShop, type Shop } from '../packages/local-cloud/src/shop/shop.ts';

const permissions = join(import.meta.dirname, '../actions/deploy-aci/src/api/permissions.json');

describe('a repository ships itself by ship-aci.yml of the release tree, under act', () => {
  let shop: Shop<AciPlace>;
  let good = '';

  beforeAll(async () => {
    shop = await openShop(aciShop);
  }, 60_000);
  afterAll(async () => shop[Symbol.asyncDispose](), 30_000);

  it('creates both container groups by the pipeline of the example, proves that each serves the pushed commit, and tags it', async () => {
    good = await shop.repository.commit('feat: open the shop');
    const run = await shop.run({ workflow: pipelinePath });
    expect(run.log).toMatch(/deployed: shop-staging in shop [\s\S]*deployed: shop in shop /);
    expect(run.code).toBe(0);
    expect(await shop.info(shop.place.stagingUrl())).toMatchObject({ commit: good });
    expect(await shop.info()).toMatchObject({ commit: good, version: '0.1.0' });
    expect(run.summaries.join('\n')).toContain('deployed and proven');
    expect(await shop.repository.tagsOf(good)).toEqual(['v0.1.0']);
    expect(shop.place.real.world.group('shop').body.tags).toMatchObject({ 'slipway-commit': good });
  }, 180_000);

  it('refuses a commit that cannot start, says why, and brings the one before back', async () => {
    await shop.breakApp();
    const bad = await shop.repository.commit('feat: read the database URL');
    const run = await shop.run();
    expect(run.code).not.toBe(0);
    expect(run.log.match(/::error title=[^:]*/g)).toEqual([
      expect.stringMatching(/^::error title=deploy-aci%3A aci\//),
    ]);
    expect(run.log).toMatch(/rolled-back: .* serves the version before/);
    expect(run.summaries.join('\n')).toContain('The setting DATABASE_URL is missing');
    expect(await shop.info()).toMatchObject({ commit: good });
    expect(await shop.repository.tagsOf(bad)).toEqual([]);
  }, 180_000);

  it('made no call that is not in the list of permissions', () => {
    const listed: { action: string }[] = JSON.parse(readFileSync(permissions, 'utf8'));
    const { calls } = shop.place.real.azure.permissions;
    const actions = new Set(calls.map(({ action }) => action));
    expect(actions.size).toBeGreaterThan(2);
    for (const action of actions) expect(listed.map((one) => one.action)).toContain(action);
  });
});
