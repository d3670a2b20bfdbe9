import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Logs in as a user would, with OpenSSH and strict host keys, and runs a command.
 * @param address `user@127.0.0.1:port`
 */
export async function login(
  { address, knownHosts, privateKey }: { address: string; knownHosts: string; privateKey: string },
  command: string,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-login-'));
  try {
    await writeFile(join(folder, 'key'), privateKey, { mode: 0o600 });
    await writeFile(join(folder, 'known_hosts'), `${knownHosts}\n`);
    const options = [
      ...['-F', 'none', '-i', join(folder, 'key'), '-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR'],
      ...[
        '-o',
        `UserKnownHostsFile=${join(folder, 'known_hosts')}`,
        '-o',
        'StrictHostKeyChecking=yes',
      ],
    ];
    const { stdout } = await run('ssh', [...options, `ssh://${address}`, command]);
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
