import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { serve } from './serve.ts';

describe('every answer', () => {
  it.each([
    ['/', 200, 'text/html; charset=utf-8'],
    ['/health', 200, 'application/json; charset=utf-8'],
    ['/api/info', 200, 'application/json; charset=utf-8'],
    ['/api/metrics', 200, 'text/plain; version=0.0.4; charset=utf-8'],
    ['/nowhere', 404, 'application/json; charset=utf-8'],
    ['/%E0%A4%A', 404, 'application/json; charset=utf-8'],
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
    expect(page).not.toContain('<script');
    expect(page.split(escaped)).toHaveLength(6); // title, heading and three facts
  });

  it('carries the one style sheet that its policy allows, and nothing from elsewhere', async () => {
    await using app = await serve();
    const response = await fetch(app.url);
    const page = await response.text();
    const style = /<style>(.*)<\/style>/s.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-security-policy')).toContain(`'sha256-${hash}'`);
    expect(page.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import/);
  });
});

describe('/health', () => {
  it.each([
    [false, 200, 'ok'],
    [true, 503, 'stopping'],
  ])('when stopping is %s: %i %s', async (stopping, code, status) => {
    await using app = await serve({ isStopping: () => stopping });
    const response = await fetch(`${app.url}/health`);
    expect(response.status).toBe(code);
    expect(await response.json()).toEqual({ status, version: '1.2.3', commit: 'abc1234' });
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
