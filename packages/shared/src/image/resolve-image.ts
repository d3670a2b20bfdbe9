import { Failure, messageOf } from '../failure/failure.ts';
import type { Fetch } from '../http/fetch.ts';
import type { Clock } from '../time/clock.ts';
import { deadline } from '../time/deadline.ts';
import type { RegistryAuth } from './credentials.ts';
import { formatReference, type ImageReference } from './reference.ts';
import { openRegistry, type Registry } from './registry.ts';

/** An image that a deploy names by its content. */
export interface ResolvedImage {
  /** `name@sha256:…`, without a tag. */
  name: string;
  digest: string;
  /**
   * What it runs on, `linux/amd64`; empty when the registry did not tell. {@link checkPlatform} then
   * has nothing to compare.
   */
  platforms: readonly string[];
}

/** What an image is resolved with. */
export interface ImageResolution {
  fetch: Fetch;
  clock: Clock;
  signal: AbortSignal;
  /** Finds the credentials of this registry; undefined for an anonymous request. */
  credentials(registry: string): Promise<RegistryAuth | undefined>;
  /** A line for the log. */
  say(line: string): void;
}

/** Longest time to ask for what is not needed, in milliseconds. */
const courtesy = 10_000;

/**
 * Resolves an image to its digest, and reads its platforms.
 *
 * A tag needs the registry. A digest does not: the platform that pulls may reach a registry that the
 * runner cannot, with credentials that the runner does not have. So its platforms are read when the
 * registry answers soon, and a refusal is only said: the pull decides.
 * @throws Failure of a tag: `image/denied`, `image/not-found`, `image/rejected`, `image/registry`,
 *   `image/mismatch`, `image/insecure`; the signal's reason when aborted
 */
export async function resolveImage(
  reference: ImageReference,
  resolution: ImageResolution,
): Promise<ResolvedImage> {
  const { repository, tag = 'latest', digest } = reference;
  if (digest !== undefined) {
    return {
      name: nameOf(reference, digest),
      digest,
      platforms: await platformsIfTold(reference, digest, resolution),
    };
  }
  const registry = await open(reference, resolution, resolution.signal);
  const found = await registry.resolve(repository, tag);
  return {
    name: nameOf(reference, found.digest),
    digest: found.digest,
    platforms: await registry.platforms(repository, found.digest),
  };
}

/**
 * Compares the platforms of an image with the one that is to run it.
 * @param wanted `linux/amd64`; empty when it is not known
 * @throws Failure `image/platform`; never when one of the two is not known
 */
export function checkPlatform({ name, platforms }: ResolvedImage, wanted: string): void {
  const matches = platforms.some(
    (platform) => platform === wanted || platform.startsWith(`${wanted}/`),
  );
  if (platforms.length === 0 || wanted === '' || matches) return;
  throw Failure.of('image/platform', { image: name, wanted, has: platforms.join(', ') });
}

async function platformsIfTold(
  reference: ImageReference,
  digest: string,
  resolution: ImageResolution,
): Promise<string[]> {
  const { clock, signal, say } = resolution;
  try {
    return await deadline(clock, courtesy, signal, async (within) => {
      const registry = await open(reference, resolution, within);
      return registry.platforms(reference.repository, digest);
    });
  } catch (error) {
    signal.throwIfAborted();
    say(
      `The platform of ${nameOf(reference, digest)} is not checked, as the registry did not tell it to the runner: ${messageOf(error)} A digest does not need that: the pull decides.`,
    );
    return [];
  }
}

async function open(
  { registry }: ImageReference,
  { fetch, clock, credentials }: ImageResolution,
  signal: AbortSignal,
): Promise<Registry> {
  const login = await credentials(registry);
  return openRegistry(registry, { fetch, clock, signal, ...(login && { credentials: login }) });
}

function nameOf({ registry, repository }: ImageReference, digest: string): string {
  return formatReference({ registry, repository, digest });
}
