import { Failure } from '../failure/failure.ts';
import type { Descriptor, ImageManifest, IndexEntry, Manifest } from './manifest.ts';
import { normalPlatform } from './platform.ts';

/** An image that an engine could run, out of an index or by itself. */
export interface RunnableImage {
  manifest: ImageManifest;
  /** As the index or the image's config spells it; undefined where neither does. */
  platform: string | undefined;
}

/** Where the parts of an index are read. */
export interface ManifestSource {
  /** Its bytes are checked against the digest. */
  manifest(entry: Descriptor): Promise<Manifest>;
  /** The platform that the config of an image names. */
  platform(image: ImageManifest): Promise<string | undefined>;
}

const mostImages = 200;
const mostManifests = 500;
const mostDepth = 4;

/**
 * Every image that an engine could run when it is given this one: all of an index and of the indexes
 * in it, without attestations.
 * @param name for failures: `ghcr.io/acme/app@sha256:…`
 * @throws Failure `image/platform-twice`, as engines differ in which of two they take; `image/index`;
 *   what the source throws
 */
export async function imagesOf(
  name: string,
  top: Manifest,
  source: ManifestSource,
): Promise<RunnableImage[]> {
  const found: RunnableImage[] = [];
  const seen = new Map<string, string>();
  let read = 0;

  function refuse(wrong: string): never {
    throw Failure.of('image/index', { image: name, wrong });
  }

  function once(digest: string, platform: string | undefined, version: string): void {
    if (platform === undefined) return;
    const key = `${normalPlatform(platform)} ${version}`;
    const other = seen.get(key);
    if (other !== undefined) {
      throw Failure.of('image/platform-twice', {
        image: name,
        platform,
        one: other,
        other: digest,
      });
    }
    seen.set(key, digest);
  }

  async function take(
    manifest: Manifest,
    entry: Partial<IndexEntry>,
    depth: number,
  ): Promise<void> {
    const { content, digest, mediaType } = manifest;
    // An engine believes the type in the index, so the manifest must have the same one.
    if (entry.mediaType !== undefined && entry.mediaType !== mediaType) {
      refuse(`says that ${digest} is ${entry.mediaType}, and it is ${mediaType}`);
    }
    if (content.kind === 'image') {
      if (found.length === mostImages) refuse(`has more than ${mostImages} images`);
      const image = { ...manifest, content };
      const platform = entry.platform ?? (await source.platform(image));
      once(digest, platform, entry.version ?? '');
      found.push({ manifest: image, platform });
      return;
    }
    if (depth === mostDepth) refuse(`has indexes within indexes, more than ${mostDepth} deep`);
    for (const one of content.manifests) {
      read += 1;
      if (read > mostManifests) refuse(`has more than ${mostManifests} entries`);
      if (!one.attestation) await take(await source.manifest(one), one, depth + 1);
    }
  }

  await take(top, {}, 0);
  return found;
}
