import { describe, expect, it } from '@jest/globals';
import { Failure } from '../../src/failure/failure.ts';
import { client, image, type Reply, refusal, serve } from './fake-registry.ts';
import { quickClock } from './quick-clock.ts';

const app = image();

/** Replies one after another; the last one for ever. */
function script(...replies: Reply[]): () => Reply {
  let at = 0;
  return () => replies[Math.min(at++, replies.length - 1)] ?? 'reset';
}

describe('passing trouble', () => {
  it.each<[string, Reply]>([
    ['a reset connection', 'reset'],
    ['408', { status: 408 }],
    ['429', refusal(429, 'TOOMANYREQUESTS', 'slow down')],
    ['500', { status: 500 }],
    ['502', { status: 502, body: '<h1>Bad Gateway</h1>' }],
    ['503', { status: 503 }],
    ['504', { status: 504 }],
  ])('%s is tried again, with growing pauses', async (_, trouble) => {
    const clock = quickClock();
    await using server = await serve(script(trouble, trouble, app.manifest));
    await client(server.host, { clock }).resolve('acme/app', '1');
    expect(server.seen).toHaveLength(3);
    const [first = 0, second = 0] = clock.pauses;
    expect(first).toBeGreaterThanOrEqual(400);
    expect(first).toBeLessThanOrEqual(600);
    expect(second).toBeGreaterThanOrEqual(800);
    expect(second).toBeLessThanOrEqual(1_200);
  });

  it('covers a connection that is refused', async () => {
    const clock = quickClock();
    const { host } = await serve(() => 'reset').then(async (server) => {
      await server[Symbol.asyncDispose]();
      return server;
    });
    await expect(client(host, { clock }).resolve('acme/app', '1')).rejects.toMatchObject({
      code: 'image/registry',
    });
    expect(clock.pauses).toHaveLength(7);
  });

  it('covers the token service', async () => {
    const token = script({ status: 503 }, { body: '{"token":"t"}' });
    await using server = await serve(({ path, headers }) => {
      if (path.startsWith('/token')) return token();
      if (headers.authorization) return app.manifest;
      const challenge = `Bearer realm="http://${server.host}/token"`;
      return { status: 401, headers: { 'www-authenticate': challenge } };
    });
    const { digest } = await client(server.host).resolve('acme/app', '1');
    expect(digest).toBe(app.manifest.digest);
  });

  it('covers putting a tag', async () => {
    const put = script('reset', { status: 500 }, { ...app.manifest, status: 201 });
    await using server = await serve(({ method }) => (method === 'PUT' ? put() : app.manifest));
    const registry = client(server.host);
    await registry.putTag('acme/app', '2', await registry.manifest('acme/app', '1'));
    expect(server.lines().slice(1)).toStrictEqual(Array(3).fill('PUT /v2/acme/app/manifests/2'));
  });

  it.each([
    ['5', 5_000],
    ['Thu, 01 Jan 2026 00:00:20 GMT', 20_000],
  ])('Retry-After: %s is honoured', async (value, pause) => {
    const clock = quickClock(Date.UTC(2026, 0, 1));
    const busy = { status: 429, headers: { 'retry-after': value } };
    await using server = await serve(script(busy, app.manifest));
    await client(server.host, { clock }).resolve('acme/app', '1');
    expect(clock.pauses).toStrictEqual([pause]);
  });

  it.each(['0', '-5', 'soon', 'Thu, 01 Jan 2015 00:00:00 GMT'])(
    'Retry-After: %s does not make it hurry',
    async (value) => {
      const clock = quickClock();
      const busy = { status: 503, headers: { 'retry-after': value } };
      await using server = await serve(script(busy, app.manifest));
      await client(server.host, { clock }).resolve('acme/app', '1');
      expect(clock.pauses[0]).toBeGreaterThanOrEqual(400);
    },
  );

  it('is not waited for longer than the budget', async () => {
    const clock = quickClock();
    const busy = {
      ...refusal(429, 'TOOMANYREQUESTS', 'rate limit'),
      headers: { 'retry-after': '61' },
    };
    await using server = await serve(() => busy);
    await expect(client(server.host, { clock }).tags('acme/app')).rejects.toMatchObject({
      code: 'image/registry',
      message: `${server.host} failed to list the tags of ${server.host}/acme/app: status 429, TOOMANYREQUESTS: rate limit.`,
    });
    expect(clock.pauses).toStrictEqual([]);
    await expect(client(server.host, { clock, budget: 2_000 }).tags('acme/app')).rejects.toThrow(
      Failure,
    );
    expect(clock.pauses).toStrictEqual([]);
  });

  it('is given up after a bounded number of tries', async () => {
    const clock = quickClock();
    await using server = await serve(() => ({ status: 503 }));
    await expect(client(server.host, { clock }).tags('acme/app')).rejects.toThrow('status 503');
    expect(server.seen).toHaveLength(8);
    expect(clock.pauses.reduce((sum, pause) => sum + pause)).toBeLessThan(60_000);
  });

  it.each([[400], [401], [403], [404], [405], [501]])('%d is an answer', async (status) => {
    const clock = quickClock();
    await using server = await serve(() => ({ status }));
    await expect(client(server.host, { clock }).manifest('acme/app', '1')).rejects.toThrow(Failure);
    expect(server.seen).toHaveLength(1);
    expect(clock.pauses).toStrictEqual([]);
  });

  it('a wrong name or certificate is not tried again', async () => {
    const clock = quickClock();
    let calls = 0;
    const broken: typeof fetch = () => {
      calls++;
      const cause = Object.assign(new Error('self-signed certificate'), {
        code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      });
      return Promise.reject(new TypeError('fetch failed', { cause }));
    };
    await expect(
      client('ghcr.io', { clock, fetch: broken }).resolve('acme/app', '1'),
    ).rejects.toMatchObject({
      code: 'image/registry',
      message: 'ghcr.io failed to read ghcr.io/acme/app:1: fetch failed: self-signed certificate.',
    });
    expect(calls).toBe(1);
  });
});

