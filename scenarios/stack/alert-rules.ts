// The alert rules of the example app, and what promtool says about them.
import { execFile } from 'node:child_process';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { selectorsOf } from './promql.ts';

export const monitoring = join(import.meta.dirname, '../../example-app/monitoring');

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

export interface RuleTest {
  readonly name: string;
  readonly input_series?: readonly unknown[];
  readonly alert_rule_test?: readonly {
    readonly alertname: string;
    readonly exp_alerts?: readonly {
      readonly exp_labels: Readonly<Record<string, string>>;
    }[];
  }[];
  readonly promql_expr_test?: readonly unknown[];
}

export interface TestFile {
  readonly evaluation_interval: string;
  readonly group_eval_order?: readonly string[];
  readonly tests: readonly RuleTest[];
}

/** Reads rules, `production` or `demo`. */
export async function readRules(which: string): Promise<RuleFile> {
  return parse(await readFile(join(monitoring, `prometheus/rules/${which}.yml`), 'utf8'));
}

/** Reads a file of tests, by its path below `prometheus/tests`. */
export async function readTests(path: string): Promise<TestFile> {
  return parse(await readFile(join(monitoring, 'prometheus/tests', path), 'utf8'));
}

/** The names of the alerts that a test asks for. */
export function alertsOf({ alert_rule_test: rows = [] }: RuleTest): Set<string> {
  return new Set(rows.map(({ alertname }) => alertname));
}

/**
 * Runs tests with promtool, against the rules that they are about: promtool evaluates all that it is
 * given at each step, and most of it would be for nothing.
 *
 * @returns what promtool found wrong; empty when all is as expected
 */
export async function runTests(file: TestFile, rules: RuleFile): Promise<string> {
  const about = Map.groupBy(file.tests, (test) =>
    test.promql_expr_test ? '' : [...alertsOf(test)].sort().join(),
  );
  await using folder = await mkdtempDisposable(join(tmpdir(), 'rules-'));
  const paths = await Promise.all(
    [...about].map(async ([names, tests], n) => {
      const groups = names === '' ? rules.groups : needed(rules, new Set(names.split(',')));
      await writeFile(join(folder.path, `rules-${n}.yml`), stringify({ groups }));
      const order = file.group_eval_order?.filter((name) => groups.some((g) => g.name === name));
      const path = join(folder.path, `tests-${n}.yml`);
      await writeFile(
        path,
        stringify({ ...file, group_eval_order: order, tests, rule_files: [`rules-${n}.yml`] }),
      );
      return path;
    }),
  );
  const said = await Promise.all(paths.map((path) => promtool('test', 'rules', path)));
  return said.join('');
}

/** What promtool says when it is not content, else nothing. */
export async function promtool(...args: string[]): Promise<string> {
  return complaints('promtool', args);
}

/** What amtool says when it is not content, else nothing. */
export async function amtool(...args: string[]): Promise<string> {
  return complaints('amtool', args);
}

async function complaints(program: string, args: readonly string[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(program, args, { timeout: 50_000 }, (error, stdout, stderr) => {
    resolve(error === null ? '' : `${error.message}\n${stdout}${stderr}`);
  });
  return promise;
}

/** These alerts, and the recording rules whose series they read. */
function needed({ groups }: RuleFile, names: ReadonlySet<string>): RuleFile['groups'] {
  const read = groups
    .flatMap(({ rules }) => rules)
    .filter(({ alert = '' }) => names.has(alert))
    .flatMap(({ expr }) => selectorsOf(expr));
  const isRead = ({ record, labels = {} }: Rule) =>
    read.some(
      ({ metric, equal }) =>
        metric === record &&
        Object.entries(labels).every(([label, value]) => (equal.get(label) ?? value) === value),
    );
  return groups
    .map((group) => ({
      ...group,
      rules: group.rules.filter((rule) => names.has(rule.alert ?? '') || isRead(rule)),
    }))
    .filter(({ rules }) => rules.length > 0);
}
