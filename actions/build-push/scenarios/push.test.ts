import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFaultProxy } from '../../../packages/local-cloud/src/fault-proxy.ts';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import type { Runner } from '../../../packages/local-cloud/src/runner.ts';
import {
  bundle,
  defaults,
  leftovers,
  makeBuildRunner,
  recordDocker,
  tagsOf as tagsIn,
} from './world.ts';

const sha = '860c1904a1ce19322e91ac35af1ab07466440c37';
const login = { username: 'pusher', password: 'p4ss word' };

describe('build-push with the engine’s own builder and a registry with passwords', () => {
  let registry: LocalRegistry;
  let runner: Runner;
  const auth = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const inputs = () => ({
    ...defaults,
    'registry-username': login.username,
    'registry-password': login.password,
  });
  const tagsOf = (repository: string) => tagsIn(registry.host, repository, { authorization: auth });

  beforeAll(async () => {
    registry = await startRegistry(login);
    runner = await makeBuildRunner({ sha });
  }, 30_000);
  afterAll(async () => {
    await runner[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  it('pushes, reads back, and moves the default tags of a branch', async () => {
    const image = `${registry.host}/team/app`;
    const step = await runner.start(bundle, { ...inputs(), image }).done;
    expect(step.errors).toEqual([]);
    expect(step.code).toBe(0);
    expect(step.outputs['image']).toMatch(new RegExp(`^${image}@sha256:[0-9a-f]{64}$`));
    expect(step.outputs['image']).toBe(`${image}@${step.outputs['digest']}`);
    expect(step.outputs['version']).toBe('main');
    expect(await tagsOf('team/app')).toEqual([
      'main',
      'sha-860c190',
      `sha-${sha}`,
      expect.stringMatching(/^slipway-staging-\d+-\d+-[\da-f-]+$/),
    ]);
    expect(step.outputs['tags']?.split('\n')).toContain(`${image}:main`);
    expect(JSON.parse(step.outputs['metadata'] ?? '')).toMatchObject({
      digest: step.outputs['digest'],
      repositories: [{ name: image, held: [], platforms: [expect.stringMatching(/^linux\//)] }],
      labels: { 'org.opencontainers.image.revision': sha },
    });
    expect(step.log).toContain(`${image}:main points to ${step.outputs['digest']}`);
    expect(await leftovers(runner)).toEqual([]);
  }, 60_000);

  it('moves no tag before a second step does, which has the same digest', async () => {
    const image = `${registry.host}/held/app`;
    const built = await runner.start(bundle, { ...inputs(), image, 'move-tags': 'false' }).done;
    expect(built.errors).toEqual([]);
    expect(built.outputs).toMatchObject({ tags: '', version: 'main' });
    expect(built.log).toContain('no tag was moved, as asked');
    expect(await tagsOf('held/app')).not.toContain('main');

    const from = built.outputs['image'] ?? '';
    const step = await runner.start(bundle, { ...inputs(), image, from }).done;
    expect(step.outputs['image']).toBe(from);
    expect(await tagsOf('held/app')).toContain('main');
  }, 60_000);

  it('builds twice where a tag can never be written again, and promotes what is there', async () => {
    const written = new Set<string>();
    const refused = { status: 400, body: '{"errors":[{"code":"TAG_INVALID"}]}' };
    await using immutable = await startFaultProxy(registry.host, ({ method, path }) => {
      if (method !== 'PUT' || !/\/manifests\/(?!sha256:)/.test(path)) return undefined;
      const turn = written.has(path) ? refused : undefined;
      written.add(path);
      return turn;
    });
    const image = `${immutable.host}/immutable/app`;
    const build = { ...inputs(), image, 'move-tags': 'false' };
    const first = await runner.start(bundle, build).done;
    const second = await runner.start(bundle, build).done;
    expect([...first.errors, ...second.errors]).toEqual([]);
    const copy = { ...inputs(), image: `${immutable.host}/immutable/live`, tags: 'one' };
    const step = await runner.start(bundle, { ...copy, from: second.outputs['image'] ?? '' }).done;
    expect(step.errors).toEqual([]);
    expect(step.outputs['tags']).toBe(`${copy.image}:one`);
  }, 60_000);

  it('takes the owner of a repository as GitHub spells it', async () => {
    const image = `${registry.host}/Octo/Shop`;
    const step = await runner.start(bundle, { ...inputs(), image, tags: 'one' }).done;
    expect(step.errors).toEqual([]);
    expect(step.outputs['tags']).toBe(`${registry.host}/octo/shop:one`);
    expect(step.log).toContain(`Images have names in lower case: ${registry.host}/octo/shop.`);
  }, 60_000);

  it.each([
    ['refs/heads/1.2.3', 'branch-1.2.3'],
    ['refs/heads/buildcache', 'branch-buildcache'],
    ['refs/heads/v1', 'branch-v1'],
  ])(
    'overwrites nothing by the name of %s',
    async (ref, tag) => {
      await using odd = await makeBuildRunner({ sha, ref });
      const image = `${registry.host}/reserved/app`;
      const step = await odd.start(bundle, { ...inputs(), image, tags: 'type=ref,event=branch' })
        .done;
      expect(step.errors).toEqual([]);
      expect(step.outputs['tags']).toBe(`${image}:${tag}`);
    },
    60_000,
  );

  it('promotes the same digest to another repository without a build', async () => {
    const image = `${registry.host}/team/app`;
    const built = await runner.start(bundle, { ...inputs(), image }).done;
    const target = `${registry.host}/live/app`;
    const step = await runner.start(bundle, {
      ...inputs(),
      image: target,
      from: built.outputs['image'] ?? '',
      tags: 'type=raw,value=stable',
    }).done;
    expect(step.errors).toEqual([]);
    expect(step.outputs['image']).toBe(`${target}@${built.outputs['digest']}`);
    expect(await tagsOf('live/app')).toContain('stable');

    const docker = await recordDocker(runner);
    const again = { ...inputs(), image: target, from: step.outputs['image'] ?? '', tags: 'live' };
    const moved = await runner.start(bundle, again, docker.env).done;
    expect(moved.outputs['tags']).toBe(`${target}:live`);
    expect(await docker.calls()).toEqual([]);
  }, 60_000);

  it('pushes the same bytes to two repositories at once', async () => {
    const names = [`${registry.host}/one/app`, `${registry.host}/two/app`];
    const step = await runner.start(bundle, { ...inputs(), image: names.join('\n'), tags: 'v' })
      .done;
    expect(step.errors).toEqual([]);
    expect(step.outputs['tags']).toBe(names.map((name) => `${name}:v`).join('\n'));
    expect(await tagsOf('one/app')).toContain('v');
    expect(await tagsOf('two/app')).toContain('v');
  }, 60_000);

  it('keeps latest on the highest stable version, and says so', async () => {
    const image = `${registry.host}/lib/app`;
    const release = async (version: string, tags = '') => {
      await using tagged = await makeBuildRunner({ sha, ref: `refs/tags/v${version}` });
      return await tagged.start(bundle, { ...inputs(), image, tags }).done;
    };
    const newer = await release('2.0.0');
    expect(newer.outputs['tags']).toContain(`${image}:latest`);

    const older = await release('1.9.1');
    expect(older.errors).toEqual([]);
    expect(older.outputs['tags']).not.toContain(':latest');
    expect(older.outputs['tags']).toContain(`${image}:1.9`);
    const why = 'latest stays, as 1.9.1 is older than 2.0.0 in the registry';
    expect(older.log).toContain(`${image}:latest was not moved: ${why}`);
    expect(older.log).toMatch(/pushed: .* tags point to it, 1 stays with a higher version\.$/m);
    expect(older.summary).toContain('### Tags that stay');

    const held = await release('1.9.2', 'latest');
    expect(held.errors).toEqual([]);
    expect(held.outputs).toMatchObject({ tags: '', version: 'latest' });
    expect(held.outputs['image']).toMatch(/@sha256:/);
    expect(held.log).toMatch(/no tag points to it: all of them stay with a higher version\.$/m);
    expect(held.summary).toMatch(/^## ✅ .* no tag moved$/m);
  }, 60_000);

  it('makes a tag of a branch whose name is none', async () => {
    await using odd = await makeBuildRunner({ sha, ref: 'refs/heads/Feature/X!' });
    const image = `${registry.host}/odd/app`;
    const step = await odd.start(bundle, { ...inputs(), image, tags: 'type=ref,event=branch' })
      .done;
    expect(step.errors).toEqual([]);
    expect(step.outputs['tags']).toBe(`${image}:Feature-X-`);
  }, 60_000);

  it('only builds with push: false, and asks no registry', async () => {
    const step = await runner.start(bundle, {
      ...defaults,
      image: `${registry.host}/tried/app`,
      push: 'false',
    }).done;
    expect(step.errors).toEqual([]);
    expect(step.outputs).toMatchObject({ image: '', digest: '', tags: '', version: 'main' });
    expect(await tagsOf('tried/app')).toEqual([]);
  }, 60_000);

  it('builds on a private base image with push: false', async () => {
    const image = `${registry.host}/private/base`;
    const base = await runner.start(bundle, { ...inputs(), image, tags: 'one' }).done;
    expect(base.errors).toEqual([]);
    await using trial = await makeBuildRunner(
      { sha },
      `FROM ${base.outputs['image']}\nCOPY files /\n`,
    );
    const step = await trial.start(bundle, {
      ...inputs(),
      image: `${registry.host}/tried/own`,
      push: 'false',
    }).done;
    expect(step.errors).toEqual([]);
    expect(step.outputs).toMatchObject({ image: '', tags: '' });
    expect(await leftovers(trial)).toEqual([]);
  }, 60_000);

  it('starts no credential helper of the job when the login is given', async () => {
    await using job = await makeBuildRunner();
    const folder = join(job.workspace, '../docker');
    const asked = join(folder, 'asked');
    await mkdir(folder);
    const plugins = join(process.env['HOME'] ?? '', '.docker/cli-plugins');
    if (existsSync(plugins)) await symlink(plugins, join(folder, 'cli-plugins'));
    const config = '{"credsStore":"store","credHelpers":{"docker.io":"store"}}';
    await writeFile(join(folder, 'config.json'), config);
    const store = `#!/bin/sh\ncat >>'${asked}'\necho >>'${asked}'\necho 'credentials not found in native keychain'\nexit 1\n`;
    await writeFile(join(folder, 'docker-credential-store'), store, { mode: 0o755 });
    const env = { DOCKER_CONFIG: folder, PATH: `${folder}:${job.env['PATH']}` };
    const image = `${registry.host}/store/app`;
    const step = await job.start(bundle, { ...inputs(), image, tags: 'one' }, env).done;
    expect(step.errors).toEqual([]);
    expect(await tagsOf('store/app')).toContain('one');
    expect(existsSync(asked)).toBe(false);
    expect(step.log).toContain("Docker's credential helpers are not used, as the login is given");
    expect(await readFile(join(folder, 'config.json'), 'utf8')).toBe(config);
  }, 60_000);

  it('refuses a wrong password as the build begins, with nothing shown of it, pushed or left', async () => {
    const step = await runner.start(bundle, {
      ...inputs(),
      image: `${registry.host}/denied/app`,
      'registry-password': 'wrong password',
    }).done;
    expect(step.code).toBe(1);
    expect(step.errors.map(({ title }) => title)).toEqual(['build-push: image/denied']);
    expect(step.log).not.toContain('[internal] load build definition');
    expect(await tagsOf('denied/app')).toEqual([]);
    expect(await leftovers(runner)).toEqual([]);
  }, 60_000);

  it('says which step of the Dockerfile failed', async () => {
    await using broken = await makeBuildRunner({}, 'FROM scratch\nCOPY missing.txt /\n');
    const step = await broken.start(bundle, { ...inputs(), image: `${registry.host}/broken/app` })
      .done;
    expect(step.errors.map(({ title }) => title)).toEqual(['build-push: build/failed']);
    expect(step.errors[0]?.text).toContain('missing.txt');
    expect(step.summary).toMatch(/^## ❌ /);
    expect(step.summary).toContain('> [1/1] COPY missing.txt /:');
    expect(await tagsOf('broken/app')).toEqual([]);
  }, 60_000);
});
