import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openShop, type Shop, type ShopFacts } from '../packages/local-cloud/src/shop/shop.ts';
import { type SshPlace, startSshPlace } from '../packages/local-cloud/src/shop/ssh-place.ts';
import { root } from './root.ts';

/** The workflow in a recipe, with the places of this machine in it. */
async function recipe(name: string, facts: ShopFacts, place: SshPlace): Promise<string> {
  const text = await readFile(join(root, 'docs/recipes', `${name}.md`), 'utf8');
  const workflow = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const gate = `\n      trivy-sha256: ${facts.trivySha256}\n      db-repository: ${facts.database}`;
  const { path, port, second } = place;
  const places: Array<[RegExp, string]> = [
    [/(build\.yml@v1\n {4}with:)/g, `$1${gate}`],
    [/ghcr\.io\/octo\/shop/g, facts.image],
    [/known-hosts: .*/g, `known-hosts: "${place.knownHosts}"`],
    [/hosts: deploy@.*/g, `hosts: ${place.host}`],
    [/(environment: staging[\s\S]*?path: )\/srv\/shop/, `$1${second.path}`],
    [/\/srv\/shop/g, path],
    [/PORT=8080/, `PORT=${second.port}`],
    [/PORT=80$/m, `PORT=${port}`],
  ];
  return places.reduce((read, [what, by]) => read.replace(what, by), workflow);
}

describe('the recipes, as they are printed, under act', () => {
  let shop: Shop<SshPlace>;
  let first = '';
  const promotion = '.github/workflows/ship.yml';
  const rollback = '.github/workflows/rollback.yml';
  const staging = () => shop.info(shop.place.second.url);
  const production = () => shop.info();

  beforeAll(async () => {
    const recipes = { [promotion]: 'staging-production', [rollback]: 'rollback' };
    shop = await openShop({
      start: startSshPlace,
      async workflows(facts, place) {
        const files = Object.entries(recipes).map(async ([path, name]) => [
          path,
          await recipe(name, facts, place),
        ]);
        return Object.fromEntries(await Promise.all(files));
      },
    });
  }, 60_000);
  afterAll(async () => shop[Symbol.asyncDispose](), 30_000);

  it('staging, then production: one digest in both, and the tags last', async () => {
    first = await shop.repository.commit('feat: open the shop');
    const run = await shop.run();
    expect(run.code).toBe(0);
    expect(await staging()).toMatchObject({ commit: first, version: '0.1.0' });
    expect(await production()).toMatchObject({ commit: first, version: '0.1.0' });
    expect(new Set(run.log.match(/octo\/shop[^\s@]*@sha256:[0-9a-f]{64}/g)).size).toBe(1);
    expect(run.log).toMatch(/deployed: [\s\S]*deployed: [\s\S]*points to sha256:/);
    expect(await shop.repository.tagsOf(first)).toEqual(['v0.1.0']);
    expect(await shop.imageTags()).toEqual(expect.arrayContaining(['0.1.0', 'latest', 'main']));
  }, 180_000);

  it('rollback by hand: production serves the release before, staging does not move', async () => {
    await shop.change('README.md');
    const second = await shop.repository.commit('fix: open earlier');
    expect((await shop.run()).code).toBe(0);
    expect(await production()).toMatchObject({ commit: second, version: '0.1.1' });

    const run = await shop.run({ workflow: rollback, event: 'workflow_dispatch' });
    expect(run.code).toBe(0);
    expect(await production()).toMatchObject({ commit: first, version: '0.1.0' });
    expect(await staging()).toMatchObject({ commit: second });
  }, 180_000);

  it('what staging refuses never reaches production, and moves no tag', async () => {
    const before = [await shop.digestOf('main'), await shop.digestOf('latest')];
    await shop.breakApp();
    const bad = await shop.repository.commit('feat: read the database URL');
    const run = await shop.run();
    expect(run.code).not.toBe(0);
    expect(run.log.match(/::error title=[^:]*/g)).toEqual([
      '::error title=deploy-ssh%3A deploy/exited',
    ]);
    expect(await production()).toMatchObject({ commit: first });
    expect([await shop.digestOf('main'), await shop.digestOf('latest')]).toEqual(before);
    expect(await shop.repository.tagsOf(bad)).toEqual([]);
  }, 180_000);
});
