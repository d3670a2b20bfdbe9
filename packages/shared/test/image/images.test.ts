import { describe, expect, it } from '@jest/globals';
import { imagesOf } from '../../src/image/images.ts';
import type { ImageManifest, Manifest } from '../../src/image/manifest.ts';
import { readManifest } from '../../src/image/manifest.ts';

const oci = (kind: string) => `application/vnd.oci.image.${kind}.v1+json`;
const attestation = {
  platform: 'unknown/unknown',
  annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
};
type Entry = {
  of: string;
  platform?: string;
  version?: string;
  type?: string;
  annotations?: Record<string, string>;
};
/** What is in a registry: an index by its entries, an image by the platform of its config. */
type World = Record<string, readonly Entry[] | string>;

const digestOf = (name: string) => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}`;

function manifestOf(world: World, name: string): Manifest {
  const what = world[name] ?? [];
  const mediaType = oci(typeof what === 'string' ? 'manifest' : 'index');
  const config = { mediaType: oci('config'), digest: digestOf(`config of ${name}`), size: 2 };
  const document =
    typeof what === 'string'
      ? { schemaVersion: 2, mediaType, config, layers: [] }
      : {
          schemaVersion: 2,
          mediaType,
          manifests: what.map(({ annotations, of, platform, type, version }) => {
            const [os, architecture, variant] = platform?.split('/') ?? [];
            const kind = typeof world[of] === 'string' ? 'manifest' : 'index';
            return {
              mediaType: type ?? oci(kind),
              digest: digestOf(of),
              size: 2,
              ...(platform && { platform: { os, architecture, variant, 'os.version': version } }),
              ...(annotations && { annotations }),
            };
          }),
        };
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  const read = readManifest(bytes, mediaType);
  if (!read) throw new Error(`${name} cannot be read`);
  return { digest: digestOf(name), size: bytes.length, bytes, ...read };
}

async function look(world: World): Promise<string[]> {
  const names = new Map(Object.keys(world).map((name) => [digestOf(name), name]));
  const images = await imagesOf('ghcr.io/acme/app@sha256:1', manifestOf(world, 'top'), {
    manifest: async ({ digest }) => manifestOf(world, names.get(digest) ?? ''),
    platform: async ({ digest }: ImageManifest) => String(world[names.get(digest) ?? '']),
  });
  return images.map(({ manifest, platform }) => `${names.get(manifest.digest)} ${platform}`);
}

describe('the images that an engine could run', () => {
  const both = { amd: 'linux/amd64', arm: 'linux/arm64' };
  const amd = { of: 'amd', platform: 'linux/amd64' };
  const arm = { of: 'arm', platform: 'linux/arm64' };

  it.each<[string, World, string[]]>([
    ['an image', { top: 'linux/amd64' }, ['top linux/amd64']],
    ['an index', { ...both, top: [amd, arm] }, ['amd linux/amd64', 'arm linux/arm64']],
    [
      'an index with an attestation',
      { ...both, proof: 'unknown/unknown', top: [amd, { of: 'proof', ...attestation }] },
      ['amd linux/amd64'],
    ],
    [
      'an image that is annotated as an attestation',
      { ...both, top: [amd, { ...arm, annotations: attestation.annotations }] },
      ['amd linux/amd64', 'arm linux/arm64'],
    ],
    [
      'an entry without platform, by the config of the image',
      { ...both, top: [amd, { of: 'arm' }] },
      ['amd linux/amd64', 'arm linux/arm64'],
    ],
    [
      'an index in an index',
      { ...both, inner: [arm], top: [amd, { of: 'inner' }] },
      ['amd linux/amd64', 'arm linux/arm64'],
    ],
    [
      'two variants',
      { ...both, top: [amd, { of: 'arm', platform: 'linux/amd64/v2' }] },
      ['amd linux/amd64', 'arm linux/amd64/v2'],
    ],
    [
      'two versions of Windows',
      {
        ...both,
        top: [
          { of: 'amd', platform: 'windows/amd64', version: '10.0.17763.1' },
          { of: 'arm', platform: 'windows/amd64', version: '10.0.20348.1' },
        ],
      },
      ['amd windows/amd64', 'arm windows/amd64'],
    ],
    ['an empty index', { top: [] }, []],
  ])('of %s', async (_, world, found) => {
    expect(await look(world)).toEqual(found);
  });

  it.each<[string, Entry, Entry]>([
    ['the same spelling', amd, { ...arm, platform: 'linux/amd64' }],
    ['another spelling', amd, { ...arm, platform: 'linux/x86_64' }],
    ['a variant that goes without saying', { ...amd, platform: 'linux/arm64/v8' }, arm],
    [
      'an annotation',
      amd,
      { of: 'arm', platform: 'linux/amd64', ...{ annotations: attestation.annotations } },
    ],
    ['no word in the index', amd, { of: 'twin' }],
    ['an index in between', amd, { of: 'inner' }],
  ])('are not to be told where a platform is there twice: %s', async (_, one, other) => {
    const world = { ...both, twin: 'linux/amd64', inner: [{ of: 'twin' }], top: [one, other] };
    await expect(look(world)).rejects.toMatchObject({
      code: 'image/platform-twice',
      message: expect.stringMatching(/^ghcr\.io\/acme\/app@sha256:1 has linux\/\w+ twice: sha256:/),
    });
  });

  it.each<[string, World, string]>([
    ['that lies about a type', { ...both, top: [{ ...amd, type: oci('index') }] }, 'says that'],
    [
      'that is too deep',
      {
        ...both,
        a: [{ of: 'b' }],
        b: [{ of: 'c' }],
        c: [{ of: 'd' }],
        d: [amd],
        top: [{ of: 'a' }],
      },
      'more than 4 deep',
    ],
    [
      'that is too long',
      {
        ...both,
        inner: [],
        middle: Array.from({ length: 400 }, () => ({ of: 'inner' })),
        top: [amd, { of: 'middle' }, { of: 'middle' }],
      },
      'more than 500 entries',
    ],
  ])('are not looked for in an index %s', async (_, world, said) => {
    await expect(look(world)).rejects.toMatchObject({
      code: 'image/index',
      message: expect.stringContaining(said),
    });
  });
});
