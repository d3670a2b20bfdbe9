import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ExampleApp, startExampleApp } from '../../packages/local-cloud/src/example-app.ts';
import { freePort } from '../../packages/local-cloud/src/program.ts';
import { startPrometheus } from './prometheus.ts';
import { until } from './stack.ts';

// The app as a process, a real Prometheus that scrapes it every two seconds, and in place of
// Alertmanager a server that keeps what it is sent.
interface Sent {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const runbooks = 'https://wiki.example.com/example-app';
const kept = new AsyncDisposableStack();
afterAll(() => kept.disposeAsync());
const sent: Sent[] = [];
let app: ExampleApp;
let prometheus: string;

beforeAll(async () => {
  const alertmanager = kept.use(
    createServer(async (request, response) => {
      const body = await text(request);
      if (request.method === 'POST') sent.push(...JSON.parse(body)); // and not a scrape
      response.end();
    }).listen(0, '127.0.0.1'),
  );
  await once(alertmanager, 'listening');
  const address = alertmanager.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');

  const folder = kept.use(await mkdtempDisposable(join(tmpdir(), 'prometheus-')));
  // Nothing listens at the address of the database, so notes are answered with 503.
  const DATABASE_URL = `postgres://app@127.0.0.1:${await freePort()}/app`;
  app = kept.use(await startExampleApp({ DATABASE_URL }));
  const server = kept.use(
    await startPrometheus({
      folder: folder.path,
      app: app.port,
      alertmanager: address.port,
      edit: (configuration) => configuration.replace(/(runbooks): .*/, `$1: ${runbooks}`),
    }),
  );
  prometheus = server.url;
}, 60_000);

it('the first error of a route shows in increase()', async () => {
  const series =
    'http_request_duration_seconds_count{job="example-app",method="GET",route="/api/notes",status="503"}';
  // From the start there is a zero, which the first error is an increase to.
  await until('a zero', async () => (await ask(series)) === 0 || undefined);
  expect((await fetch(`${app.url}/api/notes`)).status).toBe(503);
  const increase = await until('the error', async () => {
    const value = await ask(`increase(${series}[30s])`);
    return value === undefined || value === 0 ? undefined : value;
  });
  expect(increase).toBeGreaterThanOrEqual(1);
});

it('promtool has nothing against the metrics of the app itself', async () => {
  const metrics = await (await fetch(`${app.url}/api/metrics`)).text();
  expect(metrics).toContain('http_request_duration_seconds_bucket');
  const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: metrics });
  // Those of prom-client, whose gauges are named so; dashboards elsewhere know them by these names.
  const counts = ['handles', 'requests', 'resources'].map(
    (what) => `nodejs_active_${what}_total non-counter metrics should not have "_total" suffix`,
  );
  expect(`${stdout}${stderr}`.trim().split('\n').sort()).toEqual(counts);
});

it('an alert links to its runbook where prometheus.yml says they are, and has no label of that', async () => {
  const watchdog = await until('the alert', async () =>
    sent.find(({ labels }) => labels['alertname'] === 'Watchdog'),
  );
  expect(watchdog.annotations['runbook_url']).toBe(`${runbooks}#watchdog`);
  expect(watchdog.labels).toEqual({ alertname: 'Watchdog', severity: 'none' });
});

/** The value of a query that has one series at most. */
async function ask(query: string): Promise<number | undefined> {
  const answer = await fetch(`${prometheus}/api/v1/query?${new URLSearchParams({ query })}`);
  const { data }: { data: { result: { value: [time: number, value: string] }[] } } = JSON.parse(
    await answer.text(),
  );
  const [found] = data.result;
  return found && Number(found.value[1]);
}