describe('time', () => {
  it('a silent registry is left after 30 s and tried again', async () => {
    const clock = quickClock();
    const reply = script('silence', app.manifest);
    await using server = await serve(() => {
      const next = reply();
      if (next === 'silence') setImmediate(() => clock.expire());
      return next;
    });
    await client(server.host, { clock }).resolve('acme/app', '1');
    expect(server.seen).toHaveLength(2);
  });

  it('a registry that stays silent is reported', async () => {
    const clock = quickClock();
    await using server = await serve(() => {
      setImmediate(() => clock.expire());
      return 'silence';
    });
    await expect(client(server.host, { clock }).resolve('acme/app', '1')).rejects.toMatchObject({
      code: 'image/registry',
      message: `${server.host} failed to read ${server.host}/acme/app:1: no answer within 30 s.`,
    });
  });

  it('cancellation ends a request at once, with its reason', async () => {
    const controller = new AbortController();
    const reason = new Error('SIGTERM');
    await using server = await serve(() => {
      controller.abort(reason);
      return 'silence';
    });
    const { signal } = controller;
    await expect(client(server.host, { signal }).resolve('acme/app', '1')).rejects.toBe(reason);
  });

  it('cancellation ends a pause, with its reason', async () => {
    const controller = new AbortController();
    const reason = new Error('SIGTERM');
    const clock = quickClock();
    const sleep = clock.sleep;
    clock.sleep = (ms, signal) => {
      if (ms < 1_000) controller.abort(reason);
      return sleep(ms, signal);
    };
    await using server = await serve(() => ({ status: 503 }));
    const { signal } = controller;
    await expect(client(server.host, { clock, signal }).tags('acme/app')).rejects.toBe(reason);
    expect(server.seen).toHaveLength(1);
  });
});
