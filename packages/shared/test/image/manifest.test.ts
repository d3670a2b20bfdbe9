import { describe, expect, it } from '@jest/globals';
import { bareType, platformOf, readManifest } from '../../src/image/manifest.ts';
import { grantedActions } from '../../src/image/token.ts';
import { types } from './fake-registry.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const part = { mediaType: 'application/x', digest, size: 3 };
const image = { schemaVersion: 2, config: part, layers: [part, part] };
const read = (content: unknown, type: string) => {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return readManifest(Buffer.from(text), type);
};

describe('readManifest', () => {
  it.each([types.manifest, types.dockerManifest])('reads an image of type %s', (type) => {
    const content = { kind: 'image', config: part, layers: [part, part] };
    expect(read(image, type)).toStrictEqual({ mediaType: type, content });
    expect(read({ ...image, mediaType: type }, type)).toStrictEqual({ mediaType: type, content });
    expect(read({ ...image, mediaType: type }, 'text/plain')).toStrictEqual({
      mediaType: type,
      content,
    });
  });

  it.each([types.index, types.dockerList])('reads an index of type %s', (type) => {
    const manifests = [
      { ...part, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      {
        ...part,
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
      },
      part,
    ];
    expect(read({ schemaVersion: 2, manifests }, type)?.content).toStrictEqual({
      kind: 'index',
      manifests: [
        { ...part, platform: 'linux/arm64/v8', version: undefined, attestation: false },
        { ...part, platform: undefined, version: undefined, attestation: true },
        { ...part, platform: undefined, version: undefined, attestation: false },
      ],
    });
  });

  it.each([
    ['a platform', { os: 'linux', architecture: 'amd64' }],
    ['no platform', undefined],
    ['half a platform', { os: 'unknown', architecture: 'amd64' }],
  ])('takes no image with %s for an attestation, whatever its annotation says', (_, platform) => {
    const annotations = { 'vnd.docker.reference.type': 'attestation-manifest' };
    const entry = { ...part, annotations, ...(platform && { platform }) };
    expect(read({ schemaVersion: 2, manifests: [entry] }, types.index)?.content).toMatchObject({
      manifests: [{ attestation: false }],
    });
  });

  it.each([
    ['text', 'no JSON', types.manifest],
    ['a list', [], types.manifest],
    ['an image without config', { layers: [] }, types.manifest],
    ['a config without digest', { ...image, config: { ...part, digest: 'x' } }, types.manifest],
    ['a broken layer', { ...image, layers: [part, {}] }, types.manifest],
    ['no type', image, 'application/json'],
    ['a type of Object', { ...image, mediaType: 'constructor' }, ''],
    ['an image sold as an index', { ...image, mediaType: types.manifest }, types.index],
    ['schema 1', image, 'application/vnd.docker.distribution.manifest.v1+prettyjws'],
  ])('refuses %s', (_, content, type) => {
    expect(read(content, type)).toBeUndefined();
  });
});

it.each([
  ['application/json; charset=utf-8', 'application/json'],
  ['Application/JSON', 'application/json'],
  [null, ''],
])('bareType(%j) is %j', (header, type) => {
  expect(bareType(header)).toBe(type);
});

it.each([
  [{ os: 'linux', architecture: 'amd64' }, 'linux/amd64'],
  [{ os: 'linux', architecture: 'arm', variant: 'v7' }, 'linux/arm/v7'],
  [{ os: 'windows', architecture: 'amd64', 'os.version': '10.0.1' }, 'windows/amd64'],
  [{ os: 'unknown', architecture: 'unknown' }, undefined],
  [{ os: 'linux' }, undefined],
  [undefined, undefined],
])('platformOf(%j) is %j', (value, platform) => {
  expect(platformOf(value)).toBe(platform);
});

describe('grantedActions', () => {
  const jwt = (payload: object) =>
    `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.sig`;
  const entry = (name: string, actions: unknown) => ({ type: 'repository', name, actions });

  it.each<[string, string, string[] | undefined]>([
    ['everything', jwt({ access: [entry('acme/app', ['pull', 'push'])] }), ['pull', 'push']],
    ['a part', jwt({ access: [entry('acme/app', ['pull'])] }), ['pull']],
    ['another repository', jwt({ access: [entry('acme/other', ['push'])] }), []],
    ['nothing', jwt({ access: [] }), []],
    ['no claim', jwt({ sub: 'me' }), undefined],
    ['a claim of another shape', jwt({ access: [{ Name: 'acme/app' }] }), undefined],
    ['actions of another shape', jwt({ access: [entry('acme/app', 'push')] }), undefined],
    ['an opaque token', 'djE6YWNtZQ==', undefined],
  ])('%s', (_, token, actions) => {
    expect(grantedActions(token, 'acme/app')).toStrictEqual(actions && new Set(actions));
  });
});
