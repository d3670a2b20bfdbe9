import { mkdir, open, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@slipway/shared/failure/failure';
import { parseJson } from '@slipway/shared/http/json';
import { digestOf } from '@slipway/shared/image/digest';
import { imagesOf, type RunnableImage } from '@slipway/shared/image/images';
import {
  type Descriptor,
  type Manifest,
  platformOf,
  readManifest,
} from '@slipway/shared/image/manifest';
import type { LocalInput } from './local-input.ts';
import type { Subject } from './subject.ts';

const indexType = 'application/vnd.oci.image.index.v1+json';
/** As registries limit them; a layout is written by whoever built it. */
const longestManifest = 4 << 20;
const mostDepth = 4;

/**
 * Every image of a layout, or of the one that its input names: each in a layout of its own, as Trivy
 * would take the first image of an index and leave the others.
 * Source: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 * @param folder private folder
 * @throws Failure `image/not-found`, `image/mismatch`, `image/index`, `image/platform-twice`
 */
export async function layoutSubjects(
  { digest, path, shown }: LocalInput,
  folder: string,
): Promise<Subject[]> {
  const layout = new Layout(path, shown);
  const roots = digest === undefined ? await layout.roots() : [await layout.find(digest)];
  const images = new Map<string, RunnableImage>();
  for (const root of roots) {
    const found = await imagesOf(shown, root, layout);
    for (const image of found) images.set(image.manifest.digest, image);
  }
  if (images.size === 0) throw Failure.of('image/not-found', { image: shown });
  const all = [...images.values()];
  return Promise.all(
    all.map(async ({ manifest, platform }, index) => {
      const { digest } = manifest;
      const same = all.filter((one) => one.platform === platform).length > 1;
      const label = platform === undefined || same ? `${platform ?? 'image'} ${digest}` : platform;
      return {
        name: all.length === 1 ? shown : `${shown} (${label})`,
        args: ['image', '--input', await alone(path, manifest, join(folder, `layout-${index}`))],
        imageId: manifest.content.config.digest,
        repoDigest: undefined,
        platform,
        label,
      };
    }),
  );
}

class Layout {
  readonly #path: string;
  readonly #shown: string;

  constructor(path: string, shown: string) {
    this.#path = path;
    this.#shown = shown;
  }

  /** What its index.json lists; each is an image by a name of its own. */
  async roots(): Promise<Manifest[]> {
    const { content } = this.#read(await this.#bytes('index.json'), '', indexType);
    if (content.kind !== 'index') return [];
    const entries = content.manifests.filter((entry) => !entry.attestation);
    return Promise.all(entries.map((entry) => this.manifest(entry)));
  }

  /** A manifest or index, in whichever index it is. */
  async find(digest: string): Promise<Manifest> {
    let open = await this.roots();
    const seen = new Set<string>();
    for (let depth = 0; depth <= mostDepth && open.length > 0; depth += 1) {
      const found = open.find((one) => one.digest === digest);
      if (found) return found;
      const inner = new Map(
        open.flatMap(({ content }) =>
          content.kind === 'index' ? content.manifests.map((one) => [one.digest, one]) : [],
        ),
      );
      open = [];
      for (const [each, entry] of inner) {
        if (!seen.has(each)) open.push(await this.manifest(entry));
        seen.add(each);
      }
    }
    throw Failure.of('image/not-found', { image: this.#shown });
  }

  async manifest({ digest, mediaType }: Descriptor): Promise<Manifest> {
    return this.#read(await this.#blob(digest), digest, mediaType);
  }

  async platform({ content }: RunnableImage['manifest']): Promise<string | undefined> {
    const config = await this.#blob(content.config.digest);
    return platformOf(parseJson(new TextDecoder().decode(config)));
  }

  async #blob(digest: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.#bytes(join('blobs', ...digest.split(':')));
    const got = await digestOf(bytes, digest);
    if (got === digest) return bytes;
    throw Failure.of('image/mismatch', { image: `${this.#shown}@${digest}`, wanted: digest, got });
  }

  #read(bytes: Uint8Array<ArrayBuffer>, digest: string, mediaType: string): Manifest {
    const read = readManifest(bytes, mediaType);
    if (read) return { digest, size: bytes.length, bytes, ...read };
    const wrong = `has an entry ${digest || 'index.json'} that is no ${mediaType}`;
    throw Failure.of('image/index', { image: this.#shown, wrong });
  }

  async #bytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
    try {
      await using file = await open(join(this.#path, name));
      const { size } = await file.stat();
      if (size > longestManifest)
        throw new Error(`${name} is longer than ${longestManifest} bytes`);
      return new Uint8Array(await file.readFile());
    } catch (error) {
      throw Failure.of('image/not-found', { image: this.#shown }, error);
    }
  }
}

/** A layout with one image, whose blobs stay where they are. @returns its path */
async function alone(
  layout: string,
  { digest, mediaType, size }: Descriptor,
  folder: string,
): Promise<string> {
  await mkdir(folder);
  await symlink(join(layout, 'blobs'), join(folder, 'blobs'), 'junction');
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const manifests = [{ mediaType, digest, size }];
  const index = { schemaVersion: 2, mediaType: indexType, manifests };
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
  return folder;
}
