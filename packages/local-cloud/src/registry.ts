import { accessSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort, startProgram } from './program.ts';

/** A real registry (distribution) on loopback, with its storage in a temporary folder. */
export interface LocalRegistry extends AsyncDisposable {
  /** `127.0.0.1:port` */
  host: string;
}

/**
 * Starts a registry; with `login` it wants exactly this user and password.
 * @param storage folder that outlives it; none: everything is gone with the registry
 */
export async function startRegistry(
  login?: { username: string; password: string },
  storage?: string,
): Promise<LocalRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-registry-'));
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  let auth = '';
  if (login) {
    const { hash } = await import('bcryptjs');
    const file = join(folder, 'htpasswd');
    await writeFile(file, `${login.username}:${await hash(login.password, 5)}\n`);
    auth = `auth:\n  htpasswd:\n    realm: slipway\n    path: ${file}\n`;
  }
  const config = join(folder, 'config.yml');
  await writeFile(
    config,
    `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage:
  filesystem: { rootdirectory: ${storage ?? join(folder, 'data')} }
  delete: { enabled: true }
http: { addr: '${host}' }
${auth}`,
  );
  const program = await startProgram(find(['registry', 'docker-registry']), ['serve', config], () =>
    fetch(`http://${host}/v2/`).then(
      () => true,
      () => false,
    ),
  );
  return {
    host,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Storage in the cache, for registries that get images on top of the base image: that is pushed
 * once, not in every run.
 */
export function keptStorage(): string {
  return join(process.env['SLIPWAY_CACHE'] ?? join(homedir(), '.cache/slipway'), 'registry');
}

/** Path of the first of these programs that is on PATH. */
export function find(names: readonly string[]): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      try {
        accessSync(path);
        return path;
      } catch {
        // Not in this folder.
      }
    }
  }
  throw new Error(`${names.join(' or ')} is not installed; run \`scripts/setup\``);
}
