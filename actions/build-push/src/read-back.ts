import { Failure } from '@slipway/shared/failure/failure';
import { formatReference } from '@slipway/shared/image/reference';
import type { Manifest } from '@slipway/shared/image/registry';
import type { Repository } from './registries.ts';

/** An image that was read back from a repository by its digest. */
export interface ReadBack {
  repository: Repository;
  manifest: Manifest;
  /** `linux/amd64`, `linux/arm/v7` */
  platforms: string[];
}

/**
 * Reads an image back from a repository by its digest: it is there, it is what was built, and it
 * has every platform that was asked for.
 * @param wanted platforms as a registry names them
 * @throws Failure `image/platform`, and those of the registry
 */
export async function readBack(
  repository: Repository,
  digest: string,
  wanted: readonly string[],
): Promise<ReadBack> {
  const { registry, reference } = repository;
  const [manifest, platforms] = await Promise.all([
    registry.manifest(reference.repository, digest),
    registry.platforms(reference.repository, digest),
  ]);
  for (const platform of wanted) {
    if (platforms.includes(platform)) continue;
    throw Failure.of('image/platform', {
      image: formatReference({ ...reference, digest }),
      wanted: platform,
      has: platforms.join(', ') || 'none',
    });
  }
  return { repository, manifest, platforms };
}
