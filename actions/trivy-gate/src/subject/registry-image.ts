import { Failure } from '@slipway/shared/failure/failure';
import { matchesOf } from '@slipway/shared/image/platform';
import {
  formatReference,
  type ImageReference,
  repositoryName,
} from '@slipway/shared/image/reference';
import type { Registry, RunnableImage } from '@slipway/shared/image/registry';
import type { ScanTarget, Subject } from './subject.ts';

/**
 * What a reference in a registry stands for, by digest: a tag is resolved, and an index is all the
 * images in it, so that neither Trivy nor an engine has anything to choose.
 * @param platform `linux/arm64`: only that one
 * @throws Failure `image/*`
 */
export async function registryTarget(
  reference: ImageReference,
  platform: string | undefined,
  registry: Registry,
): Promise<ScanTarget> {
  const repository = repositoryName(reference);
  const wanted = reference.digest ?? reference.tag ?? 'latest';
  const top = await registry.manifest(reference.repository, wanted);
  const name = `${repository}@${top.digest}`;
  const all = await registry.images(reference.repository, top);
  const taken = choose(name, all, platform);
  return {
    name,
    repository,
    subjects: taken.map((image) => subjectOf(reference, image)),
    others: all.filter((one) => !taken.includes(one)).map((one) => one.platform ?? '(none)'),
  };
}

function choose(
  image: string,
  all: readonly RunnableImage[],
  platform: string | undefined,
): readonly RunnableImage[] {
  const has = all.map((one) => one.platform ?? '(none)').join(', ') || 'none';
  if (platform === undefined) {
    if (all.length > 0) return all;
    throw Failure.of('image/platform', { image, wanted: 'image', has });
  }
  const found = matchesOf(all, platform, (one) => one.platform);
  if (found.length === 1) return found;
  const wanted = found.length > 1 ? `${platform} without a variant` : platform;
  throw Failure.of('image/platform', { image, wanted, has });
}

function subjectOf(
  { registry, repository }: ImageReference,
  { manifest, platform }: RunnableImage,
): Subject {
  const name = formatReference({ registry, repository, digest: manifest.digest });
  return {
    name,
    args: ['image', '--image-src', 'remote', name],
    imageId: manifest.content.config.digest,
    repoDigest: name,
    platform,
    label: platform ?? manifest.digest,
  };
}
