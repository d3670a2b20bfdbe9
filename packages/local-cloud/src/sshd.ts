import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startProgram } from './program.ts';
import { find } from './registry.ts';

const run = promisify(execFile);

/** A real OpenSSH server on loopback with its own host key, its own home and one key that may log in. */
export interface LocalSshd extends AsyncDisposable {
  port: number;
  user: string;
  /** `user@127.0.0.1:port` */
  address: string;
  /** The pinned line for `known-hosts`. */
  knownHosts: string;
  privateKey: string;
  /** Home folder of the session, a temporary one. */
  home: string;
  /** Folder for files that last as long as the server. */
  folder: string;
  /** What it has logged so far. */
  log(): string;
}

/**
 * Starts sshd for the user that runs this; nothing of the machine's own SSH set-up is read or changed.
 * @param config more lines of sshd_config; of what is said twice, the first counts
 */
export async function startSshd(config = ''): Promise<LocalSshd> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-sshd-'));
  const home = join(folder, 'home');
  await mkdir(join(home, '.docker'), { recursive: true, mode: 0o700 });
  // Compose may be installed for this user only.
  await symlink(join(homedir(), '.docker/cli-plugins'), join(home, '.docker/cli-plugins'));
  const hostKey = join(folder, 'host_key');
  const userKey = join(folder, 'user_key');
  for (const file of [hostKey, userKey]) {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'slipway', '-f', file]);
  }
  const port = await freePort();
  const user = userInfo().username;
  const configFile = join(folder, 'sshd_config');
  await writeFile(
    configFile,
    `${config}
ListenAddress 127.0.0.1
Port ${port}
HostKey ${hostKey}
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AuthorizedKeysFile ${userKey}.pub
MaxStartups 100
PrintMotd no
SetEnv HOME=${home} PATH=${process.env['PATH'] ?? '/usr/bin:/bin'}
`,
  );
  // Where sshd runs as root it wants this empty folder for its unprivileged half.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const program = await startProgram(find(['sshd']), ['-D', '-e', '-f', configFile], () =>
    listens(port),
  );
  const publicKey = (await readFile(`${hostKey}.pub`, 'utf8')).trim();
  return {
    port,
    user,
    address: `${user}@127.0.0.1:${port}`,
    knownHosts: `[127.0.0.1]:${port} ${publicKey.split(' ').slice(0, 2).join(' ')}`,
    privateKey: await readFile(userKey, 'utf8'),
    home,
    folder,
    log: program.printed,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
