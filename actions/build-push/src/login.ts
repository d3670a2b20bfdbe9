import type { Run } from '@slipway/shared/action/run';
import { httpFetch } from '@slipway/shared/http/fetch';
import { awsIdentityFor, type RegistryLogin, registryLogin } from '@slipway/shared/identity/login';
import { givenForRegistries } from '@slipway/shared/identity/registry-inputs';
import { systemClock } from '@slipway/shared/time/clock';
import type { Login } from './docker-config.ts';
import type { manifest } from './manifest.ts';
import { hostsOf, type Settings } from './settings.ts';

/**
 * Logs in to every registry that an input is about, and makes the repositories there where that was
 * asked for.
 * @throws Failure `identity/*`
 */
export async function logIn(settings: Settings, run: Run<typeof manifest>): Promise<Login[]> {
  const { env, commands, signal } = run;
  const context = { env, fetch: httpFetch, clock: systemClock, mask: commands.mask, signal };
  const logins = new Map<string, RegistryLogin>();
  const hosts = hostsOf(settings.image);
  const inputs = givenForRegistries(settings);
  const awsIdentity = awsIdentityFor(hosts, inputs, context);
  for (const host of hosts) {
    const login = await registryLogin(host, { ...inputs, awsIdentity }, context);
    if (login) logins.set(host, login);
  }
  if (settings['create-repository'] && settings.push) {
    for (const { registry, repository } of settings.image) {
      const done = await logins
        .get(registry)
        ?.createRepository?.(repository, settings['repository-settings']);
      if (done?.made !== 'created') continue;
      commands.info(`created the repository ${registry}/${repository}`);
      const { withoutPolicy } = done;
      if (withoutPolicy) {
        commands.warning(
          `${withoutPolicy.message} ${withoutPolicy.remedy}`,
          `${repository} has no lifecycle policy`,
        );
      }
    }
  }
  return [...logins].map(([registry, { username, password }]) => ({
    registry,
    username,
    password,
  }));
}
