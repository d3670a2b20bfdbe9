import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openShop, type Shop } from '../packages/local-cloud/src/shop/shop.ts';
import { type SshPlace, sshShop } from '../packages/local-cloud/src/shop/ssh-place.ts';

describe('a repository ships itself by ship-ssh.yml of the release tree, under act', () => {
  let shop: Shop<SshPlace>;
  let good = '';
  let quiet = '';
  let released: string[] = [];
  let shipped = '';

  // The registry is kept from run to run and may know a higher version: what counts is that they stay.
  const versions = () => Promise.all(['0.1.0', '0.1', 'latest'].map((tag) => shop.digestOf(tag)));

  beforeAll(async () => {
    shop = await openShop(sshShop);
  }, 60_000);
  afterAll(async () => shop[Symbol.asyncDispose](), 30_000);

  it('proves that the pushed commit serves, and tags it with its version', async () => {
    good = await shop.repository.commit('feat: open the shop');
    const run = await shop.run();
    expect(run.log).toContain('deployed: ');
    expect(run.code).toBe(0);
    expect(await shop.info()).toMatchObject({ commit: good, version: '0.1.0' });
    expect(run.summaries.join('\n')).toContain('deployed and proven');
    expect(await shop.repository.tagsOf(good)).toEqual(['v0.1.0']);
    expect(await shop.imageTags()).toEqual(
      expect.arrayContaining(['0.1', '0.1.0', 'latest', 'main', `sha-${good.slice(0, 7)}`]),
    );
    released = await versions();
  }, 120_000);

  it('leaves the version with its image when the next commit asks for none', async () => {
    await shop.change('README.md');
    quiet = await shop.repository.commit('chore: tidy up');
    const run = await shop.run();
    expect(run.code).toBe(0);
    expect(await shop.info()).toMatchObject({ commit: quiet });
    expect(await shop.repository.tagsOf(quiet)).toEqual([]);
    shipped = await shop.digestOf('main');
    expect(released).not.toContain(shipped);
    expect(await versions()).toEqual(released);
  }, 120_000);

  it('deploys nothing when another commit gets the version between build and deploy', async () => {
    await shop.change('README.md');
    const late = await shop.repository.commit('fix: open earlier');
    let taken = false;
    const run = await shop.run({
      onLine(line) {
        if (taken || !line.includes('pushed: ')) return;
        taken = true;
        shop.repository.tagBeside('v0.1.1', good);
      },
    });
    expect(taken).toBe(true);
    expect(run.code).not.toBe(0);
    expect(run.log.match(/::error title=[^:]*/g)).toEqual([
      '::error title=semver-tag%3A tag/other-version',
    ]);
    expect(await shop.info()).toMatchObject({ commit: quiet });
    expect(await shop.repository.tagsOf(late)).toEqual([]);
    expect(await shop.digestOf('main')).toBe(shipped);
  }, 120_000);

  it('refuses a commit that cannot start, says why, and leaves the one before serving', async () => {
    await shop.breakApp();
    const bad = await shop.repository.commit('feat: read the database URL');
    const run = await shop.run();
    expect(run.code).not.toBe(0);
    expect(run.log.match(/::error title=/g)).toHaveLength(1);
    expect(run.log).toContain('::error title=deploy-ssh%3A deploy/exited::');
    expect(run.summaries.join('\n')).toContain('The setting DATABASE_URL is missing');
    expect(await shop.info()).toMatchObject({ commit: quiet });
    expect(await shop.repository.tagsOf(bad)).toEqual([]);
    const tags = await shop.imageTags();
    for (const tag of ['0.2.0', `sha-${bad.slice(0, 7)}`]) expect(tags).not.toContain(tag);
    expect(await shop.digestOf('main')).toBe(shipped);
    expect(await versions()).toEqual(released);
  }, 120_000);

  it('does not deploy a commit over one that was released after it, unless it is asked to', async () => {
    // v0.1.1 is on a commit after this one.
    await shop.repository.goTo(good);
    const run = await shop.run();
    expect(run.code).not.toBe(0);
    expect(run.log.match(/::error title=[^:]*/g)).toEqual([
      '::error title=build.yml%3A older commit',
    ]);
    expect(run.log).toContain('v0.1.1 has this commit in its history');
    expect(await shop.info()).toMatchObject({ commit: quiet });

    const asked = '.github/workflows/older.yml';
    const caller = await readFile(
      join(shop.repository.folder, '.github/workflows/ship.yml'),
      'utf8',
    );
    await writeFile(
      join(shop.repository.folder, asked),
      caller.replace('    with:\n', '    with:\n      allow-older: true\n'),
    );
    expect((await shop.run({ workflow: asked })).code).toBe(0);
    expect(await shop.info()).toMatchObject({ commit: good });
  }, 120_000);
});
