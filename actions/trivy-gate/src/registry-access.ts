import { httpFetch } from '@slipway/shared/http/fetch';
import { credentialsFor } from '@slipway/shared/identity/docker-login';
import { registryLogin } from '@slipway/shared/identity/login';
import { givenForRegistries } from '@slipway/shared/identity/registry-inputs';
import type { RegistryAuth } from '@slipway/shared/image/credentials';
import { dockerConfigFolder } from '@slipway/shared/image/docker-folder';
import { openRegistry, type Registry } from '@slipway/shared/image/registry';
import { systemClock } from '@slipway/shared/time/clock';
import type { ActionRun, Settings } from './settings.ts';

/** Opens registries with the logins of the inputs and of the job's Docker. */
export interface RegistryAccess {
  credentials(host: string): Promise<RegistryAuth | undefined>;
  open(host: string, budget?: number): Promise<Registry>;
}

/** The logins of the inputs are for the registry of `image` alone. */
export function registryAccess(
  settings: Settings,
  { commands, env, signal }: Pick<ActionRun, 'commands' | 'env' | 'signal'>,
): RegistryAccess {
  const held = new Map<string, Promise<RegistryAuth | undefined>>();
  const context = { env, fetch: httpFetch, clock: systemClock, mask: commands.mask, signal };

  async function find(host: string): Promise<RegistryAuth | undefined> {
    const mine = host === settings.image?.registry;
    const given = mine
      ? await registryLogin(host, givenForRegistries(settings), context)
      : undefined;
    return credentialsFor(host, given, dockerConfigFolder(env), commands.info);
  }

  function credentials(host: string): Promise<RegistryAuth | undefined> {
    const known = held.get(host) ?? find(host);
    held.set(host, known);
    return known;
  }

  return {
    credentials,
    async open(host, budget) {
      const found = await credentials(host);
      return openRegistry(host, {
        fetch: httpFetch,
        clock: systemClock,
        signal,
        ...(found && { credentials: found }),
        ...(budget !== undefined && { budget }),
      });
    },
  };
}
