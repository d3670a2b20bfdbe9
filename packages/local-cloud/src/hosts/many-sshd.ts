import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { startProgram } from '../program.ts';
import { find } from '../registry.ts';
import { allSettled } from './all-settled.ts';
import { freePorts } from './free-ports.ts';
import { greets } from './greeting.ts';
import { makeKeyPair } from './keys.ts';

/** Many light hosts; disposing of them ends their servers. */
export interface ManySshd extends AsyncDisposable {
  all: readonly LightHost[];
  /** Their addresses, one a line. */
  addresses: string;
  /** Their pinned keys, one a line. */
  knownHosts: string;
  /** The key that logs in on each. */
  privateKey: string;
  /** A folder that is another one on each host. */
  path: string;
}

/** An OpenSSH server on loopback, run by the user that runs this. */
export interface LightHost {
  /** `user@127.0.0.1:port` */
  address: string;
  port: number;
  knownHosts: string;
  /** Where {@link ManySshd.path} of this host is, seen from outside. */
  folder: string;
}

/**
 * Starts OpenSSH servers that share this machine's files, but each with its own host key, home and
 * `path`: for that each is in a mount namespace of its own. One server cannot play many hosts, as
 * OpenSSH listens on at most 16 sockets (MAX_LISTEN_SOCKS in sshd.c).
 * @throws when this is not run by root, to whom mount namespaces are reserved
 */
export async function manySshd(count: number): Promise<ManySshd> {
  if (process.getuid?.() !== 0) throw new Error('manySshd has to be run by root');
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-many-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'path');
  await Promise.all([mkdir(path), mkdir('/run/sshd', { recursive: true, mode: 0o755 })]);
  const login = await makeKeyPair(join(folder, 'login'));
  const ports = await freePorts(count);
  const all = await allSettled(
    ports.map(async (port, index) => {
      const own = join(folder, `host-${index + 1}`);
      const host = await prepare(own, port, `${folder}/login.pub`);
      started.use(await startIn(own, path, port));
      return host;
    }),
  );
  const kept = started.move();
  return {
    all,
    addresses: all.map(({ address }) => address).join('\n'),
    knownHosts: all.map(({ knownHosts }) => knownHosts).join('\n'),
    privateKey: login.privateKey,
    path,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Writes what a server needs into its folder `own`. */
async function prepare(own: string, port: number, login: string): Promise<LightHost> {
  await mkdir(join(own, 'path'), { recursive: true });
  await mkdir(join(own, 'home'));
  const { publicKey } = await makeKeyPair(join(own, 'host_key'));
  await writeFile(
    join(own, 'sshd_config'),
    `ListenAddress 127.0.0.1
Port ${port}
HostKey ${own}/host_key
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AuthorizedKeysFile ${login}
PrintMotd no
SetEnv HOME=${own}/home PATH=${process.env['PATH'] ?? '/usr/bin:/bin'}
`,
  );
  return {
    address: `${userInfo().username}@127.0.0.1:${port}`,
    port,
    knownHosts: `[127.0.0.1]:${port} ${publicKey}`,
    folder: join(own, 'path'),
  };
}

/** Starts a server that sees its own folder at `path`. */
function startIn(own: string, path: string, port: number): Promise<AsyncDisposable> {
  // Every program here becomes the next one, so ending the first ends sshd.
  const script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
  const sshd = [find(['sshd']), '-D', '-e', '-f', join(own, 'sshd_config')];
  return startProgram(
    'unshare',
    ['--mount', 'sh', '-c', script, 'sh', join(own, 'path'), path, ...sshd],
    () => greets(port),
  );
}
