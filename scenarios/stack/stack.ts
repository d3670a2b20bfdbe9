import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { freePorts } from '../../packages/local-cloud/src/hosts/free-ports.ts';

export const app = join(import.meta.dirname, '../../example-app');

/** What a command printed, and how it ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** The stack of the example app in a folder and a Compose project of its own, not yet started. */
export interface Stack extends AsyncDisposable {
  folder: string;
  /** Where the parts listen on loopback. */
  ports: Readonly<Record<'web' | 'nginx' | 'prometheus' | 'alertmanager', number>>;
  /** `make` as a user calls it, and what it printed. */
  make(...args: string[]): Promise<Ended>;
  /** `docker compose` in the folder; throws when it fails. */
  compose(...args: string[]): Promise<string>;
  /** `docker compose` in the folder, which may fail. */
  tryCompose(args: readonly string[], env?: Record<string, string>): Promise<Ended>;
}

/** What stands in for the pinned images, from Debian's packages (scripts/setup hosts). */
export const standIns = {
  POSTGRES_IMAGE: 'slipway-postgres',
  REDIS_IMAGE: 'slipway-redis',
  PROMETHEUS_IMAGE: 'slipway-prometheus',
  ALERTMANAGER_IMAGE: 'slipway-alertmanager',
  NGINX_IMAGE: 'slipway-nginx',
};

/** Copies what a user has of the example app, with images that can be had and ports that are free. */
export async function copyStack(): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-stack-'));
  const left = ['node_modules', 'test', '.env', 'secrets', 'backups'];
  await cp(app, folder, {
    recursive: true,
    filter: (path) => !left.includes(relative(app, path).split('/')[0] ?? ''),
  });
  // What the bind mounts bring is read by users of containers.
  await run(['chmod', '-R', 'go+rX', folder]);
  const [web = 0, tls = 0, nginx = 0, prometheus = 0, alertmanager = 0] = await freePorts(5);
  const project = `slipway-stack-${process.pid}`;
  const env = {
    ...standIns,
    COMPOSE_PROJECT_NAME: project,
    COMPOSE_PROFILES: 'data,monitoring,proxy',
    IMAGE: project,
    PORT: String(web),
    PROXY_PORT: String(nginx),
    PROXY_TLS_PORT: String(tls),
    PROMETHEUS_PORT: String(prometheus),
    ALERTMANAGER_PORT: String(alertmanager),
  };
  const tryCompose: Stack['tryCompose'] = (args, more = {}) =>
    run(['docker', 'compose', '--profile', '*', ...args], folder, { ...env, ...more });
  return {
    folder,
    ports: { web, nginx, prometheus, alertmanager },
    make: (...args) => run(['make', '--no-print-directory', ...args], folder, env),
    async compose(...args) {
      const { code, stdout, stderr } = await tryCompose(args);
      if (code !== 0) throw new Error(`docker compose ${args.join(' ')}: ${stderr}`);
      return stdout;
    },
    tryCompose,
    async [Symbol.asyncDispose]() {
      await tryCompose(['down', '--volumes', '--remove-orphans', '--timeout', '1']);
      await run(['docker', 'image', 'rm', '--force', project]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function run(
  [command = '', ...args]: readonly string[],
  cwd?: string,
  env: Record<string, string> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(command, args, options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? 1, stdout, stderr }),
    );
  });
}

/** Asks until it is given something; rejects after so many milliseconds, with what it saw last. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  ms = 45_000,
): Promise<T> {
  const end = Date.now() + ms;
  let seen: unknown;
  while (Date.now() < end) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      seen = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what}: not within ${ms} ms`, { cause: seen });
}
