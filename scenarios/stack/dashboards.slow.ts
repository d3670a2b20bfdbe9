// Grafana's own panels draw the dashboards, in Chromium, from a real Prometheus that has scraped the real
// app under load. Not among the usual tests, as the panels are 450 MB: make test-dashboards.
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { type OpenBrowser, openBrowser } from '../../packages/local-cloud/src/browser.ts';
import { startExampleApp } from '../../packages/local-cloud/src/example-app.ts';
import { freePort } from '../../packages/local-cloud/src/program.ts';
import { monitoring } from './alert-rules.ts';
import { startPrometheus } from './prometheus.ts';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: string])[];
}

const packages = process.env['SLIPWAY_GRAFANA_PANELS'];
if (packages === undefined)
  throw new Error('SLIPWAY_GRAFANA_PANELS is not set: run make test-dashboards');
const own = join(import.meta.dirname, '../../scripts/tools/grafana-panels');
const pictures = join(import.meta.dirname, '../..', process.env['PICTURES'] || 'out/pictures');
const seconds = 40;

const kept = new AsyncDisposableStack();
afterAll(() => kept.disposeAsync());
let browser: OpenBrowser;
let prometheus: string;
let bundle: string;
let range: { readonly from: number; readonly to: number };

beforeAll(async () => {
  const folder = kept.use(await mkdtempDisposable(join(tmpdir(), 'dashboards-')));
  await bundlePanels(folder.path);
  bundle = folder.path;
  const [port, redis, postgres] = [await freePort(), await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const settings = {
    APP_COMMIT: 'abc1234',
    RATE_LIMIT: '3000',
    LOG_LEVEL: 'warn',
    // Nothing listens there, so both are down and the count of the rate limit fails.
    DATABASE_URL: `postgres://app@127.0.0.1:${postgres}/app`,
    REDIS_URL: `redis://127.0.0.1:${redis}`,
  };
  const start = (version: string) => startExampleApp({ ...settings, APP_VERSION: version }, port);
  let running = await start('1.0.0');
  kept.defer(() => running[Symbol.asyncDispose]());
  const server = kept.use(await startPrometheus({ folder: folder.path, app: port }));
  prometheus = server.url;

  const from = Date.now();
  let stop = false;
  const load = Promise.all(
    ['/', '/api/info', '/api/status', '/api/notes', '/nowhere'].map(async (path) => {
      while (!stop) {
        await fetch(url + path).then(
          (answer) => answer.arrayBuffer(),
          () => undefined,
        );
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }),
  );
  await past(from + (seconds * 1000) / 2);
  await running[Symbol.asyncDispose](); // a deploy
  running = await start('1.1.0');
  await past(from + seconds * 1000);
  stop = true;
  await load;
  range = { from, to: Date.now() };
  browser = kept.use(await openBrowser());
}, 240_000);

it.each(['service', 'process'])(
  'each panel of the dashboard %s is drawn with data',
  async (name) => {
    const dashboard: { readonly panels: readonly Panel[] } = JSON.parse(
      await readFile(join(monitoring, `grafana/dashboards/${name}.json`), 'utf8'),
    );
    const results: Record<number, unknown> = {};
    for (const { id, targets = [] } of dashboard.panels) {
      const series = await Promise.all(targets.map(seriesOf));
      results[id] = series.flat().filter(({ values }) => values.some(Number.isFinite));
    }
    await using tab = await browser.open({ viewport: { width: 1300, height: 1280 } });
    await tab.page.goto(`file://${bundle}/page.html`);
    const empty = await tab.page.evaluate(
      `draw(${JSON.stringify(dashboard)}, ${JSON.stringify(results)}, ${JSON.stringify(range)})`,
    );
    const drawn = dashboard.panels.filter(({ targets }) => targets);
    await tab.page.waitForFunction(
      `document.querySelectorAll('section').length >= ${drawn.length}`,
    );
    await tab.page.waitForFunction(`document.querySelectorAll('canvas').length > 0`);
    await tab.page.screenshot({ path: join(pictures, `dashboard-${name}.png`), fullPage: true });
    expect(empty).toEqual([]);
    expect(await tab.page.getByText('No data').count()).toBe(0);
    for (const { title } of drawn)
      expect(await tab.page.getByText(title, { exact: true }).count()).toBeGreaterThan(0);
    expect(tab.troubles.filter((trouble) => trouble.startsWith('uncaught'))).toEqual([]);
  },
);

async function seriesOf({
  expr,
  legendFormat,
}: {
  readonly expr: string;
  readonly legendFormat: string;
}) {
  const query = expr
    .replaceAll('$__rate_interval', '8s')
    .replaceAll('$job', 'example-app')
    .replaceAll('$instance', '.*');
  const parameters = new URLSearchParams({
    query,
    start: `${range.from / 1000}`,
    end: `${range.to / 1000}`,
    step: '1',
  });
  const answer = await fetch(`${prometheus}/api/v1/query_range?${parameters}`);
  const { data, error }: { data?: { result: Series[] }; error?: string } = JSON.parse(
    await answer.text(),
  );
  if (data === undefined) throw new Error(`${query}: ${error}`);
  return data.result.map(({ metric, values }) => ({
    name: legendFormat.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
    times: values.map(([time]) => time * 1000),
    values: values.map(([, value]) => Number(value)),
  }));
}

async function bundlePanels(folder: string): Promise<void> {
  await build({
    entryPoints: [join(own, 'panels.jsx')],
    outfile: join(folder, 'panels.js'),
    bundle: true,
    minify: true,
    jsx: 'automatic',
    nodePaths: [join(packages ?? '', 'node_modules')],
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    loader: {
      '.svg': 'dataurl',
      '.ttf': 'dataurl',
      '.woff': 'dataurl',
      '.woff2': 'dataurl',
      '.png': 'dataurl',
      '.gif': 'dataurl',
    },
    // Its default export is one of CommonJS, which a bundler takes for the whole module.
    plugins: [
      {
        name: 'scrollbars',
        setup({ onResolve, onLoad, resolve }) {
          onResolve(
            { filter: /^react-custom-scrollbars-2$/ },
            async ({ kind, resolveDir, pluginData }) => {
              if (pluginData === 'real') return undefined;
              const real = await resolve('react-custom-scrollbars-2', {
                kind,
                resolveDir,
                pluginData: 'real',
              });
              return { path: real.path, namespace: 'scrollbars' };
            },
          );
          onLoad({ filter: /./, namespace: 'scrollbars' }, ({ path }) => ({
            contents: `export { Scrollbars as default } from ${JSON.stringify(path)};`,
            resolveDir: own,
          }));
        },
      },
    ],
    logLevel: 'error',
  });
  const page = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="panels.css">
<style>body{margin:10px;font:14px Inter,sans-serif;background:#f4f5f5}h1{font-size:20px}h2{font-size:15px;margin:8px 0}</style>
<div id="dashboard"></div><script src="panels.js"></script>`;
  await writeFile(join(folder, 'page.html'), page);
}

async function past(time: number): Promise<void> {
  while (Date.now() < time) await new Promise((resolve) => setTimeout(resolve, 200));
}
