import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { docker } from './docker.ts';
import { greets } from './greeting.ts';
import { execIn, type Host } from './host.ts';
import { type KeyPair, makeKeyPair } from './keys.ts';

/** What a host with an engine is given: options of `docker run`, and its ports on this machine. */
export interface Engine {
  options: readonly string[];
  ssh: number;
  web: number;
}

/** What a host is made of. */
export interface Machine {
  container: string;
  image: string;
  /** Its folder of {@link Host.folder}, which is made. */
  shared: string;
}

/**
 * Starts one host and waits until it has started up.
 * @param login the key that may log in
 */
export async function startHost(
  { container, image, shared }: Machine,
  login: KeyPair,
  engine: Engine | undefined,
): Promise<Host> {
  const given = `${shared}-given`;
  await Promise.all([mkdir(shared), mkdir(given)]);
  const [{ publicKey }] = await Promise.all([
    makeKeyPair(join(given, 'host_key')),
    writeFile(join(given, 'authorized_keys'), `${login.publicKey}\n`),
    writeFile(
      join(given, 'sshd.conf'),
      engine ? `ListenAddress 127.0.0.1\nPort ${engine.ssh}\n` : '',
    ),
  ]);
  await docker([
    ...['run', '--detach', '--pull', 'never', '--name', container, '--hostname', container],
    // What systemd needs to be the first process: mounts, control groups of its own, and to see its
    // children in /proc, for units with both PrivateUsers and ProtectProc.
    ...[
      '--cap-add',
      'SYS_ADMIN',
      '--cap-add',
      'SYS_PTRACE',
      '--cgroupns',
      'private',
      '--tmpfs',
      '/run',
      '--tmpfs',
      '/run/lock',
    ],
    ...['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'],
    ...['--volume', `${given}:/mnt/given:ro`, '--volume', `${shared}:${shared}`],
    ...(engine?.options ?? ['--publish', '127.0.0.1::22', '--publish', '127.0.0.1::80']),
    ...[`${image}:latest`, 'start', shared],
  ]);
  const { ip, ssh, web } = engine ? { ip: '127.0.0.1', ...engine } : await look(container);
  await startedUp(container, ssh);
  return {
    container,
    user: 'deploy',
    port: ssh,
    address: `deploy@127.0.0.1:${ssh}`,
    knownHosts: `[127.0.0.1]:${ssh} ${publicKey}`,
    privateKey: login.privateKey,
    inside: { ip, ssh: engine?.ssh ?? 22, web: engine?.web ?? 80 },
    web,
    folder: shared,
    exec: (args, options) => execIn(container, args, options),
  };
}

/** Address and ports that the engine gave a container. */
async function look(container: string): Promise<{ ip: string; ssh: number; web: number }> {
  const format = `{{with .NetworkSettings}}["{{.IPAddress}}"
    {{- range $port := (split "22/tcp 80/tcp" " ")}}, {{(index (index $.NetworkSettings.Ports $port) 0).HostPort}}{{end}}]{{end}}`;
  const [ip, ssh, web]: [string, number, number] = JSON.parse(
    await docker(['inspect', '--format', format, container]),
  );
  return { ip, ssh, web };
}

/** sshd is the last that starts in the image. */
async function startedUp(container: string, port: number): Promise<void> {
  for (let end = Date.now() + 30_000; Date.now() < end; await delay(50)) {
    if (await greets(port)) return;
  }
  throw new Error(
    `${container} did not start: ${await docker(['logs', '--tail', '20', container])}`,
  );
}
