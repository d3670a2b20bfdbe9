import { Failure } from '@slipway/shared/failure/failure';
import {
  formatReference,
  type ImageReference,
  repositoryName,
} from '@slipway/shared/image/reference';
import type { Manifest, Registry } from '@slipway/shared/image/registry';
import type { Subject } from './subject.ts';

/**
 * An image in a registry, by digest: a tag is resolved, and of an index the image of one platform is
 * taken, so that Trivy has nothing to choose.
 * @param platform `linux/arm64`; undefined: that of the runner, or the only one there is
 * @throws Failure `image/*`
 */
export async function registryImage(
  reference: ImageReference,
  platform: string | undefined,
  registry: Registry,
): Promise<Subject> {
  const { repository } = reference;
  const found = await registry.manifest(repository, reference.digest ?? reference.tag ?? 'latest');
  const name = `${repositoryName(reference)}@${found.digest}`;
  const chosen = await choose(name, found, platform, (digest) =>
    registry.manifest(repository, digest),
  );
  const { content, digest } = chosen.manifest;
  if (content.kind !== 'image') {
    throw Failure.of('image/platform', { image: name, wanted: 'image', has: 'another index' });
  }
  const has = chosen.platform ?? (await registry.platforms(repository, digest))[0];
  if (platform && has !== undefined && !isPlatform(has, platform)) {
    throw Failure.of('image/platform', { image: name, wanted: platform, has });
  }
  const target = formatReference({ ...reference, digest });
  const plain = target.replace(/:[^:/@]+(?=@)/, '');
  return {
    name,
    repository: repositoryName(reference),
    args: ['image', '--image-src', 'remote', plain],
    imageId: content.config.digest,
    repoDigest: plain,
    platform: has,
    others: chosen.others,
  };
}

async function choose(
  image: string,
  found: Manifest,
  wanted: string | undefined,
  fetch: (digest: string) => Promise<Manifest>,
): Promise<{ manifest: Manifest; platform?: string; others: string[] }> {
  if (found.content.kind === 'image') return { manifest: found, others: [] };
  const entries = found.content.manifests.flatMap(({ attestation, digest, platform }) =>
    attestation || platform === undefined ? [] : [{ digest, platform }],
  );
  const one =
    entries.find(({ platform }) => isPlatform(platform, wanted ?? runnerPlatform())) ??
    (wanted === undefined && entries.length === 1 ? entries[0] : undefined);
  const platforms = entries.map(({ platform }) => platform);
  if (!one) {
    const has = platforms.join(', ') || 'none';
    throw Failure.of('image/platform', { image, wanted: wanted ?? runnerPlatform(), has });
  }
  return {
    manifest: await fetch(one.digest),
    platform: one.platform,
    others: platforms.filter((platform) => platform !== one.platform),
  };
}

function isPlatform(has: string, wanted: string): boolean {
  return has === wanted || has.startsWith(`${wanted}/`);
}

function runnerPlatform(): string {
  return `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;
}
