import { expect, it } from '@jest/globals';
import type { Registry } from 'prom-client';
import { memoryLimit } from '../src/metrics.ts';
import { routesOf } from '../src/routes.ts';
import { serve } from './serve.ts';

it('exposes the release and the metrics of the Node process', async () => {
  await using app = await serve({ version: '2.0.0', commit: 'a"b' });
  const metrics = await (await fetch(`${app.url}/api/metrics`)).text();
  expect(metrics).toContain('app_info{version="2.0.0",commit="a\\"b"} 1');
  expect(metrics).toMatch(/^process_cpu_seconds_total \d/m);
  expect(metrics).toMatch(/^nodejs_eventloop_lag_seconds \d/m);
  expect(metrics).toMatch(/^memory_limit_bytes [1-9]\d*$/m);
});

it.each([
  [256, 256],
  [0, 8192],
  [2 ** 64, 8192],
])('takes a limit of %s for %s bytes on a machine of 8192', (limit, bytes) => {
  expect(memoryLimit(limit, 8192)).toBe(bytes);
});

it('counts requests by method, route pattern and status, however many paths are asked for', async () => {
  await using app = await serve();
  await Promise.all([
    ...Array.from({ length: 20 }, (_, n) => fetch(`${app.url}/user/${n}`)),
    fetch(`${app.url}/?page=1`),
    fetch(`${app.url}/?page=2`),
    fetch(`${app.url}/health`, { method: 'HEAD' }),
    fetch(`${app.url}/health`, { method: 'PUT' }),
  ]);
  await app.stop();
  expect((await counts(app.registry)).filter((line) => !line.endsWith(' 0'))).toEqual([
    '{method="GET",route="/",status="200"} 2',
    '{method="GET",route="unmatched",status="404"} 20',
    '{method="HEAD",route="/health",status="200"} 1',
    '{method="PUT",route="/health",status="405"} 1',
  ]);
});

it('has a series of failures for every route before there is one, so that the first one shows', async () => {
  await using app = await serve();
  const failures = [...routesOf(app.express).keys()].map(
    (route) => `{method="GET",route="${route}",status="500"} 0`,
  );
  expect(failures.length).toBeGreaterThan(5);
  const ready = '{method="GET",route="/ready",status="503"} 0';
  expect(await counts(app.registry)).toEqual([...failures, ready].toSorted());
});

it('has the buckets that the latency objective needs, and few', async () => {
  await using app = await serve();
  const text = await app.registry.metrics();
  const buckets = /_bucket{le="([^"]+)",method="GET",route="\/",/g;
  const bounds = [...text.matchAll(buckets)].map(([, bound]) => bound);
  expect(bounds).toEqual(['0.01', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '+Inf']);
});

it('tells two scrapers the same', async () => {
  await using app = await serve();
  await fetch(`${app.url}/nowhere`);
  const own = async () => {
    const text = await (await fetch(`${app.url}/api/metrics`)).text();
    const scrapes = /route="\/api\/metrics"|^(?:process|nodejs)_/; // which are requests themselves
    return text.split('\n').filter((line) => !scrapes.test(line));
  };
  expect(await own()).toEqual(await own());
});

async function counts(registry: Registry): Promise<string[]> {
  const prefix = 'http_request_duration_seconds_count';
  return (await registry.metrics())
    .split('\n')
    .flatMap((line) => (line.startsWith(prefix) ? [line.slice(prefix.length)] : []))
    .toSorted();
}
