import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { createHttpServer } from '../src/http-server.ts';
import { run } from './child.ts';

async function startServer(env: Readonly<Record<string, string>> = {}) {
  const server = run('server.ts', { PORT: '0', HOST: '127.0.0.1', ...env });
  const { address } = await server.log('listening');
  const port = Number(Object(address).port);
  return { ...server, port, url: `http://127.0.0.1:${port}` };
}

/**
 * Opens a connection with a request under way: one that is answered, to know that the server has
 * read what follows it, and one that lacks its last line. Send `\r\n` to finish it.
 */
async function slowRequest(port: number, path: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  const headers = 'HTTP/1.1\r\nHost: localhost\r\n';
  socket.write(`HEAD / ${headers}\r\nGET ${path} ${headers}`);
  await once(socket, 'readable');
  socket.read();
  return socket;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return Number(Object(address).port);
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

describe('a running server', () => {
  it('serves the release and the environment that its variables name', async () => {
    const env = { APP_VERSION: '9.8.7', APP_COMMIT: 'feedbee', ENVIRONMENT: '<script>' };
    await using server = await startServer(env);
    const info = await (await fetch(`${server.url}/api/info`)).json();
    expect(info).toMatchObject({ version: '9.8.7', commit: 'feedbee', environment: '<script>' });
    expect(await (await fetch(server.url)).text()).toContain('<dd>&lt;script&gt;</dd>');
  });

  it('satisfies the health check of the image, which fails without it', async () => {
    await using server = await startServer();
    const env = { PORT: String(server.port), HOST: '127.0.0.1' };
    await using check = run('healthcheck.ts', env);
    expect(await check.exited).toBe(0);

    server.kill('SIGTERM');
    await server.exited;
    await using lateCheck = run('healthcheck.ts', env);
    expect(await lateCheck.exited).toBe(1);
  });

  it('is waited for by its health check while it starts, and no longer than it lives', async () => {
    const env = { PORT: String(await freePort()), HOST: '127.0.0.1' };
    await using server = run('server.ts', env);
    await using check = run('healthcheck.ts', env, '--while', String(server.pid));
    expect(await check.exited).toBe(0);

    const nobody = { ...env, PORT: String(await freePort()) };
    await using vain = run('healthcheck.ts', nobody, '--while', String(server.pid));
    expect(await Promise.race([vain.exited, delay(500)])).toBeUndefined();
    server.kill('SIGKILL');
    expect(await vain.exited).toBe(1);
  });
});

describe('a server that is asked badly', () => {
  it('does not wait for a slow body for long', async () => {
    await using server = createHttpServer(express().use(express.json()), 200).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const { port } = Object(server.address());
    const slow = connect(port, '127.0.0.1');
    const head = ['POST / HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
    slow.write([...head, 'Content-Length: 20', '', '{"text":'].join('\r\n'));
    const began = performance.now();
    expect(await text(slow)).toMatch(/^HTTP\/1.1 408 /);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('does not wait for a slow client for long, and does not log what it refuses', async () => {
    await using server = await startServer({ REQUEST_TIMEOUT_MS: '200' });
    const slow = connect(server.port, '127.0.0.1');
    slow.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
    const began = performance.now();
    expect(await text(slow)).toMatch(/^HTTP\/1.1 408 /);
    expect(performance.now() - began).toBeLessThan(10_000); // Node by itself: 60 to 90 s

    const large = connect(server.port, '127.0.0.1');
    large.write(
      `GET / HTTP/1.1\r\nHost: localhost\r\nCookie: hunter2${'x'.repeat(16_384)}\r\n\r\n`,
    );
    expect(await text(large)).toMatch(/^HTTP\/1.1 431 /);

    server.kill('SIGTERM');
    await server.exited;
    expect(await server.rest()).not.toMatch(/hunter2/);
  });
});

describe('a server that is told to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('finishes what is under way on %s', async (signal) => {
    await using server = await startServer();
    const page = await slowRequest(server.port, '/');
    const health = await slowRequest(server.port, '/health');
    const ready = await slowRequest(server.port, '/ready');

    server.kill(signal);
    await server.log('stopping');

    ready.write('\r\n');
    expect(await text(ready)).toMatch(/^HTTP\/1.1 503 .*Connection: close.*"status":"stopping"/s);
    health.write('\r\n');
    expect(await text(health)).toMatch(/^HTTP\/1.1 200 .*"status":"ok"/s);
    await expect(connected(server.port)).rejects.toThrow('ECONNREFUSED');

    server.kill(signal); // changes nothing
    page.write('\r\n');
    expect(await text(page)).toMatch(/^HTTP\/1.1 200 OK.*<\/html>\n$/s);
    await server.log('stopped');
    expect(await server.exited).toBe(0);
    expect(await server.rest()).toBe('');
  });

  it('loses no request of a client that leaves when /ready is red, given SHUTDOWN_DELAY_MS', async () => {
    await using server = await startServer({ SHUTDOWN_DELAY_MS: '3000', RATE_LIMIT: '0' });
    const answers: Promise<number>[] = [];
    const ask = async (path: string) => {
      const response = await fetch(server.url + path);
      await response.arrayBuffer();
      return { code: response.status, connection: response.headers.get('connection') };
    };
    const load = setInterval(() => answers.push(ask('/api/info').then(({ code }) => code)), 5);
    while (answers.length < 20) await delay(5);

    server.kill('SIGTERM');
    await server.log('stopping');
    expect(await ask('/ready')).toEqual({ code: 503, connection: 'close' });
    expect(await ask('/health')).toEqual({ code: 200, connection: 'close' });
    expect(await ask('/api/info')).toEqual({ code: 200, connection: 'close' });
    clearInterval(load); // the client has seen red
    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));

    await server.log('stopped');
    expect(await server.exited).toBe(0);
    await expect(connected(server.port)).rejects.toThrow('ECONNREFUSED');
  });

  it('does not wait for connections on which nothing is under way', async () => {
    await using server = await startServer({ SHUTDOWN_TIMEOUT_MS: '600000' });
    const silent = await connected(server.port);
    await (await fetch(server.url)).text(); // stays open: keep-alive

    server.kill('SIGTERM');
    await server.log('stopping');
    await server.log('stopped');
    expect(await server.exited).toBe(0);
    silent.destroy();
  });

  it('cuts what is still under way when SHUTDOWN_TIMEOUT_MS is over', async () => {
    await using server = await startServer({ SHUTDOWN_TIMEOUT_MS: '100' });
    const endless = await slowRequest(server.port, '/');

    server.kill('SIGTERM');
    expect(await server.log('time is up: connections cut')).toMatchObject({ connections: 1 });
    expect(await server.exited).toBe(0);
    expect(await text(endless)).toBe('');
  });
});

