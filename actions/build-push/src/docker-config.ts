import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '@slipway/shared/action/github';
import { dockerConfigFolder } from '@slipway/shared/image/docker-folder';

/** A user name and a password for one registry host. */
export interface RegistryLogin {
  registry: string;
  username: string;
  password: string;
}

/**
 * A Docker configuration of our own with the logins in it, beside everything that the job's own
 * one has; disposing of it removes it. The job's own is never written to, so no login outlives
 * this step.
 */
export async function ownDockerConfig(
  env: Environment,
  logins: readonly RegistryLogin[],
): Promise<AsyncDisposable & { env: Environment }> {
  const theirs = dockerConfigFolder(env);
  const folder = await mkdtemp(join(env['RUNNER_TEMP'] || tmpdir(), 'slipway-docker-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const config = { ...(await readConfig(theirs)) };
    // A credentials store would win over what is in the file, and is a program that we do not start.
    delete config['credsStore'];
    config['auths'] = { ...objectOf(config['auths']), ...Object.fromEntries(logins.map(entryOf)) };
    config['credHelpers'] = Object.fromEntries(
      Object.entries(objectOf(config['credHelpers'])).filter(
        ([host]) => !logins.some(({ registry }) => registry === host),
      ),
    );
    await writeFile(join(folder, 'config.json'), JSON.stringify(config), { mode: 0o600 });
    for (const part of ['cli-plugins', 'contexts', 'trust']) {
      if (await exists(join(theirs, part))) await symlink(join(theirs, part), join(folder, part));
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    env: {
      ...env,
      DOCKER_CONFIG: folder,
      BUILDX_CONFIG: env['BUILDX_CONFIG'] || join(theirs, 'buildx'),
    },
    [Symbol.asyncDispose]: remove,
  };
}

function entryOf({ registry, username, password }: RegistryLogin): [string, { auth: string }] {
  const host = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
  return [host, { auth: Buffer.from(`${username}:${password}`).toString('base64') }];
}

async function readConfig(folder: string): Promise<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')));
  } catch {
    // None, or one that Docker itself would warn about.
    return {};
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
