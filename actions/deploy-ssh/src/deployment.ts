import type { Run } from '@slipway/shared/action/run';
import type { Target } from '@slipway/shared/deploy/target';
import { credentialsFor } from '@slipway/shared/identity/docker-login';
import type { Credentials } from '@slipway/shared/image/credentials';
import { dockerConfigFolder } from '@slipway/shared/image/docker-folder';
import { formatReference, type ImageReference } from '@slipway/shared/image/reference';
import { openRegistry } from '@slipway/shared/image/registry';
import { systemClock } from '@slipway/shared/time/clock';
import { type Change, composeTarget, type Plan } from './compose.ts';
import { openHost } from './connection.ts';
import type { manifest } from './manifest.ts';
import type { Settings } from './settings.ts';

/** A target that is ready to be deployed to. */
export interface Deployment {
  target: Target<Plan, Change>;
  close(): void;
}

/** Opens the key and resolves the image to a digest. The host has not been asked yet. */
export async function openDeployment(
  settings: Settings,
  composeFile: string,
  { env, github, commands, signal }: Run<typeof manifest>,
): Promise<Deployment> {
  const reference = settings.image;
  if (!reference) throw new Error('image was not checked');
  const address = settings.hosts[0];
  if (!address) throw new Error('hosts was not checked');
  // Before the registry is asked: a passphrase that does not fit is found at once.
  const host = await openHost(address, settings.key, settings['known-hosts'] ?? []);
  const login = loginOf(settings);
  const credentials = await credentialsFor(
    reference.registry,
    login,
    dockerConfigFolder(env),
    commands.info,
  );
  const image = await resolveImage(reference, credentials, signal);
  const owner = github.runUrl ? `${github.runUrl} (${github.actor})` : 'a run without an address';
  const target = composeTarget(
    {
      path: settings.path,
      source: settings.source,
      release: {
        composeFile,
        image: image.name,
        env: new Map([...(settings.env ?? []), ...(settings.secrets ?? [])]),
      },
      commit: github.sha,
      cancelled: signal,
      pull: login ? { registry: reference.registry, ...login } : undefined,
      health: healthOf(settings),
      expected: {
        status: settings['health-status'],
        ...(settings.expect === undefined ? {} : { text: settings.expect }),
      },
      keep: settings.keep,
      timeout: settings.timeout,
      lock: { owner, wait: settings['lock-timeout'] },
    },
    {
      host,
      clock: systemClock,
      fetch: globalThis.fetch,
      platforms: image.platforms,
      say: commands.info,
      quote: commands.quote,
    },
  );
  return { target, close: host.close };
}

function loginOf(settings: Settings): { username: string; password: string } | undefined {
  const [username, password] = [settings['registry-username'], settings['registry-password']];
  return username === undefined || password === undefined ? undefined : { username, password };
}

async function resolveImage(
  reference: ImageReference,
  credentials: Credentials | undefined,
  signal: AbortSignal,
): Promise<{ name: string; platforms: string[] }> {
  const { registry: host, repository, tag, digest } = reference;
  const registry = openRegistry(host, {
    fetch: globalThis.fetch,
    clock: systemClock,
    signal,
    ...(credentials ? { credentials } : {}),
  });
  const found = await registry.resolve(repository, digest ?? tag ?? 'latest');
  return {
    name: formatReference({ registry: host, repository, digest: found.digest }),
    platforms: await registry.platforms(repository, found.digest),
  };
}

function healthOf(settings: Settings): { url: URL } | { path: string } | undefined {
  if (settings['health-url']) return { url: settings['health-url'] };
  return settings['health-path'] ? { path: settings['health-path'] } : undefined;
}
