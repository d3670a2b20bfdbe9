import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutEnd } from '../action/plain-text.ts';
import { field, parseJson, textField } from '../http/json.ts';
import type { RegistryAuth } from './credentials.ts';

/** What `docker login` left for a registry. At most one of the three is there. */
export interface DockerLogin {
  credentials?: RegistryAuth;
  /** The program that keeps the credentials, `docker-credential-<helper>`; it is never started. */
  helper?: string;
  /** Why the file could not be used; never has text of the file in it. */
  problem?: string;
}

/**
 * Looks up the login for a registry in Docker's `config.json`.
 * Source: https://docs.docker.com/reference/cli/docker/login/ and the docker/cli config package.
 * @param directory folder of `config.json`, usually `DOCKER_CONFIG` or `~/.docker`
 * @param registry host of an image reference, `ghcr.io`, `docker.io`
 * @returns an empty answer when there is no file or no login in it; never throws
 */
export async function dockerConfigCredentials(
  directory: string,
  registry: string,
): Promise<DockerLogin> {
  const path = join(directory, 'config.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = textField(error, 'code');
    return code === 'ENOENT' ? {} : { problem: `${path} cannot be read (${code ?? 'unknown'})` };
  }
  const config = parseJson(text);
  if (typeof config !== 'object' || config === null) return { problem: `${path} is not JSON` };

  const keys = keysOf(registry);
  const auths = Object.entries(field(config, 'auths') ?? {});
  for (const matches of [
    (key: string) => keys.includes(key),
    (key: string) => keys.includes(hostOf(key)),
  ]) {
    for (const [key, entry] of auths) {
      const credentials = matches(key) ? credentialsOf(entry) : undefined;
      if (credentials) return { credentials };
    }
  }
  const helpers = Object.entries(field(config, 'credHelpers') ?? {});
  const [, own] = helpers.find(([key]) => keys.includes(key) || keys.includes(hostOf(key))) ?? [];
  const helper = typeof own === 'string' ? own : textField(config, 'credsStore');
  return helper ? { helper } : {};
}

// Docker Hub's login is kept under the address of an API that is long gone.
function keysOf(registry: string): string[] {
  return registry === 'docker.io'
    ? ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', 'registry-1.docker.io']
    : [registry];
}

function hostOf(key: string): string {
  const [host = ''] = key.replace(/^https?:\/\//, '').split('/');
  return host.toLowerCase();
}

function credentialsOf(entry: unknown): RegistryAuth | undefined {
  const identityToken = textField(entry, 'identitytoken');
  if (identityToken) return { identityToken };
  const login = Buffer.from(textField(entry, 'auth') ?? '', 'base64').toString();
  const colon = login.indexOf(':');
  // Docker pads the text with NUL bytes on some platforms.
  if (colon > 0) {
    return {
      username: login.slice(0, colon),
      password: withoutEnd(login.slice(colon + 1), '\0'),
    };
  }
  const [username, password] = [textField(entry, 'username'), textField(entry, 'password')];
  return username && password ? { username, password } : undefined;
}
