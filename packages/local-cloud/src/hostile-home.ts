import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a job that ran on this machine before may have left for the next one. */
export interface HostileHome extends AsyncDisposable {
  /** To be put into the environment of a step; a proxy for https is among it. */
  env: Record<string, string>;
  /** Requests that came where only the leftovers point to. */
  trapped: string[];
  /** Hosts that were asked for at the proxy for https, which lets nothing through: `host:port`. */
  proxied: string[];
  /** Programs of the leftovers that were started. */
  started(): Promise<string[]>;
}

/**
 * A home folder whose tools are all configured to send what they have to a trap, or to start a
 * program: AWS (`endpoint_url`, `credential_process`, a profile), Docker (credential helper), git
 * (credential helper, another address, a proxy), and general variables of the SDKs.
 */
export async function makeHostileHome(): Promise<HostileHome> {
  await using made = new AsyncDisposableStack();
  const home = await mkdtemp(join(tmpdir(), 'slipway-home-'));
  made.defer(() => rm(home, { recursive: true, force: true }));
  const trapped: string[] = [];
  const proxied: string[] = [];
  const trap = await listen(
    made,
    createServer((request, response) => {
      trapped.push(`${request.method} ${request.url}`);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    }),
  );
  const proxy = createServer();
  proxy.on('connect', ({ url = '' }, socket) => {
    proxied.push(url);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  const proxyAddress = await listen(made, proxy);

  const marks = join(home, 'started');
  const bin = join(home, 'bin');
  await mkdir(marks);
  await mkdir(bin);
  const program = (name: string) => writeFile(join(bin, name), mark(marks, name), { mode: 0o755 });
  await Promise.all(['docker-credential-leftover', 'git-credential-leftover'].map(program));
  await program('aws-credentials');
  const credentials = `credential_process = ${join(bin, 'aws-credentials')}`;
  await write(home, '.aws/config', [
    '[default]',
    'region = xx-leftover-1',
    `endpoint_url = ${trap}/config`,
    'services = leftover',
    credentials,
    '[services leftover]',
    ...['sts', 'ecr', 'ecr_public'].flatMap((name) => [
      `${name} =`,
      `  endpoint_url = ${trap}/${name}`,
    ]),
  ]);
  await write(home, '.aws/credentials', ['[default]', credentials, `endpoint_url = ${trap}/keys`]);
  await write(home, '.docker/config.json', [JSON.stringify({ credsStore: 'leftover' })]);
  await write(home, '.gitconfig', [
    '[credential]',
    'helper = leftover',
    `[url "${trap}/git/"]`,
    'insteadOf = https://',
    '[http]',
    `proxy = ${trap}`,
  ]);
  // Docker has its own programs in the same folder.
  const plugins = join(homedir(), '.docker/cli-plugins');
  await symlink(plugins, join(home, '.docker/cli-plugins'));
  const opened = made.move();
  return {
    env: {
      HOME: home,
      PATH: `${bin}:${process.env['PATH']}`,
      AWS_ENDPOINT_URL: `${trap}/variable`,
      AWS_PROFILE: 'default',
      AZURE_CONFIG_DIR: join(home, '.azure'),
      HTTPS_PROXY: proxyAddress,
    },
    trapped,
    proxied,
    started: () => readdir(marks),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const mark = (folder: string, name: string) => `#!/bin/sh\n: >'${folder}/${name}'\nexit 1\n`;

async function write(home: string, name: string, lines: readonly string[]): Promise<void> {
  const file = join(home, name);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `${lines.join('\n')}\n`);
}

async function listen(made: AsyncDisposableStack, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  made.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = addressOf(server);
  return `http://127.0.0.1:${port}`;
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen');
  return address;
}
