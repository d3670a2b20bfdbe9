import { mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Blob, describeBlob, jsonBlob } from '../../../packages/local-cloud/src/oci/blob.ts';
import { makeImage } from '../../../packages/local-cloud/src/oci/image.ts';
import { saveLayout } from '../../../packages/local-cloud/src/oci/save.ts';
import { layoutSubjects } from '../src/subject/layout.ts';
import { failureOf } from './sample.ts';

const indexType = 'application/vnd.oci.image.index.v1+json';
const one = await makeImage([{ createdBy: 'COPY', files: { a: 'a' } }], {});
const other = await makeImage([{ createdBy: 'COPY', files: { b: 'b' } }], {});
const index = (...entries: Array<[Blob, string | undefined]>) =>
  jsonBlob(indexType, {
    schemaVersion: 2,
    mediaType: indexType,
    manifests: entries.map(([blob, platform]) => {
      const [os, architecture, variant] = platform?.split('/') ?? [];
      return {
        ...describeBlob(blob),
        ...(platform && { platform: { os, architecture, variant } }),
      };
    }),
  });
const digestOf = (blob: Blob) => describeBlob(blob).digest;

describe('the images of a layout', () => {
  let path = '';
  let folder = '';
  beforeEach(async () => {
    const temp = await mkdtemp(join(await realpath(tmpdir()), 'slipway-layout-'));
    path = join(temp, 'layout');
    folder = temp;
  });
  const write = (...indexes: readonly [Blob, ...Blob[]]) => {
    const [manifest, ...inner] = indexes;
    const images = [one, other].flatMap((image) => [image.manifest, ...image.blobs]);
    return saveLayout(path, { manifest, blobs: [...inner, ...images] }, '1.0');
  };
  const find = async (digest?: string) =>
    layoutSubjects(
      { kind: 'layout', path, digest, shown: 'layout' },
      await mkdtemp(join(folder, 'private-')),
    );

  it('are all of an index, each alone in a layout that Trivy has no choice in', async () => {
    await write(index([one.manifest, 'linux/amd64'], [other.manifest, 'linux/arm64']));
    const found = await find();
    expect(found.map(({ label }) => label)).toEqual(['linux/amd64', 'linux/arm64']);
    for (const [at, image] of [one, other].entries()) {
      const { args = [], imageId } = found[at] ?? {};
      expect(imageId).toBe(image.blobs[0] && digestOf(image.blobs[0]));
      const alone = args.at(-1) ?? '';
      const written = JSON.parse(await readFile(join(alone, 'index.json'), 'utf8'));
      expect(written.manifests).toEqual([describeBlob(image.manifest)]);
      const blob = join(alone, 'blobs', digestOf(image.manifest).replace(':', '/'));
      expect(await readFile(blob)).toEqual(image.manifest.bytes);
    }
  });

  it('are those of an index within, also when one is asked for', async () => {
    const inner = index([other.manifest, 'linux/arm64']);
    await write(index([one.manifest, 'linux/amd64'], [inner, undefined]), inner);
    expect((await find()).map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    for (const digest of [digestOf(inner), digestOf(other.manifest)]) {
      expect((await find(digest)).map(({ name }) => name)).toEqual(['layout']);
    }
  });

  it.each<[string, () => Promise<void>, string | undefined, string]>([
    [
      'a platform twice',
      () => write(index([one.manifest, 'linux/amd64'], [other.manifest, 'linux/amd64/v1'])),
      undefined,
      'image/platform-twice',
    ],
    ['nothing in it', () => write(index()), undefined, 'image/not-found'],
    ['no such image', () => write(one.manifest), `sha256:${'0'.repeat(64)}`, 'image/not-found'],
    [
      'other bytes than its digest says',
      async () => {
        await write(one.manifest);
        const blob = join(path, 'blobs', digestOf(one.manifest).replace(':', '/'));
        await writeFile(blob, other.manifest.bytes);
      },
      undefined,
      'image/mismatch',
    ],
    [
      'a manifest without end',
      async () => {
        await write(one.manifest);
        await writeFile(join(path, 'index.json'), ' '.repeat(5 << 20));
      },
      undefined,
      'image/not-found',
    ],
  ])('are not guessed: %s', async (_, make, digest, code) => {
    await make();
    expect((await failureOf(() => find(digest))).code).toBe(code);
  });
});
