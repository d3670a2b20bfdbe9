import { describe, expect, it } from '@jest/globals';
import type { Store } from 'express-rate-limit';
import { serve } from './serve.ts';

const statuses = async (url: string, addresses: readonly string[]) => {
  const seen: number[] = [];
  for (const address of addresses) {
    seen.push((await fetch(url, { headers: { 'X-Forwarded-For': address } })).status);
  }
  return seen;
};

describe('the rate limit', () => {
  it('answers request n+1 with 429, Retry-After and problem details; watchers are never limited', async () => {
    await using app = await serve({ rateLimit: 2 });
    const first = await fetch(`${app.url}/api/info`);
    expect(first.headers.get('ratelimit')).toContain('remaining=1');
    expect((await fetch(`${app.url}/`)).status).toBe(200);
    const refused = await fetch(`${app.url}/api/info`);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('content-type')).toMatch('application/problem+json');
    expect(await refused.json()).toMatchObject({
      status: 429,
      requestId: refused.headers.get('x-request-id'),
    });
    for (const path of ['/health', '/ready', '/api/metrics']) {
      expect((await fetch(app.url + path)).status).toBe(200);
    }
    const metrics = await (await fetch(`${app.url}/api/metrics`)).text();
    expect(metrics).toMatch(/^rate_limited_requests_total 1$/m);
    expect(metrics).toMatch(/^rate_limit_errors_total 0$/m);
  });

  it('is off when it is 0', async () => {
    await using app = await serve({ rateLimit: 0 });
    const answer = await fetch(`${app.url}/api/info`);
    expect(answer.headers.has('ratelimit')).toBe(false);
  });

  it('believes as many proxies as there are, and no client', async () => {
    await using alone = await serve({ rateLimit: 1 });
    const url = `${alone.url}/api/info`;
    expect(await statuses(url, ['10.0.0.1', '10.0.0.2'])).toEqual([200, 429]);

    await using behindOne = await serve({ rateLimit: 1, trustProxy: 1 });
    // What the proxy has added comes last; what stands before it the client made up.
    const forwarded = ['8.8.8.1, 10.0.0.1', '8.8.8.2, 10.0.0.1', '8.8.8.1, 10.0.0.2'];
    expect(await statuses(`${behindOne.url}/api/info`, forwarded)).toEqual([200, 429, 200]);
  });

  it('lets requests pass while its store is gone, counts them, and takes it up again', async () => {
    let gone = true;
    let prepared = 0;
    let asked = 0;
    const hits = new Map<string, number>();
    const rateLimitStore: Store = {
      init() {
        if (gone) throw new Error('connect ECONNREFUSED');
        prepared++;
      },
      async increment(key) {
        asked++;
        if (gone) throw new Error('connect ECONNREFUSED');
        const totalHits = (hits.get(key) ?? 0) + 1;
        hits.set(key, totalHits);
        return { totalHits, resetTime: new Date(Date.now() + 60_000) };
      },
      decrement() {},
      resetKey() {},
    };
    await using app = await serve({ rateLimit: 1, rateLimitStore });
    await using other = await serve({ rateLimit: 1, rateLimitStore });
    const ask = async () => (await fetch(`${app.url}/api/info`)).status;
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 200]);
    expect(asked).toBe(0); // it was not even prepared
    const metrics = await (await fetch(`${app.url}/api/metrics`)).text();
    expect(metrics).toMatch(/^rate_limit_errors_total 3$/m);

    gone = false;
    while (prepared === 0) await ask();
    expect(await ask()).toBe(429);
    // All instances count together.
    expect((await fetch(`${other.url}/api/info`)).status).toBe(429);
    const warnings = (await app.stop()).filter(({ msg }) => /error from store/.test(msg));
    expect(warnings).toHaveLength(1);
    expect(warnings).toMatchObject([{ level: 'warn', err: { cause: { type: 'Error' } } }]);
  });
});
