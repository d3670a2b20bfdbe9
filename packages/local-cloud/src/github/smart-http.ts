import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Answer, Request } from '../http/exchange.ts';
import { type Caller, denial } from './access.ts';
import { gitEnvironment } from './git/run.ts';
import { receivePack } from './receive-pack.ts';
import type { World } from './world.ts';

/**
 * Serves the repository to real git: what is fetched comes from `git http-backend`, with protocol
 * v2 and partial clones; what is pushed goes through the rules of the repository.
 * Source: https://git-scm.com/docs/git-http-backend
 * @param path `org/app.git/info/refs`
 */
export async function answerGit(
  world: World,
  request: Request,
  caller: Caller,
  path: string,
): Promise<Answer> {
  const [, owner = '', name = '', rest = ''] =
    /^([^/]+)\/([^/]+?)(?:\.git)?\/(.+)$/.exec(path) ?? [];
  const known =
    owner.toLowerCase() === world.owner.toLowerCase() &&
    name.toLowerCase() === world.name.toLowerCase();
  const service = request.url.searchParams.get('service') ?? rest;
  const pushes = service === 'git-receive-pack';
  const denied = denial(world, caller, { contents: pushes ? 'write' : 'read' });
  if (caller === 'stranger' || denied === 'hidden' || denied === 'sign-in') return signIn;
  if (!known) return refuse(404, 'Repository not found.');
  if (denied === 'permission') {
    return refuse(403, 'Write access to repository not granted.');
  }
  if (rest === 'git-receive-pack') return receivePack(world, request);
  return backend(world, request, rest);
}

const signIn: Answer = {
  status: 401,
  headers: { 'www-authenticate': 'Basic realm="GitHub"', 'content-type': 'text/plain' },
  body: 'Repository not found.\n',
};

function refuse(status: number, text: string): Answer {
  return { status, headers: { 'content-type': 'text/plain' }, body: `${text}\n` };
}

const settings = [
  'http.receivepack=true',
  'uploadpack.allowFilter=true',
  'uploadpack.allowAnySHA1InWant=true',
];

async function backend(world: World, request: Request, rest: string): Promise<Answer> {
  const { folder } = world.git;
  const { headers, method, url } = request;
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...gitEnvironment,
      ...configured(),
      PATH_TRANSLATED: `${folder}/${rest}`,
      GIT_HTTP_EXPORT_ALL: '1',
      REMOTE_USER: 'x-access-token',
      REMOTE_ADDR: '127.0.0.1',
      REQUEST_METHOD: method,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: headers['content-type'],
      CONTENT_LENGTH: `${request.body.length}`,
      HTTP_CONTENT_ENCODING: headers['content-encoding'],
      GIT_PROTOCOL: headers['git-protocol'],
    },
  });
  child.stdin.on('error', () => undefined).end(request.body);
  return cgiAnswer(child.stdout);
}

function configured(): Record<string, string> {
  const entries = settings.map((setting) => setting.split('='));
  return {
    GIT_CONFIG_COUNT: `${entries.length}`,
    ...Object.fromEntries(
      entries.flatMap(([key = '', value = ''], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

/**
 * Reads the head of what a CGI program prints; the rest stays a stream.
 * Source: RFC 3875, section 6
 */
async function cgiAnswer(printed: Readable): Promise<Answer> {
  let head = Buffer.alloc(0);
  for (;;) {
    const end = head.indexOf('\r\n\r\n');
    if (end >= 0) {
      printed.unshift(head.subarray(end + 4));
      return { ...readHead(head.toString('latin1', 0, end)), body: printed };
    }
    const chunk: unknown = printed.read();
    if (chunk instanceof Buffer) head = Buffer.concat([head, chunk]);
    else if (printed.readableEnded) return refuse(500, 'git http-backend said nothing');
    else await new Promise((resolve) => printed.once('readable', resolve).once('end', resolve));
  }
}

function readHead(text: string): { status: number; headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  for (const line of text.split('\r\n')) {
    const [name = '', value = ''] = line.split(/: ?(.*)/s);
    headers[name.toLowerCase()] = value;
  }
  const { status = '200', ...rest } = headers;
  return { status: Number.parseInt(status, 10), headers: rest };
}
