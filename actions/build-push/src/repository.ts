import { Failure } from '@slipway/shared/failure/failure';
import {
  formatReference,
  type ImageReference,
  repositoryName,
} from '@slipway/shared/image/reference';
import type { Manifest, Registry } from '@slipway/shared/image/registry';
import type { ComputedTag } from './tags/computed-tag.ts';
import { type HeldTag, keepHighest } from './tags/keep-highest.ts';

/** One repository to publish in. */
export interface Repository {
  reference: ImageReference;
  registry: Registry;
}

/** What became of one repository. */
export interface Published {
  /** `ghcr.io/owner/app` */
  name: string;
  /** Full tags that were moved, in order. */
  tags: string[];
  held: HeldTag[];
  platforms: string[];
}

/** A digest that was read back from a repository. */
export interface ReadBack {
  repository: Repository;
  manifest: Manifest;
  platforms: string[];
}

/**
 * Reads an image back from a repository by its digest: it is there, it is what was built, and it
 * has every platform that was asked for.
 */
export async function readBack(
  repository: Repository,
  digest: string,
  wanted: readonly string[],
): Promise<ReadBack> {
  const { registry, reference } = repository;
  const manifest = await registry.manifest(reference.repository, digest);
  const platforms = await registry.platforms(reference.repository, digest);
  for (const platform of wanted) {
    if (platforms.some((has) => has === platform || has.startsWith(`${platform}/`))) continue;
    throw Failure.of('image/platform', {
      image: formatReference({ ...reference, digest }),
      wanted: platform,
      has: platforms.join(', ') || 'none',
    });
  }
  return { repository, manifest, platforms };
}

/**
 * Moves the tags of one repository to a manifest that was read back, and reads each of them again.
 * Tags for the highest version stay where a higher one is there already.
 */
export async function moveTags(
  { repository, manifest, platforms }: ReadBack,
  wanted: readonly ComputedTag[],
): Promise<Published> {
  const { registry, reference } = repository;
  const path = reference.repository;
  const asksHighest = wanted.some(({ moves }) => moves === 'if-highest');
  const existing = asksHighest ? await registry.tags(path) : [];
  const { kept, held } = await keepHighest(wanted, existing);
  const name = repositoryName(reference);
  const tags: string[] = [];
  for (const { tag } of kept) {
    await registry.putTag(path, tag, manifest);
    const { digest } = await registry.resolve(path, tag);
    if (digest !== manifest.digest) {
      throw Failure.of('image/mismatch', {
        image: `${name}:${tag}`,
        wanted: manifest.digest,
        got: digest,
      });
    }
    tags.push(`${name}:${tag}`);
  }
  return { name, tags, held, platforms };
}
