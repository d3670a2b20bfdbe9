import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../../packages/local-cloud/src/program.ts';
import { makeRunner, type Runner } from '../../../packages/local-cloud/src/runner.ts';
import { type LocalSshd, startSshd } from '../../../packages/local-cloud/src/sshd.ts';
import { childrenOf, commandLine, pidsWhere, processesWith } from './processes.ts';

const run = promisify(execFile);

export const bundle = join(import.meta.dirname, '../dist/index.js');

/** A real sshd, a folder on the "host" and a runner: one deployment's world. */
export interface World extends AsyncDisposable {
  sshd: LocalSshd;
  runner: Runner;
  /** Folder of the deployment; the action makes it. */
  path: string;
  project: string;
  port: number;
  inputs: Record<string, string>;
  /** What the app answers now; undefined when nothing does. */
  ask(): Promise<string | undefined>;
  lockIsFree(): boolean;
  /** `id image state` of each container. */
  containers(): Promise<string[]>;
  /** Makes a lock as another run would have; it expires in so many seconds. */
  lockByOther(owner: string, seconds: number): Promise<void>;
  /** Makes the lock look as if its time were up. */
  expireLock(): Promise<void>;
  /** Ends the sshd of each open session, as a lost connection or a restart of sshd would. */
  cutSessions(): Promise<void>;
  /** Takes any lock away. */
  unlock(): Promise<void>;
  /** Command lines of what runs on the host for its user now, but for sshd itself. */
  remoteProcesses(): string[];
}

/** The registry of all scenarios (test/registry.ts). */
export const registry = process.env['SLIPWAY_TEST_REGISTRY'] ?? '';

let worlds = 0;

/** @param service lines of the service in the Compose file, on top of the usual ones */
export async function makeWorld(service = ''): Promise<World> {
  const [sshd, runner, port] = await Promise.all([startSshd(), makeRunner(), freePort()]);
  worlds += 1;
  const project = `slipway-test-${process.pid}-${worlds}`;
  const path = join(sshd.folder, project);
  await writeFile(join(runner.workspace, 'compose.yaml'), composeFile(port, service));
  const containers = async () => {
    const { stdout } = await run('docker', [
      'ps',
      '-a',
      '--no-trunc',
      '--filter',
      `label=com.docker.compose.project=${project}`,
      '--format',
      '{{.ID}} {{.Image}} {{.State}}',
    ]);
    return stdout.split('\n').filter((line) => line !== '');
  };
  return {
    sshd,
    runner,
    path,
    project,
    port,
    inputs: {
      hosts: sshd.address,
      'private-key': sshd.privateKey,
      'known-hosts': sshd.knownHosts,
      path,
      mode: 'compose',
      source: 'compose.yaml',
      'health-path': '/',
      'health-status': '200',
      timeout: '30s',
      rollback: 'true',
      'dry-run': 'false',
      keep: '5',
      'lock-timeout': '10s',
    },
    ask: () =>
      fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } }).then(
        (response) => response.text(),
        () => undefined,
      ),
    lockIsFree: () => !existsSync(join(path, '.slipway/lock')),
    containers,
    async lockByOther(owner, seconds) {
      const lock = join(path, '.slipway/lock');
      await mkdir(lock, { recursive: true });
      await writeFile(join(lock, 'owner'), `${owner}\n`);
      await writeFile(join(lock, 'token'), 'of-another\n');
      await writeFile(join(lock, 'until'), `${Math.floor(Date.now() / 1_000) + seconds}\n`);
    },
    expireLock: () => writeFile(join(path, '.slipway/lock/until'), '1\n'),
    cutSessions: async () => cutSessions(sshd),
    unlock: () => rm(join(path, '.slipway/lock'), { recursive: true, force: true }),
    remoteProcesses: () => processesWith(`HOME=${sshd.home}`),
    async [Symbol.asyncDispose]() {
      const ids = (await containers()).map((line) => line.split(' ')[0] ?? '');
      if (ids.length > 0) await run('docker', ['rm', '-f', ...ids]);
      await run('docker', ['network', 'rm', `${project}_default`]).catch(() => undefined);
      await runner[Symbol.asyncDispose]();
      await sshd[Symbol.asyncDispose]();
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** The app alone, as most of our users have it. */
function composeFile(port: number, service: string): string {
  return `services:
  web:
    image: \${IMAGE:?}
    environment: [GREETING, TOKEN]
    ports: ["127.0.0.1:${port}:3000"]
    restart: unless-stopped
    stop_grace_period: 3s
${service}`;
}

/** The text of a file of the deployment's folder, or undefined. */
export async function hostFile(world: World, name: string): Promise<string | undefined> {
  return readFile(join(world.path, name), 'utf8').catch(() => undefined);
}

/** Names in a folder of the deployment, sorted; empty when there is none. */
export function hostFolder(world: World, name: string): string[] {
  const folder = join(world.path, name);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** Ends the sshd of each open session. */
export function cutSessions({ folder }: LocalSshd): void {
  const [server = 0] = pidsWhere((pid) => commandLine(pid).includes(`${folder}/sshd_config`));
  for (const pid of childrenOf(server)) process.kill(pid, 'SIGKILL');
}
