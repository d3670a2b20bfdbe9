import type { Environment } from '@slipway/shared/exec/environment';
import { httpFetch } from '@slipway/shared/http/fetch';
import { credentialsFor } from '@slipway/shared/identity/docker-login';
import { dockerConfigFolder } from '@slipway/shared/image/docker-folder';
import type { ImageReference } from '@slipway/shared/image/reference';
import { openRegistry, type Registry } from '@slipway/shared/image/registry';
import { systemClock } from '@slipway/shared/time/clock';

/** One repository to publish in. */
export interface Repository {
  reference: ImageReference;
  registry: Registry;
}

/** What speaking to registries needs. */
export interface RegistryTools {
  /** Names the Docker configuration that has the logins. */
  env: Environment;
  signal: AbortSignal;
  say(line: string): void;
}

/** Opens the registry of each image, once for each host; nothing is sent yet. */
export async function openRepositories(
  images: readonly ImageReference[],
  tools: RegistryTools,
): Promise<Repository[]> {
  const opened = new Map<string, Promise<Registry>>();
  return Promise.all(
    images.map(async (reference) => {
      const host = reference.registry;
      const registry = opened.get(host) ?? open(host, tools);
      opened.set(host, registry);
      return { reference, registry: await registry };
    }),
  );
}

async function open(host: string, { env, signal, say }: RegistryTools): Promise<Registry> {
  const credentials = await credentialsFor(host, undefined, dockerConfigFolder(env), say);
  const options = { fetch: httpFetch, clock: systemClock, signal };
  return openRegistry(host, credentials ? { ...options, credentials } : options);
}
