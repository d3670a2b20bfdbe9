import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { serve } from './serve.ts';

describe('every answer', () => {
  it.each([
    ['/', 200, 'text/html; charset=utf-8'],
    ['/health', 200, 'application/json; charset=utf-8'],
    ['/api/info', 200, 'application/json; charset=utf-8'],
    ['/api/metrics', 200, 'text/plain; version=0.0.4; charset=utf-8'],
    ['/ready', 200, 'application/json; charset=utf-8'],
    ['/api/status', 200, 'application/json; charset=utf-8'],
    ['/nowhere', 404, 'application/problem+json; charset=utf-8'],
    ['/%E0%A4%A', 400, 'application/problem+json; charset=utf-8'],
  ])('%s has status %i, type %s and the security headers', async (path, status, type) => {
    await using app = await serve();
    const { status: actual, headers } = await fetch(app.url + path);
    expect(actual).toBe(status);
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.has('x-powered-by')).toBe(false);
    expect(headers.has('etag')).toBe(false);
  });

  it.each([
    ['proxy-42.a_b', true],
    ['two words', false],
    ['"}{', false],
    ['x'.repeat(65), false],
  ])('takes over the request id %j: %s', async (id, kept) => {
    await using app = await serve();
    const { headers } = await fetch(`${app.url}/health`, { headers: { 'X-Request-Id': id } });
    expect(headers.get('x-request-id')).toMatch(kept ? id : /^[0-9a-f-]{36}$/);
  });
});

describe('/', () => {
  it('shows version, commit, environment and uptime', async () => {
    await using app = await serve();
    const page = await (await fetch(app.url)).text();
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('<dt>Version</dt><dd>1.2.3</dd>');
    expect(page).toContain('<dt>Commit</dt><dd>abc1234</dd>');
    expect(page).toContain('<dt>Environment</dt><dd>test</dd>');
    expect(page).toContain('<dt>Uptime</dt><dd>1m 30s</dd>');
  });

  it('escapes every value', async () => {
    const nasty = `<script>alert("1")</script>&'`;
    const escaped = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;';
    const values = { name: nasty, version: nasty, commit: nasty, environment: nasty };
    await using app = await serve(values);
    const page = await (await fetch(app.url)).text();
    expect(page).not.toContain('<script>');
    expect(page.split(escaped)).toHaveLength(6); // title, heading and three facts
  });

  it('loads only files of the app, which a browser may keep and asks about', async () => {
    await using app = await serve();
    const page = await (await fetch(app.url)).text();
    const loaded = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path);
    expect(loaded).toHaveLength(4);
    for (const path of loaded) {
      const file = await fetch(app.url + path);
      expect([path, file.status]).toEqual([path, 200]);
      expect(file.headers.get('content-type')).toMatch(/^text\/(?:css|javascript); charset=utf-8$/);
      const etag = file.headers.get('etag') ?? '';
      const headers = { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' };
      const again = await fetch(app.url + path, { headers });
      expect([path, again.status]).toEqual([path, 304]);
    }
    expect(page.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import/);
  });

  it('leads to all that the app says of itself', async () => {
    await using app = await serve();
    const page = await (await fetch(app.url)).text();
    const footer = page.slice(page.indexOf('<footer>'));
    const links = [...footer.matchAll(/href="([^"]+)"/g)].map(([, path]) => path);
    expect(links).toEqual(['/health', '/ready', '/api/info', '/api/metrics', '/openapi.json']);
    for (const path of links)
      expect([path, (await fetch(app.url + path)).status]).toEqual([path, 200]);
  });

  it('has a policy that allows no script and no style within a page, and no other host', async () => {
    await using app = await serve();
    const policy = (await fetch(app.url)).headers.get('content-security-policy') ?? '';
    expect(policy.split('; ').toSorted()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      'img-src data:',
      "script-src 'self'",
      "style-src 'self'",
    ]);
  });
});

describe('/assets', () => {
  it.each(['nothing.js', '..%2fapp.ts', '%2e%2e%2fserver.ts', '__proto__', 'page.ts'])(
    'has no %s',
    async (name) => {
      await using app = await serve();
      expect((await fetch(`${app.url}/assets/${name}`)).status).toBe(404);
    },
  );
});

describe('/api/status', () => {
  it('shows what was asked for in the last interval, without those who watch', async () => {
    let now = Date.parse('2026-01-01T00:01:30Z');
    await using app = await serve({ now: () => now });
    for (const path of ['/api/info', '/api/info', '/nowhere', '/health', '/api/status']) {
      await (await fetch(app.url + path)).text();
    }
    now += 2000;
    const status = await eventually(async () => {
      const body = await (await fetch(`${app.url}/api/status`)).text();
      return body.includes('"times":[]') ? undefined : JSON.parse(body);
    });
    expect(status).toMatchObject({ version: '1.2.3', commit: 'abc1234', uptimeSeconds: 92 });
    expect(status.requestsPerSecond).toEqual([1.5]);
    expect(status.errorsPerSecond).toEqual([0]);
  });
});

describe('/health', () => {
  it.each([false, true])('is green when stopping is %s: the process lives', async (stopping) => {
    await using app = await serve({ isStopping: () => stopping });
    const response = await fetch(`${app.url}/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok', version: '1.2.3', commit: 'abc1234' });
  });
});

describe('/api/info', () => {
  it('says what runs where, and since when', async () => {
    await using app = await serve();
    expect(await (await fetch(`${app.url}/api/info`)).json()).toEqual({
      name: 'example-app',
      version: '1.2.3',
      commit: 'abc1234',
      environment: 'test',
      uptimeSeconds: 90,
      startedAt: '2026-01-01T00:00:00.000Z',
      nodeVersion: process.version,
    });
  });
});

async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await delay(100);
  }
}
