import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { docker } from '../../packages/local-cloud/src/hosts/docker.ts';
import { app, until } from './stack.ts';

const run = promisify(execFile);
const folder = join(app, 'nginx');
/** Puts the files where they say that they belong. */
const takeSite = `mkdir -p /etc/nginx/example-app.d
  cp /mnt/upstream.conf /etc/nginx/conf.d/example-app.conf
  cp /mnt/example-app.conf /etc/nginx/sites-enabled/example-app.conf`;

// Two instances in one process: what they were asked, and who was asked.
const instances = `
const { createServer } = require('node:http');
let busy = 0;
let hung = 0;
for (const port of [3001, 3002])
  createServer((req, res) => {
    if (req.url === '/exit') process.exit();
    if (req.url.startsWith('/hang')) return port === 3001 ? ++hung : res.end(String(hung));
    if (req.url === '/busy') return res.writeHead(503).end(String(++busy));
    res.end(JSON.stringify({ port, url: req.url, headers: req.headers }));
  }).listen(port, '127.0.0.1');
`;

let id = '';
beforeAll(async () => {
  const mount = `${folder}:/mnt:ro`;
  const start = ['run', '--detach', '--init', '--rm', '--volume', mount, 'slipway-nginx'];
  id = (await docker([...start, 'sleep', 'infinity'])).trim();
  await startInstances();
  await inside(`${takeSite}
nginx`);
}, 60_000);
afterAll(async () => {
  await docker(['rm', '--force', id]);
});

test('nginx takes the site, and the configuration of the stack, as they are', async () => {
  await inside('nginx -t');
  const stack = ['run', '--rm', '--read-only', '--tmpfs', '/tmp', '--user', '65534:65534'];
  await docker([
    ...stack,
    ...['--cap-drop', 'ALL', '--volume', `${folder}:/etc/nginx/stack:ro`],
    ...['slipway-nginx', 'nginx', '-t', '-c', '/etc/nginx/stack/stack.conf'],
  ]);
});

test("what a client claims about itself is replaced by nginx's own", async () => {
  const { headers } = await asked(
    '-H "X-Forwarded-For: 6.6.6.6" -H "X-Forwarded-Proto: https" -H "X-Request-Id: mine" localhost',
  );
  expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
  expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
});

test.each(['/api/metrics', '/ready'])('%s is not for the public', async (path) => {
  expect(await status(`localhost${path}`)).toBe('404');
});

test('a 503 is an answer: the other instance is not asked as well, and none is left alone for it', async () => {
  for (let count = 1; count <= 8; count += 1) {
    expect(await inside("curl -s -w ' %{http_code}' localhost/busy")).toBe(`${count} 503`);
  }
  const answered = await Promise.all(Array.from({ length: 6 }, () => asked('localhost')));
  expect(new Set(answered.map(({ port }) => port))).toEqual(new Set([3001, 3002]));
});

test('an instance that hangs costs three requests a time-out, and then none until it is asked again', async () => {
  // As it is but for the times: 35 s are what a user would wait, and 5 s the test may take.
  await reload(`for file in conf.d sites-enabled; do
    sed -i 's/proxy_read_timeout 35s/proxy_read_timeout 300ms/; s/fail_timeout=5s/fail_timeout=60s/' \
      /etc/nginx/$file/example-app.conf
  done`);
  // By each worker in turn: what one found out the others know.
  const seen = await inside(`workers=$(pgrep -u www-data nginx)
    for worker in $workers; do
      for other in $workers; do [ $other = $worker ] || kill -STOP $other; done
      curl -s 'localhost/hang?[1-8]'
      kill -CONT $workers
    done`);
  expect(seen).toMatch(/^[123]*3{10,}$/); // answered all of them, by the other instance
  await reload(takeSite);
}, 30_000);

test('instances that failed are asked again before a request is refused', async () => {
  await inside('curl -s localhost/exit || true');
  for (let count = 0; count < 4; count += 1) expect(await status('localhost')).toBe('502');
  await startInstances();
  // Both still count as failed: nginx has left them alone for less than 5 s.
  expect(await status('localhost')).toBe('200');
}, 30_000);

test('an edge that is trusted says for whom it asks, others do not', async () => {
  await enable('edge.conf', (text) => text.replace('10.0.0.0/8', '127.0.0.1'));
  const claim = '-H "X-Forwarded-For: 6.6.6.6, 9.9.9.9" -H "X-Forwarded-Proto: https"';
  const edge = await asked(`${claim} localhost`);
  expect(edge.headers).toMatchObject({
    'x-forwarded-for': '9.9.9.9',
    'x-forwarded-proto': 'https',
  });
  const address = (await inside('hostname -i')).trim();
  const other = await asked(`${claim} http://${address}/`);
  expect(other.headers).toMatchObject({
    'x-forwarded-for': address,
    'x-forwarded-proto': 'http',
  });
  await inside('rm /etc/nginx/example-app.d/edge.conf');
});

test('TLS comes with a certificate in the folder, and leads everybody to it', async () => {
  await inside(`cd /etc/nginx/example-app.d && openssl req -x509 -newkey rsa:2048 -nodes -days 1 \
    -subj /CN=localhost -keyout key.pem -out certificate.pem 2>/dev/null`);
  await enable('tls.conf', (text) => text);
  expect(await inside('curl -s -o /dev/null -w "%{http_code} %{redirect_url}" localhost/a?b')).toBe(
    '308 https://localhost/a?b',
  );
  const { headers } = await asked('-k https://localhost/');
  expect(headers).toMatchObject({ 'x-forwarded-proto': 'https' });
});

async function startInstances(): Promise<void> {
  await run('docker', ['exec', '--detach', id, 'node', '-e', instances]);
  await until('both instances', () => inside('curl -s localhost:3001 && curl -s localhost:3002'));
}

/** Runs a line of shell beside nginx; what it printed. */
function inside(line: string): Promise<string> {
  return docker(['exec', id, 'sh', '-euc', line]);
}

function status(address: string): Promise<string> {
  return inside(`curl -s -o /dev/null -w '%{http_code}' ${address}`);
}

/** What an instance was asked when curl asks nginx. */
async function asked(curl: string): Promise<{ port: number; headers: Record<string, string> }> {
  return JSON.parse(await inside(`curl -s ${curl}`));
}

/** Turns on an example of the folder. */
async function enable(name: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(join(folder, 'example-app.d', `${name}.example`), 'utf8');
  await docker(['exec', '-i', id, 'tee', `/etc/nginx/example-app.d/${name}`], change(text));
  await reload();
}

/** Changes files by a line of shell, and waits until nginx works by them. */
async function reload(change = 'true'): Promise<void> {
  const workers = 'pgrep -u www-data nginx | sort | xargs';
  const before = await inside(workers);
  await inside(`${change}\nnginx -t\nnginx -s reload`);
  await until('new workers alone', async () => {
    const now = await inside(workers);
    const old = before.trim().split(' ');
    return (
      (now.trim() !== '' &&
        !now
          .trim()
          .split(' ')
          .some((pid) => old.includes(pid))) ||
      undefined
    );
  });
}
