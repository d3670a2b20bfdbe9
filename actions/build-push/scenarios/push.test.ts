import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import type { Runner } from '../../../packages/local-cloud/src/runner.ts';
import { bundle, defaults, leftovers, makeBuildRunner } from './world.ts';

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
  const tagsOf = async (repository: string): Promise<string[]> => {
    const response = await fetch(`http://${registry.host}/v2/${repository}/tags/list`, {
      headers: { authorization: auth },
    });
    const body: { tags?: string[] } = await response.json().then((json) => Object(json));
    return (body.tags ?? []).sort();
  };

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
    expect(await tagsOf('team/app')).toEqual(
      ['main', 'sha-860c190', `sha-${sha}`, 'slipway-staging'].sort(),
    );
    expect(step.outputs['tags']?.split('\n')).toContain(`${image}:main`);
    expect(await leftovers(runner)).toEqual([]);
  }, 60_000);

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

  it('keeps latest on the highest stable version', async () => {
    const image = `${registry.host}/lib/app`;
    const release = async (version: string) => {
      await using tagged = await makeBuildRunner({ sha, ref: `refs/tags/v${version}` });
      return await tagged.start(bundle, { ...inputs(), image }).done;
    };
    const newer = await release('2.0.0');
    expect(newer.outputs['tags']).toContain(`${image}:latest`);
    const older = await release('1.9.1');
    expect(older.code).toBe(0);
    expect(older.outputs['tags']).not.toContain(':latest');
    expect(older.outputs['tags']).toContain(`${image}:1.9`);
    expect(older.summary).toContain('latest');
  }, 60_000);

  it('refuses a wrong password before it builds, with nothing pushed or left', async () => {
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
    expect(await tagsOf('broken/app')).toEqual([]);
  }, 60_000);
});