describe('a server that cannot start', () => {
  it('says all that is wrong with its environment at once, and no secret', async () => {
    await using server = run('server.ts', {
      PORT: 'abc',
      RATE_LIMIT: 'z',
      DATABASE_URL: 'mysql://app:hunter2@db/app',
    });
    expect(await server.exited).toBe(1);
    const said = await server.stderr;
    expect(said).toMatch(/^PORT: "abc" .* PORT=3000\nRATE_LIMIT: "z" .*\nDATABASE_URL: .*\n$/);
    expect(said).not.toContain('hunter2');
  });

  it('says that its port is taken', async () => {
    await using first = await startServer();
    await using second = run('server.ts', { PORT: String(first.port), HOST: '127.0.0.1' });
    expect(await second.log('cannot listen')).toMatchObject({ err: { code: 'EADDRINUSE' } });
    expect(await second.exited).toBe(1);
  });
});

describe('a server without Postgres and Redis', () => {
  it('loads no client of theirs', async () => {
    const note = `registerHooks({ resolve(name, context, next) {
      if (/^(pg|ioredis|rate-limit-redis|node-pg-migrate)$/.test(name)) console.error(name);
      return next(name, context);
    } })`;
    const hook = encodeURIComponent(`import { registerHooks } from 'node:module'; ${note}`);
    const NODE_OPTIONS = `--import=data:text/javascript,${hook}`;
    const loaded = async (env: Readonly<Record<string, string>>) => {
      await using server = await startServer({ NODE_OPTIONS, ...env });
      expect((await fetch(`${server.url}/health`)).status).toBe(200);
      server.kill('SIGTERM');
      await server.exited;
      return server.stderr;
    };
    expect(await loaded({})).toBe('');
    const nowhere = { DATABASE_URL: 'postgres://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' };
    expect(await loaded(nowhere)).toMatch(/^pg$/m); // the hook would have seen it
  });
});
