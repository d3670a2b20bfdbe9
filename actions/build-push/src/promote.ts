import type { Environment } from '@slipway/shared/exec/environment';
import { Failure } from '@slipway/shared/failure/failure';
import {
  formatReference,
  type ImageReference,
  repositoryName,
} from '@slipway/shared/image/reference';
import { stagingTag } from './build-command.ts';
import { type BuildxTools, runBuildx } from './buildx.ts';
import type { Repository } from './registries.ts';

/**
 * Brings an existing image into every repository that does not have it, byte for byte.
 * @returns its digest
 * @throws Failure `image/not-found` before anything is changed when there is no such image
 */
export async function promote(
  { reference: from, registry: origin }: Repository,
  repositories: readonly Repository[],
  env: Environment,
  tools: BuildxTools,
): Promise<string> {
  const { digest } = await origin.resolve(from.repository, from.digest ?? from.tag ?? 'latest');
  // By its content: the same image is never brought twice under one tag.
  const staging = stagingTag(digest.replace(/^\w+:/, '').slice(0, 64));
  const missing: string[] = [];
  for (const { registry, reference } of repositories) {
    if (await has(() => registry.resolve(reference.repository, digest))) continue;
    missing.push('--tag', `${repositoryName(reference)}:${staging}`);
  }
  if (missing.length > 0) {
    const { registry, repository }: ImageReference = from;
    const image = formatReference({ registry, repository, digest });
    const args = ['buildx', 'imagetools', 'create', '--prefer-index=false', ...missing, image];
    await runBuildx(args, env, tools);
  }
  return digest;
}

async function has(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === 'image/not-found') return false;
    throw error;
  }
}
