import { spawn } from 'node:child_process';
import { createHash, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import { makeKeyPair } from './hosts/keys.ts';
import { startSshd } from './sshd.ts';

/** Bare repositories in a folder, served by the real git over HTTPS and SSH. */
export interface GitServer extends AsyncDisposable {
  /** Folder of the repositories; whoever has it may push there. */
  folder: string;
  /** `https://127.0.0.1:port`, before the name of a repository. */
  https: string;
  /** File with the certificate that clients have to trust. */
  certificate: string;
  /** Bytes that went out over HTTPS so far. */
  sent(): number;
  /** `ssh://user@127.0.0.1:port/folder`, before the name of a repository. */
  ssh: string;
  /** The pinned line for `known-hosts`. */
  knownHosts: string;
  /** A key that may fetch and push over SSH, and nothing else. */
  privateKey: string;
  /** Lets another key in, which may do the same. */
  authorize(publicKey: string): Promise<void>;
}

export interface GitServerOptions {
  /** Password that HTTPS wants, of whatever user; none: everybody may read. */
  token?: string;
  /** Speak protocol 0, by which only tips of branches and tags can be asked for. */
  old?: boolean;
}

/** Starts an HTTPS server and an sshd for one folder of bare repositories. */
export async function startGitServer(options: GitServerOptions = {}): Promise<GitServer> {
  await using started = new AsyncDisposableStack();
  const sshd = started.use(await startSshd());
  const folder = join(sshd.folder, 'repositories');
  await mkdir(folder);
  const [certificate, deploy] = await Promise.all([
    makeCertificate(sshd.folder),
    makeKeyPair(join(sshd.folder, 'deploy')),
  ]);
  const allowed: string[] = [];
  const authorize = (publicKey: string) => {
    // sshd hands on no GIT_PROTOCOL unless it is told to, and then version 0 is spoken.
    const version = options.old ? '' : 'GIT_PROTOCOL=version=2 ';
    const only = `command="${version}git-shell -c \\"$SSH_ORIGINAL_COMMAND\\"",restrict`;
    allowed.push(`${only} ${publicKey.trim()}\n`);
    return writeFile(join(sshd.folder, 'user_key.pub'), allowed.join(''));
  };
  await authorize(deploy.publicKey);
  let sent = 0;
  const pair = { key: await readFile(certificate.key), cert: await readFile(certificate.file) };
  const server = createServer(pair, (request, response) => {
    if (options.token !== undefined && !mayRead(request, options.token)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('Unauthorized\n');
      request.resume();
      return;
    }
    answer(request, response, {
      folder,
      old: options.old === true,
      count: (bytes) => (sent += bytes),
    });
  });
  const port = await listen(server);
  started.defer(() => close(server));
  const kept = started.move();
  return {
    folder,
    https: `https://127.0.0.1:${port}`,
    certificate: certificate.file,
    sent: () => sent,
    ssh: `ssh://${sshd.address}${folder}`,
    knownHosts: sshd.knownHosts,
    privateKey: deploy.privateKey,
    authorize,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function mayRead({ headers }: IncomingMessage, token: string): boolean {
  const [scheme, text = ''] = (headers.authorization ?? '').split(' ');
  const given = Buffer.from(text, 'base64')
    .toString()
    .replace(/^[^:]*:/, '');
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return scheme === 'Basic' && timingSafeEqual(digest(given), digest(token));
}

interface Served {
  folder: string;
  old: boolean;
  /** Takes note of bytes that go out. */
  count: (bytes: number) => void;
}

/**
 * Hands one request to `git http-backend`, which speaks CGI (RFC 3875).
 * Source: git-http-backend(1)
 */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { count, folder, old }: Served,
): void {
  const url = new URL(request.url ?? '/', 'https://127.0.0.1');
  const header = (name: string) => `${request.headers[name] ?? ''}`;
  const backend = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      ...(header('content-length') ? { CONTENT_LENGTH: header('content-length') } : {}),
      ...(old ? {} : { GIT_PROTOCOL: header('git-protocol') }),
    },
  });
  // Either side may leave before the other has said everything.
  backend.stdin.on('error', () => undefined);
  request.pipe(backend.stdin);
  response.on('close', () => backend.kill());
  let head: Buffer | undefined = Buffer.alloc(0);
  backend.stdout.on('data', (chunk: Buffer) => {
    count(chunk.length);
    if (head === undefined) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const lines = head.toString('latin1', 0, end).split('\r\n');
    for (const line of lines) {
      const [name = '', value = ''] = line.split(/: */, 2);
      if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.write(head.subarray(end + 4));
    head = undefined;
  });
  backend.stdout.on('end', () => response.end());
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
