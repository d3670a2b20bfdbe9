import { Failure } from '@slipway/shared/failure/failure';
import { repositoryName } from '@slipway/shared/image/reference';
import type { Manifest } from '@slipway/shared/image/registry';
import type { ReadBack } from './read-back.ts';
import type { Repository } from './registries.ts';
import type { ComputedTag } from './tags/computed-tag.ts';
import { type HeldTag, keepHighest } from './tags/keep-highest.ts';

/** What became of the tags of one repository. */
export interface Published {
  /** `ghcr.io/owner/app` */
  name: string;
  platforms: string[];
  /** Full tags that point to the image now, in order; each was read again. */
  tags: string[];
  /** Tags that stay where they are. */
  held: HeldTag[];
  /** Full tags that were wanted and not reached; empty without a failure. */
  missed: string[];
  failure?: Failure;
}

/** A repository that has the image, and whose tags stay where they are. */
export function untagged({ repository, platforms }: ReadBack): Published {
  return { name: repositoryName(repository.reference), platforms, tags: [], held: [], missed: [] };
}

/**
 * Moves the tags of one repository to an image that was read back, one after the other, and reads
 * each of them again. Tags for the highest version stay where a higher one is there already. What
 * goes wrong ends it and is part of the result: people must know which tags moved.
 */
export async function moveTags(
  { repository, manifest, platforms }: ReadBack,
  wanted: readonly ComputedTag[],
  say: (line: string) => void,
): Promise<Published> {
  const { reference, registry } = repository;
  const published = untagged({ repository, manifest, platforms });
  const { name } = published;
  const open = wanted.map(({ tag }) => tag);
  try {
    const asksHighest = wanted.some(({ moves }) => moves === 'if-highest');
    const { kept, held } = await keepHighest(
      wanted,
      asksHighest ? await registry.tags(reference.repository) : [],
    );
    published.held = held;
    for (const { tag, why } of held) {
      say(`${name}:${tag} was not moved: ${why}`);
      open.splice(open.indexOf(tag), 1);
    }
    for (const { tag } of kept) {
      await move(repository, tag, manifest);
      open.shift();
      published.tags.push(`${name}:${tag}`);
      say(`${name}:${tag} points to ${manifest.digest}`);
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    published.failure = error;
    published.missed = open.map((tag) => `${name}:${tag}`);
  }
  return published;
}

async function move(
  { reference, registry }: Repository,
  tag: string,
  manifest: Manifest,
): Promise<void> {
  const path = reference.repository;
  let refusal: Failure | undefined;
  try {
    await registry.putTag(path, tag, manifest);
  } catch (error) {
    // An immutable tag refuses to be put again where it is already, which a job that runs again does.
    if (!(error instanceof Failure && error.code === 'image/rejected')) throw error;
    refusal = error;
  }
  const { digest } = await registry.resolve(path, tag).catch((error: unknown) => {
    throw refusal ?? error;
  });
  if (digest === manifest.digest) return;
  const image = `${repositoryName(reference)}:${tag}`;
  throw refusal ?? Failure.of('image/mismatch', { image, wanted: manifest.digest, got: digest });
}
