import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistryAuth } from '@slipway/shared/image/credentials';

/** A folder that only this user can look into; disposing of it removes it. */
export async function privateFolder(temp: string): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(temp, 'slipway-trivy-'));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** Leaves a login for one registry where Trivy looks for it: in a file, not in its arguments. */
export async function writeDockerConfig(
  folder: string,
  registry: string,
  credentials: RegistryAuth,
): Promise<void> {
  const key = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
  const entry =
    'identityToken' in credentials
      ? { auth: base64('<token>:'), identitytoken: credentials.identityToken }
      : { auth: base64(`${credentials.username}:${credentials.password}`) };
  const config = JSON.stringify({ auths: { [key]: entry } });
  await writeFile(join(folder, 'config.json'), config, { mode: 0o600 });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
