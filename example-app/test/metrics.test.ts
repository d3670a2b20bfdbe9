import { expect, it } from '@jest/globals';
import { memoryLimit } from '../src/metrics.ts';
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
  ]);
  await app.stop();

  const counts = (await app.registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('http_request_duration_seconds_count'));
  expect(counts.toSorted()).toEqual([
    'http_request_duration_seconds_count{method="GET",route="/",status="200"} 2',
    'http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 20',
    'http_request_duration_seconds_count{method="HEAD",route="/health",status="200"} 1',
  ]);
});
