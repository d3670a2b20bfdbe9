import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment } from '@slipway/shared/exec/environment';
import { dockerConfigFolder } from '@slipway/shared/image/docker-folder';

/** A user name and a password for one registry host. */
export interface Login {
  registry: string;
  username: string;
  password: string;
}

/** What counts of the job's configuration: the engine, the way to it, and logins in plain text. */
const kept = ['auths', 'cliPluginsExtraDirs', 'currentContext', 'proxies'];

/**
 * A Docker configuration of our own with the logins in it; disposing of it removes it. The job's own
 * is never written to, so no login outlives this step. Of that one only {@link kept} counts: on a
 * machine that other jobs use, a credential helper, a plugin hook or an alias may be anybody's, and
 * would get to run. Without logins it is the job's own.
 * @param say hears of what does not count
 */
export async function ownDockerConfig(
  env: Environment,
  logins: readonly Login[],
  say: (line: string) => void,
): Promise<AsyncDisposable & { env: Environment }> {
  if (logins.length === 0) return { env, [Symbol.asyncDispose]: async () => undefined };
  const theirs = resolve(dockerConfigFolder(env));
  const folder = await mkdtemp(join(env['RUNNER_TEMP'] || tmpdir(), 'slipway-docker-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const all = await readConfig(theirs);
    const config = Object.fromEntries(Object.entries(all).filter(([key]) => kept.includes(key)));
    config['auths'] = { ...objectOf(config['auths']), ...Object.fromEntries(logins.map(entryOf)) };
    if ('credsStore' in all || 'credHelpers' in all) {
      say(
        "Docker's credential helpers are not used, as the login is given; for another registry run `docker login` without one",
      );
    }
    await writeFile(join(folder, 'config.json'), JSON.stringify(config), { mode: 0o600 });
    for (const part of ['cli-plugins', 'contexts', 'trust']) {
      if (await exists(join(theirs, part))) {
        // On Windows a junction needs no privilege; elsewhere the type means nothing.
        await symlink(join(theirs, part), join(folder, part), 'junction');
      }
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

function entryOf(login: Login): [string, { auth: string }] {
  const pair = `${login.username}:${login.password}`;
  return [hostKey(login), { auth: Buffer.from(pair).toString('base64') }];
}

function hostKey({ registry }: Login): string {
  return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
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
