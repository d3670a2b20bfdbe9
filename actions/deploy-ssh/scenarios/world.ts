import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../../packages/local-cloud/src/program.ts';
import { makeRunner, type Runner } from '../../../packages/local-cloud/src/runner.ts';
import { type LocalSshd, startSshd } from '../../../packages/local-cloud/src/sshd.ts';

const run = promisify(execFile);

export const bundle = join(import.meta.dirname, '../dist/index.js');

/** A real sshd, a folder on the "host" and a runner: one deployment's world. */
export interface World extends AsyncDisposable {
  sshd: LocalSshd;
  runner: Runner;
  path: string;
  project: string;
  port: number;
  inputs: Record<string, string>;
  /** What the app answers now; undefined when nothing does. */
  ask(): Promise<string | undefined>;
  lockIsFree(): boolean;
  containers(): Promise<string[]>;
}

/** The registry of all scenarios (test/registry.ts). */
export const registry = process.env['SLIPWAY_TEST_REGISTRY'] ?? '';

let worlds = 0;

export async function makeWorld(): Promise<World> {
  const [sshd, runner, port] = await Promise.all([startSshd(), makeRunner(), freePort()]);
  worlds += 1;
  const project = `slipway-test-${process.pid}-${worlds}`;
  const path = join(sshd.folder, project);
  await mkdir(path);
  await writeFile(join(runner.workspace, 'compose.yaml'), composeFile(port));
  const containers = async () => {
    const { stdout } = await run('docker', [
      'ps',
      '-a',
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
function composeFile(port: number): string {
  return `services:
  web:
    image: \${IMAGE:?}
    environment: [GREETING, TOKEN]
    ports: ["127.0.0.1:${port}:3000"]
    restart: unless-stopped
    stop_grace_period: 2s
`;
}

/** The text of a file of the deployment's folder, or undefined. */
export async function hostFile(world: World, name: string): Promise<string | undefined> {
  return readFile(join(world.path, name), 'utf8').catch(() => undefined);
}
