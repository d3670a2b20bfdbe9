import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, test } from '@jest/globals';
import { startWorld, type World } from './world.ts';

const run = promisify(execFile);

const shop = () =>
  startWorld((history) => {
    history.commit('chore: start');
    history.tag('v1.0.0', 'The first.');
    history.commit('feat(cart): put things in (#7)');
    history.commit('fix: count them', { author: 'Eve <eve@example.com>' });
  });

const releases = (world: World) =>
  world.github.releases.all().map(({ tagName, draft, assets }) => ({
    tagName,
    draft,
    assets: assets.map(({ name }) => name),
  }));

describe('the tag', () => {
  it('is annotated, by the tagger, with what changed, and read back', async () => {
    await using world = await shop();
    const sha = await world.commit('main');
    const step = await world.run({ tagger: 'Rel Ease <rel@example.com>', 'moving-tags': 'major' });
    expect(step.outputs).toMatchObject({
      version: '1.1.0',
      tag: 'v1.1.0',
      'previous-tag': 'v1.0.0',
      bump: 'minor',
      created: 'true',
      sha,
      'release-url': '',
      reason: '',
    });
    expect(await world.git('cat-file', '-t', 'v1.1.0')).toBe('tag');
    expect(await world.git('cat-file', '-t', 'v1')).toBe('commit');
    const [head, message] = (await world.git('cat-file', 'tag', 'v1.1.0')).split('\n\n');
    expect(head).toMatch(/^tagger Rel Ease <rel@example\.com> \d+ \+0000$/m);
    expect(message).toBe('v1.1.0');
    expect(await world.git('cat-file', 'tag', 'v1.1.0')).toContain(
      '- feat(cart): put things in (#7) (',
    );
    expect(step.log).toContain(`tagged v1.1.0 after v1.0.0 (${sha.slice(0, 7)}), v1 with it.`);
    expect(step.summary).toMatch(/^## ✅ tagged v1\.1\.0 after v1\.0\.0\n/);
    expect(world.asked().filter((request) => request === 'graphql mutation')).toHaveLength(1);
  });

  it('is signed with an SSH key, and moves the others in the same push', async () => {
    await using world = await shop();
    const key = join(world.runner.temp, 'key');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'rel@example.com', '-f', key]);
    const signers = join(world.runner.temp, 'signers');
    await writeFile(signers, `rel@example.com ${await readFile(`${key}.pub`, 'utf8')}`);
    const inputs = {
      'signing-key': await readFile(key, 'utf8'),
      tagger: 'Rel Ease <rel@example.com>',
      'moving-tags': 'minor',
    };
    const sha = await world.commit('main');
    const step = await world.run(inputs);
    expect(step.errors).toEqual([]);
    expect(step.outputs).toMatchObject({ created: 'true', tag: 'v1.1.0' });
    expect(await world.tags()).toMatchObject({ v1: sha, 'v1.1': sha, 'v1.1.0': sha });
    const check = ['-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-tag', 'v1.1.0'];
    await expect(world.git(...check)).resolves.toBeDefined();
    expect(step.log.replace(/^::add-mask::.*$/gm, '')).not.toContain('PRIVATE KEY');
    await expect(readdir(world.runner.temp)).resolves.toEqual(['key', 'key.pub', 'signers']);

    // Again, and with an older commit: nothing is forced, and the older one gets nothing.
    expect((await world.run(inputs)).outputs).toMatchObject({ created: 'false', tag: 'v1.1.0' });
    const before = await world.run({ ...inputs, sha: await world.commit('main~1') });
    expect(before.outputs).toMatchObject({ created: 'false', tag: 'v1.1.0', sha });
    expect(await world.tags()).toMatchObject({ 'v1.1.0': sha, 'v1.1': sha });

    // A refusal of the push is told like one of the API.
    world.github.settings.rules = [{ include: ['refs/tags/v*'], restrict: ['creation'] }];
    await world.git('tag', '-d', 'v1.1.0');
    const refused = await world.run({ ...inputs, sha: await world.commit('main~1') });
    expect(refused.errors.map(({ title }) => title)).toEqual(['semver-tag: tag/ruleset']);
  });

  it('moves v1 only forward, and never for a prerelease', async () => {
    await using world = await startWorld((history) => {
      history.commit('chore: start');
      history.tag('v1.0.0');
      history.branch('1.0.x');
      history.commit('fix: old');
      history.branch('main');
      history.commit('feat: new');
      history.tag('v1.1.0');
      history.tag('v1');
      history.tag('v1.1');
      history.commit('fix: newer');
    });
    const v1 = await world.commit('v1');
    const old = await world.commit('1.0.x');
    const inputs = { 'moving-tags': 'minor' };
    const step = await world.run({ ...inputs, sha: old }, { GITHUB_REF: 'refs/heads/1.0.x' });
    expect(step.outputs['tag']).toBe('v1.0.1');
    const rc = await world.run({ ...inputs, mode: 'prerelease' });
    expect(rc.outputs['tag']).toBe('v1.1.1-rc.1');
    expect(await world.tags()).toMatchObject({ v1, 'v1.1': v1, 'v1.0': old });
  });
});

