import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allSettled } from './all-settled.ts';
import { docker } from './docker.ts';
import { engineOptions, removeProjects } from './engine.ts';
import { freePorts } from './free-ports.ts';
import { execIn, type Host } from './host.ts';
import { makeKeyPair } from './keys.ts';
import { startHost } from './start-host.ts';

/** Hosts that were started together; disposing of them removes them and what ran on them. */
export interface Hosts extends AsyncDisposable {
  all: readonly Host[];
  /** Their addresses, one a line. */
  addresses: string;
  /** Their pinned keys, one a line. */
  knownHosts: string;
  /** The key that logs in on each. */
  privateKey: string;
}

export interface HostsOptions {
  /** The machine's image; `slipway-host-django` has Debian's Django and what goes with it as well. */
  image?: 'slipway-host' | 'slipway-host-django';
  /**
   * Whether the hosts have Docker: this machine's engine, and so this machine's network. Such hosts
   * share their ports and their Compose projects, so that only one can have a given deployment.
   */
  engine?: boolean;
}

/**
 * Starts hosts side by side, each a container; all have started up when this resolves.
 * @throws when their image is missing, which `scripts/setup hosts` makes, or one does not start
 */
export async function startHosts(count: number, options: HostsOptions = {}): Promise<Hosts> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-hosts-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  const [login, engine, ports] = await Promise.all([
    makeKeyPair(join(folder, 'login')),
    options.engine ? engineOptions() : undefined,
    freePorts(options.engine ? count * 2 : 0),
  ]);
  const name = `slipway-host-${randomBytes(4).toString('hex')}`;
  const containers = Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
  started.defer(() => removeHosts(containers, folder));
  if (engine) started.defer(() => removeProjects(folder));
  const all = await allSettled(
    containers.map((container, index) => {
      const [ssh = 0, web = 0] = ports.slice(index * 2);
      const given = engine && { options: engine, ssh, web };
      const { image = 'slipway-host' } = options;
      return startHost({ container, image, shared: join(folder, container) }, login, given);
    }),
  );
  const kept = started.move();
  return {
    all,
    addresses: all.map(({ address }) => address).join('\n'),
    knownHosts: all.map(({ knownHosts }) => knownHosts).join('\n'),
    privateKey: login.privateKey,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function removeHosts(containers: readonly string[], folder: string): Promise<void> {
  // What users of the hosts left in the shared folders, only root can remove.
  if (process.getuid?.() !== 0) {
    await Promise.allSettled(
      containers.map((container) =>
        execIn(container, ['find', join(folder, container), '-mindepth', '1', '-delete']),
      ),
    );
  }
  await docker(['rm', '--force', '--volumes', ...containers]);
}
