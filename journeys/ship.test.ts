import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openShop, type Shop } from '../packages/local-cloud/src/shop.ts';

describe('a repository ships itself by ship-ssh.yml of the release tree, under act', () => {
  let shop: Shop;
  let good = '';
  let shipped = '';

  beforeAll(async () => {
    shop = await openShop();
  }, 60_000);
  const imageTags = async () => {
    const answer = await fetch(`http://${shop.registry.host}/v2/octo/shop/tags/list`);
    const { tags = [] }: { tags?: string[] } = Object(await answer.json());
    return tags;
  };
  const digestOf = async (tag: string) => {
    const accept = 'application/vnd.docker.distribution.manifest.v2+json';
    const address = `http://${shop.registry.host}/v2/octo/shop/manifests/${tag}`;
    const answer = await fetch(address, { headers: { accept } });
    return answer.headers.get('docker-content-digest') ?? '';
  };
  afterAll(async () => shop[Symbol.asyncDispose](), 30_000);

  it('proves that the pushed commit serves, and tags it with its version', async () => {
    good = await shop.repository.commit('feat: open the shop');
    const run = await shop.ship();
    expect(run.log).toContain('deployed: ');
    expect(run.code).toBe(0);
    expect(await shop.info()).toMatchObject({ commit: good, version: '0.1.0' });
    expect(run.summaries.join('\n')).toContain('deployed and proven');
    expect(await shop.repository.tagsOf(good)).toEqual(['v0.1.0']);
    expect(await imageTags()).toEqual(expect.arrayContaining(['0.1.0', '0.1', 'latest', 'main']));
    shipped = await digestOf('main');
  }, 120_000);

  it('refuses a commit that cannot start, says why, and leaves the one before serving', async () => {
    await shop.breakApp();
    const bad = await shop.repository.commit('feat: read the database URL');
    const run = await shop.ship();
    expect(run.code).not.toBe(0);
    expect(run.log.match(/::error title=/g)).toHaveLength(1);
    expect(run.log).toContain('::error title=deploy-ssh%3A deploy/exited::');
    expect(run.summaries.join('\n')).toContain('The setting DATABASE_URL is missing');
    expect(await shop.info()).toMatchObject({ commit: good });
    expect(await shop.repository.tagsOf(bad)).toEqual([]);
    expect(await imageTags()).not.toContain('0.2.0');
    expect(await imageTags()).not.toContain(`sha-${bad.slice(0, 7)}`);
    expect([await digestOf('main'), await digestOf('latest')]).toEqual([shipped, shipped]);
  }, 120_000);
});
