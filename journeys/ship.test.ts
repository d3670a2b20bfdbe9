import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openShop, type Shop } from '../packages/local-cloud/src/shop.ts';

describe('a repository ships itself by ship.yml of the release tree, under act', () => {
  let shop: Shop;
  let good = '';

  beforeAll(async () => {
    shop = await openShop();
  }, 60_000);
  afterAll(async () => shop[Symbol.asyncDispose](), 30_000);

  it('proves that the pushed commit serves', async () => {
    good = await shop.repository.commit('Open the shop');
    const run = await shop.ship();
    expect(run.log).toContain('deployed: ');
    expect(run.code).toBe(0);
    expect(await shop.info()).toMatchObject({ commit: good });
    expect(run.summaries.join('\n')).toContain('deployed and proven');
  }, 120_000);

  it('refuses a commit that cannot start, says why, and leaves the one before serving', async () => {
    await shop.breakApp();
    await shop.repository.commit('Read the database URL');
    const run = await shop.ship();
    expect(run.code).not.toBe(0);
    expect(run.log.match(/::error title=/g)).toHaveLength(1);
    expect(run.log).toContain('::error title=deploy-ssh%3A deploy/exited::');
    expect(run.summaries.join('\n')).toContain('The setting DATABASE_URL is missing');
    expect(await shop.info()).toMatchObject({ commit: good });
  }, 120_000);
});
