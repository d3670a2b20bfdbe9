import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EcsPlace, ecsShop } from '../packages/local-cloud/src/shop/ecs-place.ts';
import { pipelinePath } from '../packages/local-cloud/src/shop/pipeline.ts';
import { openShop, type Shop } from '../packages/local-cloud/src/shop/shop.ts';

describe('a repository ships itself by ship-ecs.yml of the release tree, under act', () => {
  let shop: Shop<EcsPlace>;
  let good = '';
  let quiet = '';

  beforeAll(async () => {
    shop = await openShop(ecsShop);
  }, 60_000);
  afterAll(async () => shop[Symbol.asyncDispose](), 30_000);

  it('creates both services by the pipeline of the example, proves that each serves the pushed commit, and tags it', async () => {
    good = await shop.repository.commit('feat: open the shop');
    const run = await shop.run({ workflow: pipelinePath });
    expect(run.log).toMatch(/deployed: shop-staging in shop [\s\S]*deployed: shop in shop /);
    expect(run.code).toBe(0);
    expect(await shop.info(shop.place.stagingUrl)).toMatchObject({ commit: good });
    expect(await shop.info()).toMatchObject({ commit: good, version: '0.1.0' });
    expect(run.summaries.join('\n')).toContain('deployed and proven');
    expect(await shop.repository.tagsOf(good)).toEqual(['v0.1.0']);
  }, 300_000); // two environments, and nothing is in a cache yet

  it('replaces it without losing a request', async () => {
    await shop.change('README.md');
    quiet = await shop.repository.commit('chore: tidy up');
    const statuses = new Map<number | string, number>();
    const asked: Promise<void>[] = [];
    const ask = async () => {
      const answer = await fetch(`${shop.place.url}/api/info`).then(
        ({ status }) => status,
        (error: unknown) => String(error),
      );
      statuses.set(answer, (statuses.get(answer) ?? 0) + 1);
    };
    const steady = setInterval(() => asked.push(ask()), 20);
    const run = await shop.run();
    clearInterval(steady);
    await Promise.all(asked);
    expect(run.code).toBe(0);
    expect(await shop.info()).toMatchObject({ commit: quiet });
    expect([...statuses.keys()]).toEqual([200]);
  }, 180_000);

  it('refuses a commit that cannot start, says why, and leaves the one before serving', async () => {
    await shop.breakApp();
    const bad = await shop.repository.commit('feat: read the database URL');
    const run = await shop.run();
    expect(run.code).not.toBe(0);
    expect(run.log.match(/::error title=[^:]*/g)).toEqual([
      expect.stringMatching(/^::error title=deploy-ecs%3A ecs\//),
    ]);
    expect(run.log).toMatch(/rolled-back: .* serves the version before/);
    expect(run.summaries.join('\n')).toContain('The setting DATABASE_URL is missing');
    expect(await shop.info()).toMatchObject({ commit: quiet });
    expect(await shop.repository.tagsOf(bad)).toEqual([]);
  }, 180_000);

  it('made no call that its role may not make', () => {
    const { calls } = shop.place.ecs.aws.permissions;
    expect(calls.filter(({ verdict }) => verdict === 'denied')).toEqual([]);
    const actions = new Set(calls.map(({ action }) => action));
    for (const action of ['ecs:CreateService', 'ecs:UpdateService'])
      expect(actions).toContain(action);
  });
});
