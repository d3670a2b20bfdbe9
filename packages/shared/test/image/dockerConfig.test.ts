import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DockerLogin, dockerConfigCredentials } from '../../src/image/docker-config.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'docker-config-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function login(config: unknown, registry: string): Promise<DockerLogin> {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  await writeFile(join(directory, 'config.json'), text);
  return dockerConfigCredentials(directory, registry);
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const auth = base64('me:s3:cret');
const me = { credentials: { username: 'me', password: 's3:cret' } };

describe('dockerConfigCredentials', () => {
  it.each<[string, unknown, string, DockerLogin]>([
    ['its host', { auths: { 'ghcr.io': { auth } } }, 'ghcr.io', me],
    ['its port', { auths: { 'localhost:5000': { auth } } }, 'localhost:5000', me],
    ['another port', { auths: { 'localhost:5001': { auth } } }, 'localhost:5000', {}],
    ['a scheme', { auths: { 'https://ghcr.io': { auth } } }, 'ghcr.io', me],
    ['scheme and path', { auths: { 'https://ghcr.io/v2/': { auth } } }, 'ghcr.io', me],
    ['a path', { auths: { 'ghcr.io/acme': { auth } } }, 'ghcr.io', me],
    ['upper case', { auths: { 'GHCR.io': { auth } } }, 'ghcr.io', me],
    ['a longer host', { auths: { 'ghcr.io.example.com': { auth } } }, 'ghcr.io', {}],
    ['Docker Hub', { auths: { 'https://index.docker.io/v1/': { auth } } }, 'docker.io', me],
    ['Docker Hub by name', { auths: { 'docker.io': { auth } } }, 'docker.io', me],
    [
      'the exact host before one with a path',
      { auths: { 'ghcr.io/acme': { auth: base64('other:x') }, 'ghcr.io': { auth } } },
      'ghcr.io',
      me,
    ],
    [
      'a password with UTF-8',
      { auths: { 'ghcr.io': { auth: base64('me:pässword') } } },
      'ghcr.io',
      { credentials: { username: 'me', password: 'pässword' } },
    ],
    [
      'a padded password',
      { auths: { 'ghcr.io': { auth: base64('me:pw\0\0') } } },
      'ghcr.io',
      { credentials: { username: 'me', password: 'pw' } },
    ],
    [
      'an identity token',
      { auths: { 'acme.azurecr.io': { auth: base64('0000:'), identitytoken: 'tok' } } },
      'acme.azurecr.io',
      { credentials: { identityToken: 'tok' } },
    ],
    [
      'plain fields',
      { auths: { 'ghcr.io': { username: 'me', password: 's3:cret' } } },
      'ghcr.io',
      me,
    ],
    ['auth that is no login', { auths: { 'ghcr.io': { auth: base64('nothing') } } }, 'ghcr.io', {}],
    ['auth of a wrong type', { auths: { 'ghcr.io': { auth: 7 } } }, 'ghcr.io', {}],
    ['no login', { auths: {} }, 'ghcr.io', {}],
    ['auths of a wrong type', { auths: 'x' }, 'ghcr.io', {}],
    ['nothing', {}, 'ghcr.io', {}],
    [
      'a store',
      { auths: { 'ghcr.io': {} }, credsStore: 'desktop' },
      'ghcr.io',
      { helper: 'desktop' },
    ],
    [
      'a helper',
      { credHelpers: { 'ghcr.io': 'gh' }, credsStore: 'x' },
      'ghcr.io',
      { helper: 'gh' },
    ],
    ['a helper of another', { credHelpers: { 'gcr.io': 'gcloud' } }, 'ghcr.io', {}],
    [
      'a login beside a store',
      { auths: { 'ghcr.io': { auth } }, credsStore: 'desktop' },
      'ghcr.io',
      me,
    ],
  ])('%s', async (_, config, registry, wanted) => {
    expect(await login(config, registry)).toStrictEqual(wanted);
  });

  it('is empty without a file', async () => {
    expect(await dockerConfigCredentials(join(directory, 'none'), 'ghcr.io')).toStrictEqual({});
  });

  it.each(['{"auths": {"ghcr.io": {"auth": "aHVudGVyMg"', '7', ''])(
    'tells of a file that is no JSON object, without its text: %s',
    async (text) => {
      const { problem, ...rest } = await login(text, 'ghcr.io');
      expect(problem).toBe(`${join(directory, 'config.json')} is not JSON`);
      expect(rest).toStrictEqual({});
    },
  );

  it('tells of a file that cannot be read', async () => {
    const path = join(directory, 'config.json');
    await writeFile(path, '');
    expect(await dockerConfigCredentials(path, 'ghcr.io')).toStrictEqual({
      problem: `${join(path, 'config.json')} cannot be read (ENOTDIR)`,
    });
  });
});