describe('the release', () => {
  it('is published last, with its files and their checksums', async () => {
    await using world = await shop();
    const out = join(world.runner.workspace, 'out');
    await mkdir(out);
    await writeFile(join(out, 'shop.tar.gz'), 'the shop');
    await writeFile(join(out, 'shop.zip'), 'the shop');
    world.github.settings.immutableReleases = true;
    const step = await world.run({ release: 'published', assets: 'out/*.tar.gz\nout/*.zip' });
    expect(step.errors).toEqual([]);
    expect(releases(world)).toEqual([
      { tagName: 'v1.1.0', draft: false, assets: ['shop.tar.gz', 'shop.zip', 'SHA256SUMS'] },
    ]);
    const [release] = world.github.releases.all();
    expect(step.outputs['release-url']).toMatch(/\/releases\/tag\/v1\.1\.0$/);
    const sum = '9965c6685f335372fc1ffe2cab4248397b5a5e800e45626aeec82ecd0246766d';
    expect(release?.assets.at(-1)?.content.toString()).toBe(
      `${sum}  shop.tar.gz\n${sum}  shop.zip\n`,
    );
    expect(release?.body).toBe(step.outputs['notes']);
    expect(release?.body).toMatch(/### Features\n- \*\*cart:\*\* put things in \(\[#7\]/);
    expect(release?.body).toMatch(/### Fixes\n- count them \(/);
    expect(release?.body).toMatch(
      /\*\*Full changelog\*\*: \S+\/compare\/v1\.0\.0\.\.\.v1\.1\.0\n$/,
    );

    // Once more changes nothing, and needs nothing that an immutable release refuses.
    world.asked();
    const again = await world.run({ release: 'published', assets: 'out/*.tar.gz\nout/*.zip' });
    expect(again.errors).toEqual([]);
    expect(world.asked().filter((request) => !/^GET|graphql query/.test(request))).toEqual([]);

    // Another file is refused, with the reason.
    await writeFile(join(out, 'more.zip'), 'more');
    const more = await world.run({ release: 'published', assets: 'out/*' });
    expect(more.errors.map(({ title }) => title)).toEqual(['semver-tag: tag/immutable']);
    expect(more.outputs).toMatchObject({ created: 'false', reason: 'tag/immutable' });
  });

  it('stays a draft when asked, and the same draft is published later', async () => {
    await using world = await shop();
    await world.run({ release: 'draft' });
    expect(releases(world)).toEqual([{ tagName: 'v1.1.0', draft: true, assets: [] }]);
    await world.run({ release: 'published' });
    expect(releases(world)).toEqual([{ tagName: 'v1.1.0', draft: false, assets: [] }]);
  });

  it('is the latest only when it is the highest', async () => {
    await using world = await startWorld((history) => {
      history.commit('chore: start');
      history.tag('v1.0.0');
      history.branch('1.x');
      history.commit('fix: old');
      history.branch('main');
      history.commit('feat!: new');
    });
    await world.run({ release: 'published' });
    const sha = await world.commit('1.x');
    const old = await world.run({ release: 'published', sha, range: '1.x' });
    expect(old.outputs['tag']).toBe('v1.0.1');
    const rc = await world.run({
      release: 'published',
      mode: 'prerelease',
      bump: 'minor',
      sha,
      range: '1.x',
    });
    expect(rc.outputs['tag']).toBe('v1.1.0-rc.1');
    expect(world.github.releases.latest()?.tagName).toBe('v2.0.0');
    expect(world.github.releases.ofTag('v1.1.0-rc.1')?.prerelease).toBe(true);
  });

  it('refuses files before anything is written', async () => {
    await using world = await shop();
    const before = await world.tags();
    const step = await world.run({ release: 'published', assets: 'nowhere/*' });
    expect(step.errors.map(({ title }) => title)).toEqual(['semver-tag: tag/asset']);
    expect(world.asked()).toEqual([]);
    expect(await world.tags()).toEqual(before);
  });
});

test.each([
  ['a link to a file of the machine', 'out/accounts'],
  ['files behind a link to a folder of the machine', 'machine/pass*'],
])('an asset that is %s is refused before anything is written', async (_, assets) => {
  await using world = await shop();
  await symlink('/etc', join(world.runner.workspace, 'machine'));
  await mkdir(join(world.runner.workspace, 'out'), { recursive: true });
  await symlink('/etc/passwd', join(world.runner.workspace, 'out/accounts'));
  const before = await world.tags();
  const step = await world.run({ release: 'published', assets });
  expect(step.errors.map(({ title }) => title)).toEqual(['semver-tag: tag/asset']);
  expect(step.errors[0]?.text).toContain('it is not in the workspace');
  expect(await world.tags()).toEqual(before);
});

describe('modes that write nothing', () => {
  it('name a version that Docker takes, and say what would happen', async () => {
    await using world = await shop();
    world.github.settings.permissions = { contents: 'read' };
    const before = await world.tags();
    const dev = await world.run({ mode: 'dev' });
    expect(dev.outputs).toMatchObject({ tag: '', created: 'false', bump: 'minor' });
    expect(dev.outputs['version']).toMatch(/^1\.1\.0-dev\.20260101\.42$/);
    const preview = await world.run({ mode: 'preview' });
    expect(preview.outputs).toMatchObject({ tag: 'v1.1.0', created: 'false' });
    expect(preview.summary).toMatch(/^## ✅ would tag v1\.1\.0 after v1\.0\.0\n/);
    expect(await world.tags()).toEqual(before);
    expect(world.asked().filter((request) => !/^GET|graphql query/.test(request))).toEqual([]);
  });

  it('count the title of a pull request, which a squash would make a message', async () => {
    await using world = await startWorld((history) => {
      history.commit('chore: start');
      history.tag('v1.0.0');
      history.commit('wip');
      history.commit('Merge 1 into 2');
    });
    await writeFile(
      world.runner.env['GITHUB_EVENT_PATH'] ?? '',
      JSON.stringify({ pull_request: { number: 7, title: 'feat!: a cart', head: {}, base: {} } }),
    );
    const step = await world.run({ mode: 'preview' }, { GITHUB_EVENT_NAME: 'pull_request' });
    expect(step.outputs).toMatchObject({ tag: 'v2.0.0', bump: 'major', created: 'false' });
    const real = await world.run();
    expect(real.outputs).toMatchObject({ bump: 'none', created: 'false' });
  });

  it('skips a run without a reason, green', async () => {
    await using world = await startWorld((history) => {
      history.commit('chore: start');
      history.tag('v1.0.0');
      history.commit('docs: a');
    });
    const step = await world.run({ release: 'published', 'moving-tags': 'minor' });
    expect(step.code).toBe(0);
    expect(step.outputs).toMatchObject({
      version: '1.0.0',
      tag: 'v1.0.0',
      bump: 'none',
      created: 'false',
    });
    expect(step.log).toContain('nothing to tag: no commit since v1.0.0 asks for a version');
    expect(world.github.releases.all()).toEqual([]);
  });
});

it('ends green without a second draft when two runs release one commit', async () => {
  await using world = await shop();
  const steps = await Promise.all([1, 2, 3].map(() => world.start({ release: 'published' })));
  const ends = await Promise.all(steps.map(({ done }) => done));
  expect(ends.map(({ code, errors }) => ({ code, errors }))).toEqual(
    Array(3).fill({ code: 0, errors: [] }),
  );
  expect(releases(world)).toEqual([{ tagName: 'v1.1.0', draft: false, assets: [] }]);
});
