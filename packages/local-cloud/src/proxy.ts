import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startProgram } from './program.ts';

/** A real HTTP proxy (tinyproxy) on loopback. */
export interface HttpProxy extends AsyncDisposable {
  /** `127.0.0.1:port` */
  host: string;
  /** What it was asked since the last call: `GET http://…/path`, `CONNECT 127.0.0.1:port`. */
  asked(): Promise<string[]>;
}

export interface HttpProxyOptions {
  /** User and password that it wants. */
  login?: { username: string; password: string };
  /** The one port that tunnels may lead to; every one when not given. */
  tunnelsTo?: number;
}

/** Starts a proxy for http, and for https by tunnels. */
export async function startProxy(options: HttpProxyOptions = {}): Promise<HttpProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-proxy-'));
  const port = await freePort();
  const { login, tunnelsTo } = options;
  const log = join(folder, 'log');
  const config = join(folder, 'tinyproxy.conf');
  await writeFile(
    config,
    [
      `Port ${port}`,
      'Listen 127.0.0.1',
      'Timeout 60',
      'Allow 127.0.0.1',
      `LogFile "${log}"`,
      'LogLevel Connect',
      ...(login ? [`BasicAuth ${login.username} ${login.password}`] : []),
      ...(tunnelsTo === undefined ? [] : [`ConnectPort ${tunnelsTo}`]),
      '',
    ].join('\n'),
  );
  const program = await startProgram('tinyproxy', ['-d', '-c', config], () => isOpen(port));
  let seen = 0;
  return {
    host: `127.0.0.1:${port}`,
    async asked() {
      const lines = [...(await readFile(log, 'utf8')).matchAll(/Request \(.*?\): (\S+ \S+)/g)];
      const fresh = lines.slice(seen).map(([, line = '']) => line);
      seen = lines.length;
      return fresh;
    },
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
