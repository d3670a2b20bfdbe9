import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { alertsOf, monitoring, promtool, readRules, readTests, runTests } from './alert-rules.ts';

const names = globSync('**/*.yml', { cwd: join(monitoring, 'prometheus/tests') }).sort();
const files = await Promise.all(
  names.map(async (name) => {
    const which = name.startsWith('demo') ? 'demo' : 'production';
    return { name, which, file: await readTests(name) };
  }),
);
const rules = { production: await readRules('production'), demo: await readRules('demo') };

it.each(files)('the alerts do what the rows of $name say', async ({ file, which }) => {
  expect(await runTests(file, which === 'demo' ? rules.demo : rules.production)).toBe('');
});

it('Prometheus takes the configurations and the rules, for production and for the local stack', async () => {
  const configs = ['prometheus.yml', 'prometheus.demo.yml'];
  const said = configs.map((name) =>
    promtool('check', 'config', join(monitoring, 'prometheus', name)),
  );
  expect(await Promise.all(said)).toEqual(['', '']);
});

/** Of each alert and its severity: how many rows have it fire, and how many have it silent. */
function rows(which: string) {
  const tests = files.filter((one) => one.which === which).flatMap(({ file }) => file.tests);
  const all = rules[which === 'demo' ? 'demo' : 'production'].groups.flatMap(
    (group) => group.rules,
  );
  const firing = (alert: string, severity = '') =>
    tests.filter((test) =>
      test.alert_rule_test?.some(
        (row) =>
          row.alertname === alert &&
          row.exp_alerts?.some(({ exp_labels }) => exp_labels['severity'] === severity),
      ),
    ).length;
  // From the start to the end, in a test that has data.
  const silent = (alert: string) =>
    tests.filter(
      (test) =>
        alertsOf(test).has(alert) &&
        (test.input_series ?? []).length > 0 &&
        test.alert_rule_test?.every((row) => row.alertname !== alert || !row.exp_alerts?.length),
    ).length;
  return { tests, all, firing, silent };
}

it.each(['production', 'demo'])(
  'each alert for %s has a row where it fires and one where it is silent',
  (which) => {
    const { all, firing, silent } = rows(which);
    const without = all.flatMap(({ alert, labels, expr }) => {
      if (alert === undefined) return [];
      const severity = labels?.['severity'] ?? 'none';
      return [
        ...(firing(alert, severity) ? [] : [`${alert} (${severity}): no row where it fires`]),
        ...(silent(alert) || expr === 'vector(1)' ? [] : [`${alert}: no row where it is silent`]),
      ];
    });
    expect(without).toEqual([]);
  },
);

it('each alert has the rows of its kind: no data, resolves; a burn rate also low traffic and a deploy', () => {
  const own = rows('production').tests.map(({ name }) => name);
  const left = rows('production').all.flatMap(({ alert = '' }) =>
    wantedRows(alert)
      .filter((kind) => !own.some((name) => name.startsWith(alert) && name.includes(kind)))
      .map((kind) => `${alert}: no row '${kind}'`),
  );
  expect(left).toEqual([]);
});

function wantedRows(alert: string): string[] {
  if (alert === '') return [];
  if (alert === 'Watchdog') return ['no data'];
  const burn = ['one bad request in low traffic', 'a deploy sets the counters back'];
  return ['no data', 'resolves', ...(alert.includes('Burn') ? burn : [])];
}

it('both have the same alerts, each with a summary and a description', () => {
  const [production, demo] = ['production', 'demo'].map((which) =>
    rows(which).all.filter(({ alert }) => alert !== undefined),
  );
  const names = (list: typeof production) => list?.map(({ alert, labels }) => ({ alert, labels }));
  expect(names(demo)).toEqual(names(production));
  for (const { annotations } of production ?? []) {
    expect(annotations).toEqual({
      summary: expect.stringMatching(/\w/),
      description: expect.stringMatching(/\w.*[.]$/),
      runbook_url: expect.anything(),
    });
  }
});

it.each(['production', 'demo'])(
  'each alert for %s has its own heading among the runbooks, and each heading an alert',
  async (which) => {
    const text = await readFile(join(monitoring, 'README.md'), 'utf8');
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
    const alerts = rows(which).all.filter(({ alert }) => alert !== undefined);
    expect(headings.toSorted()).toEqual([...new Set(alerts.map(({ alert }) => alert).toSorted())]);
    // The address is that of prometheus.yml; a heading of one word is its own anchor, in small letters.
    expect(alerts.map(({ annotations }) => annotations?.['runbook_url'])).toEqual(
      alerts.map(({ alert = '' }) => `{{ $externalLabels.runbooks }}#${alert.toLowerCase()}`),
    );
  },
);
