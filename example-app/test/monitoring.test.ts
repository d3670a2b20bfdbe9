import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { serve } from './serve.ts';

const folder = join(import.meta.dirname, '../monitoring');
const read = (path: string) => readFileSync(join(folder, path), 'utf8');

type Rule = {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
};
type Query = { readonly expr?: string; readonly refId: string; readonly datasource: unknown };
type Panel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: unknown;
  readonly targets?: readonly Query[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
};
type Dashboard = {
  readonly id: number | null;
  readonly uid: string;
  readonly editable: boolean;
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr?: string }[] };
};

const rules = ['production', 'demo'].flatMap((name) => {
  const file: { groups: { rules: Rule[] }[] } = parse(read(`prometheus/rules/${name}.yml`));
  return file.groups.flatMap((group) => group.rules.map((rule) => ({ ...rule, file: name })));
});
const dashboards: readonly (readonly [string, Dashboard])[] = ['service', 'process'].map((name) => [
  name,
  JSON.parse(read(`grafana/dashboards/${name}.json`)),
]);

const queries: readonly (readonly [where: string, expr: string])[] = [
  ...rules.map(
    ({ file, alert, record, expr, labels }) =>
      [`${file}.yml: ${alert ?? record} ${JSON.stringify(labels ?? {})}`, expr] as const,
  ),
  ...dashboards.flatMap(([name, { annotations, panels }]) => [
    ...annotations.list.flatMap(({ expr }) =>
      expr === undefined ? [] : [[`${name}: annotation`, expr] as const],
    ),
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr = '', refId }) => [`${name}: ${title} ${refId}`, expr] as const),
    ),
  ]),
];

type Selector = { readonly metric: string; readonly labels: readonly (readonly string[])[] };

/** The selectors of an expression; throws where it is no PromQL. */
function selectorsOf(expr: string): Selector[] {
  const text = expr.replaceAll('$__rate_interval', '1m');
  const found: { metric: string; labels: string[][] }[] = [];
  parser.parse(text).iterate({
    enter({ type, from, to, node }) {
      const part = text.slice(from, to);
      if (type.isError) throw new Error(`no PromQL at '${text.slice(from, from + 30)}'`);
      if (type.name === 'VectorSelector') {
        const name = node.getChild('Identifier');
        found.push({ metric: name ? text.slice(name.from, name.to) : '', labels: [] });
      }
      if (type.name === 'UnquotedLabelMatcher') {
        found
          .at(-1)
          ?.labels.push([...(/^\s*(\w+)\s*(=~|!~|!=|=)\s*"(.*)"$/s.exec(part) ?? [])].slice(1));
      }
    },
  });
  return found;
}

/** Its metrics are there from the first time on. */
async function collectGarbage(): Promise<void> {
  const seen = new Promise<void>((resolve) => {
    const observer = new PerformanceObserver(() => {
      observer.disconnect();
      resolve();
    });
    observer.observe({ entryTypes: ['gc'] });
  });
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  await seen;
}

/** The label values of each metric that the app exports, by metric and label. */
async function exported(): Promise<Map<string, Map<string, Set<string>>>> {
  await using app = await serve({
    dependencies: ['postgres', 'redis'].map((name) => ({
      name,
      required: true,
      check: async () => undefined,
    })),
  });
  await fetch(app.url);
  await collectGarbage();
  const lines = (await (await fetch(`${app.url}/api/metrics`)).text()).split('\n');
  const metrics = new Map<string, Map<string, Set<string>>>();
  for (const [, name = '', labels = ''] of lines.flatMap((l) => [
    /^(\w+)(?:\{(.*)\})? /.exec(l) ?? [],
  ])) {
    const known = metrics.get(name) ?? new Map<string, Set<string>>();
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      known.set(label, (known.get(label) ?? new Set()).add(value));
    }
    metrics.set(name, known);
  }
  return metrics;
}

const app = await exported();
// What Prometheus adds to each target, and what it writes by itself.
const target = ['job', 'instance'];
const own = new Map([
  ['up', target],
  ['ALERTS', [...target, 'alertname', 'alertstate', 'severity']],
]);
const recorded = new Map(
  rules.flatMap(({ record, labels = {} }) =>
    record === undefined ? [] : [[record, ['job', ...Object.keys(labels)]] as const],
  ),
);

describe.each(queries)('%s', (_where, expr) => {
  it('is PromQL, of metrics, labels and buckets that there are', () => {
    const missing = selectorsOf(expr).flatMap(({ metric, labels }) => {
      const exports = app.get(metric);
      const known =
        own.get(metric) ?? recorded.get(metric) ?? (exports && [...exports.keys(), ...target]);
      if (known === undefined) return [`no metric ${metric}`];
      return labels.flatMap(([label = '', operator, value = '']) => {
        if (!known.includes(label)) return [`${metric} has no label ${label}`];
        const bucket = label !== 'le' || operator !== '=' || exports?.get('le')?.has(value);
        return bucket ? [] : [`${metric} has no bucket ${value}`];
      });
    });
    expect(missing).toEqual([]);
  });
});

it.each([
  ['no PromQL', 'sum(rate(up[5m])'],
  ['no PromQL', 'rate(up[5m]) >'],
])('says %s of %s', (said, expr) => {
  expect(() => selectorsOf(expr)).toThrow(said);
});

it('sees each selector with its labels', () => {
  expect(
    selectorsOf(
      'sum by (a) (rate(x_bucket{le="0.25",route!~"/a|/b"}[$__rate_interval])) > on (a) y',
    ),
  ).toEqual([
    {
      metric: 'x_bucket',
      labels: [
        ['le', '=', '0.25'],
        ['route', '!~', '/a|/b'],
      ],
    },
    { metric: 'y', labels: [] },
  ]);
});

describe.each(dashboards)('the dashboard %s', (_name, dashboard) => {
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');

  it('comes from a file as it is: no inputs, no id, nothing to edit', () => {
    expect(dashboard).toMatchObject({
      id: null,
      uid: expect.stringMatching(/^example-app-/),
      editable: false,
    });
    expect(dashboard).not.toHaveProperty('__inputs');
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    expect(JSON.stringify(dashboard)).not.toMatch(/\$\{DS_/);
  });

  it.each(panels.map((panel) => [panel.title, panel] as const))('%s', (_title, panel) => {
    const datasource = { type: 'prometheus', uid: '$datasource' };
    expect(panel).toMatchObject({
      datasource,
      description: expect.stringMatching(/\w.*[.]$/),
      fieldConfig: { defaults: { unit: expect.stringMatching(/\w/) } },
    });
    for (const { expr = '', datasource: source } of panel.targets ?? []) {
      expect(source).toEqual(datasource);
      expect(expr).toMatch(/job="\$job"/);
      for (const [, range] of expr.matchAll(/\brate\([^[]*\[([^\]]+)\]/g)) {
        expect(range).toBe('$__rate_interval');
      }
      expect(expr).not.toMatch(/rate\(\s*sum/);
    }
  });
});

it('provisions the data source that the dashboards take, by a fixed uid', () => {
  expect(parse(read('grafana/provisioning/datasources/prometheus.yml'))).toMatchObject({
    datasources: [{ name: 'Prometheus', type: 'prometheus', uid: 'prometheus', editable: false }],
  });
  expect(parse(read('grafana/provisioning/dashboards/example-app.yml'))).toMatchObject({
    providers: [
      { type: 'file', allowUiUpdates: false, options: { path: '/etc/grafana/dashboards' } },
    ],
  });
});
