import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startProgram } from '../../../packages/local-cloud/src/program.ts';
import { find } from '../../../packages/local-cloud/src/registry.ts';

const run = promisify(execFile);

/** A real BuildKit that buildx knows as its current builder. */
export interface BuildKit extends AsyncDisposable {
  /** To be put into the environment of a step. */
  env: Record<string, string>;
}

/**
 * Starts BuildKit with an empty cache; needs root. It reaches registries on this machine and no
 * others.
 */
export async function startBuildKit(): Promise<BuildKit> {
  const outside = await refuseConnections();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-buildkit-'));
  const socket = join(folder, 'buildkitd.sock');
  const config = join(folder, 'buildkitd.toml');
  await mkdir(join(folder, 'buildx'));
  await writeFile(
    config,
    `root = "${join(folder, 'root')}"
[grpc]
  address = ["unix://${socket}"]
[worker.containerd]
  enabled = false
`,
  );
  const isThere = () =>
    stat(socket).then(
      () => true,
      () => false,
    );
  const program = await startProgram(find(['buildkitd']), ['--config', config], isThere, {
    ...process.env,
    PATH: `${process.env['PATH']}:/usr/sbin`,
    HTTPS_PROXY: outside.address,
  });
  const env = { BUILDX_CONFIG: join(folder, 'buildx') };
  const create = ['buildx', 'create', '--use', '--driver', 'remote', `unix://${socket}`];
  await run('docker', create, { env: { ...process.env, ...env } });
  return {
    env,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await outside[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An HTTP proxy that lets nobody through. */
async function refuseConnections(): Promise<AsyncDisposable & { address: string }> {
  const server = createServer((_, answer) => answer.writeHead(403).end());
  server.on('connect', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    address: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
