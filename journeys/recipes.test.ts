import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pipelinePath } from '../packages/local-cloud/src/shop/pipeline.ts';
import { openShop, type Shop } from '../packages/local-cloud/src/shop/shop.ts';
import {
  type SshPlace,
  sshPipeline,
  startSshPlace,
} from '../packages/local-cloud/src/shop/ssh-place.ts';
import { root } from './root.ts';

/** The workflow in the recipe for a rollback by hand, with the places of this machine in it. */
async function rollbackRecipe(place: SshPlace): Promise<string> {
  const text = await readFile(join(root, 'docs/recipes/rollback.md'), 'utf8');
  const workflow = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  return workflow
    .replace(/known-hosts: .*/, `known-hosts: "${place.knownHosts}"`)
    .replace(/hosts: deploy@.*/, `hosts: ${place.host}`)
    .replace('/srv/shop', place.path);
}

describe('the pipeline of the example and the rollback by hand, as they are printed, under act', () => {
  let shop: Shop<SshPlace>;
  let first = '';
  let second = '';
  const rollback = '.github/workflows/rollback.yml';
  const ship = () => shop.run({ workflow: pipelinePath });
  const staging = () => shop.info(shop.place.second.url);
  const production = () => shop.info();

  beforeAll(async () => {
    shop = await openShop({
      start: startSshPlace,
      workflows: async (facts, place) => ({
        ...(await sshPipeline(facts, place)),
        [rollback]: await rollbackRecipe(place),
      }),
    });
  }, 60_000);
  afterAll(async () => shop[Symbol.asyncDispose](), 30_000);

  it('staging, then production: one digest in both, and the tags last', async () => {
    first = await shop.repository.commit('feat: open the shop');
    const run = await ship();
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
    second = await shop.repository.commit('fix: open earlier');
    expect((await ship()).code).toBe(0);
    expect(await production()).toMatchObject({ commit: second, version: '0.1.1' });

    const run = await shop.run({ workflow: rollback, event: 'workflow_dispatch' });
    expect(run.code).toBe(0);
    expect(await production()).toMatchObject({ commit: first, version: '0.1.0' });
    expect(await staging()).toMatchObject({ commit: second });
  }, 180_000);

  it('what staging refuses never reaches production, and moves no tag', async () => {
    const before = [await shop.digestOf('main'), await shop.digestOf('latest')];
    const file = join(shop.repository.folder, 'deploy/staging.yml');
    const settings = await readFile(file, 'utf8');
    await writeFile(file, settings.replace('env:', 'env:\n  LOG_LEVEL: loud'));
    const bad = await shop.repository.commit('feat: log more in staging');
    const run = await ship();
    expect(run.code).not.toBe(0);
    expect(run.log.match(/::error title=[^:]*/g)).toEqual([
      '::error title=deploy-ssh%3A deploy/exited',
    ]);
    expect(await staging()).toMatchObject({ commit: second });
    expect(await production()).toMatchObject({ commit: first });
    expect([await shop.digestOf('main'), await shop.digestOf('latest')]).toEqual(before);
    expect(await shop.repository.tagsOf(bad)).toEqual([]);
  }, 180_000);

  it('what its own tests refuse is neither built nor deployed', async () => {
    await shop.breakApp();
    await shop.repository.commit('feat: read the database URL');
    const run = await ship();
    expect(run.code).not.toBe(0);
    expect(run.log).toContain('The setting DATABASE_URL is missing');
    expect(run.log).not.toMatch(/pushed: |deployed: |::error title=/);
    expect(await staging()).toMatchObject({ commit: second });
    expect(await production()).toMatchObject({ commit: first });
  }, 180_000);
});
