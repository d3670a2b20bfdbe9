import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  bundle,
  defaults,
  startWorld,
  token,
  type World,
} from '../../../actions/semver-tag/scenarios/world.ts';
import { makeCertificate } from '../src/certificate.ts';
import { type HttpProxy, startProxy } from '../src/proxy.ts';
import { makeRunner, type Runner } from '../src/runner.ts';

let world: World;
let front: Server;
let frontPort = 0;
let certificate = '';
let sha = '';
let open: HttpProxy;
let locked: HttpProxy;
let narrow: HttpProxy;
const made = new AsyncDisposableStack();
const login = { username: 'me', password: 'p.ss-of-the-proxy' };

beforeAll(async () => {
  world = made.use(
    await startWorld((history) => {
      history.commit('chore: start');
      history.tag('v1.0.0');
      history.commit('feat: a cart');
    }),
  );
  sha = await world.commit('main');
  // GitHub is asked over https, and only a tunnel leads there.
  const pair = await makeCertificate(world.runner.temp);
  certificate = pair.file;
  front = createServer(
    { key: await readFile(pair.key), cert: await readFile(pair.file) },
    (incoming, outgoing) => {
      const { headers, method = 'GET', url } = incoming;
      const onward = request(world.github.api + url, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    },
  );
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const address = front.address();
  frontPort = typeof address === 'object' && address ? address.port : 0;
  made.defer(() => {
    front.closeAllConnections();
    front.close();
  });
  open = made.use(await startProxy());
  locked = made.use(await startProxy({ login }));
  narrow = made.use(await startProxy({ tunnelsTo: 443 }));
});
afterAll(async () => {
  await made.disposeAsync();
});

// The second is from before Node could do this by itself.
describe.each([
  ['this Node', process.execPath],
  ...(process.arch === 'x64' ? [['an older Node', 'old-node'] as const] : []),
])('on %s', (_, node) => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await makeRunner({ repository: 'octo/shop', node });
  });
  afterAll(async () => {
    await runner[Symbol.asyncDispose]();
  });

  async function run(kind: 'http' | 'https', env: Record<string, string>) {
    const api = kind === 'http' ? world.github.api : `https://127.0.0.1:${frontPort}`;
    return await runner.start(
      bundle,
      { ...defaults, token, mode: 'dev', timeout: '5s' },
      {
        ...world.github.env,
        GITHUB_SHA: sha,
        GITHUB_API_URL: api,
        GITHUB_GRAPHQL_URL: `${api}/graphql`,
        NODE_EXTRA_CA_CERTS: certificate,
        NO_COLOR: '1',
        ...env,
      },
    ).done;
  }

  it('http goes through the proxy, and its address needs no scheme', async () => {
    const step = await run('http', { HTTP_PROXY: open.host });
    expect({ errors: step.errors, code: step.code }).toEqual({ errors: [], code: 0 });
    const asked = await open.asked();
    expect(asked.length).toBeGreaterThan(0);
    for (const line of asked) expect(line).toMatch(/^(GET|POST) http:\/\/127\.0\.0\.1:/);
  });

  it('https goes through a tunnel, with the credentials in the address', async () => {
    const { username } = login;
    const step = await run('https', {
      https_proxy: `${username}:p%2Ess-of-the-proxy@${locked.host}`,
    });
    expect({ errors: step.errors, code: step.code }).toEqual({ errors: [], code: 0 });
    expect(await locked.asked()).toContain(`CONNECT 127.0.0.1:${frontPort}`);
    expect(step.masks).toEqual(expect.arrayContaining([login.password]));
    expect(step.log.replace(/^::add-mask::.*$/gm, '')).not.toContain('ss-of-the-proxy');
  });

  it.each<[string, 'http' | 'https', Record<string, string>]>([
    ['where NO_PROXY names the host', 'https', { NO_PROXY: 'example.com, 127.0.0.1' }],
    ['where NO_PROXY has a star', 'http', { no_proxy: 'example.com,*' }],
    ['where only the proxy for http is named', 'https', { HTTPS_PROXY: '' }],
  ])('it is gone past %s', async (_, kind, env) => {
    const step = await run(kind, { HTTP_PROXY: open.host, HTTPS_PROXY: open.host, ...env });
    expect({ errors: step.errors, code: step.code }).toEqual({ errors: [], code: 0 });
    expect(await open.asked()).toEqual([]);
  });

  it('says that the proxy refuses a tunnel', async () => {
    const step = await run('https', { HTTPS_PROXY: narrow.host });
    expect(step.code).toBe(1);
    expect(step.errors).toHaveLength(1);
    expect(step.errors[0]?.text).toContain(
      `the proxy ${narrow.host} does not lead to 127.0.0.1:${frontPort} (status 403)`,
    );
  });

  it('says that the proxy wants credentials, and not which were wrong', async () => {
    const step = await run('https', { HTTPS_PROXY: `http://me:wr0ng-word@${locked.host}/` });
    expect(step.code).toBe(1);
    expect(step.errors[0]?.text).toMatch(/does not lead to .* \(status 40[17]/);
    expect(step.errors[0]?.text).not.toContain('wr0ng');
    expect(step.summary).not.toContain('wr0ng');
  });

  it('says that the proxy hangs up', async () => {
    const server = createTcpServer((socket) => void socket.once('data', () => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    try {
      const step = await run('https', { HTTPS_PROXY: host });
      expect(step.code).toBe(1);
      expect(step.errors[0]?.text).toContain(`the proxy ${host} does not lead to 127.0.0.1`);
    } finally {
      server.close();
    }
  });
});
