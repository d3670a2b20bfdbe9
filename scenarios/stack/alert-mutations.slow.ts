// Each rule with one mistake in it, and whether a row of the tests turns red. It takes minutes of
// promtool, so it is not among the usual tests: make test-alerts.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import {
  alertsOf,
  monitoring,
  type Rule,
  type RuleFile,
  type RuleTest,
  readRules,
  readTests,
  runTests,
  type TestFile,
} from './alert-rules.ts';
import { type Mutation, mutationsOf } from './mutations.ts';
import { selectorsOf } from './promql.ts';

interface Row {
  readonly file: TestFile;
  readonly test: RuleTest;
}

/** What changes nothing that a row could see, by the names of rules and mistakes. */
const equivalent: readonly (readonly [rules: RegExp, what: RegExp, because: string])[] = [
  [
    /^(?:job:slo_errors:(?:ratio|increase latency) |RouteErrorsHigh|MemoryNearLimit|job_release)/,
    /^matcher dropped: job=/,
    'the other side asks for the job, and the two match by it; everywhere at once is another mistake',
  ],
  [/^job_release/, /^label dropped: job of on /, 'both sides ask for one job, and it is the same'],
  [
    /^RouteErrorsHigh/,
    /^matcher dropped: route!~/,
    'the other sides leave the route out, and they match by it; everywhere at once is another mistake',
  ],
  [
    /Burn(?:Fast|Slow)$/,
    /^matcher dropped: slo=/,
    'the other sides ask for the objective, and they match by it; everywhere at once is another mistake',
  ],
  [
    /Burn(?:Fast|Slow)$/,
    /^label dropped: window of ignoring [(]window[)] [(][24][)]$/,
    'the floor is asked of the window that the rate before it has',
  ],
  [
    /BurnSlow$/,
    /^matcher dropped: window="3d" [(]2[)]$/,
    'no window has more bad requests in it than the longest one',
  ],
];

const production = await readRules('production');
const all = production.groups.flatMap(({ rules }) => rules);
const tests = globSync('production/*.yml', { cwd: join(monitoring, 'prometheus/tests') });
const rows: readonly Row[] = (await Promise.all(tests.sort().map(readTests))).flatMap((file) =>
  file.tests.map((test) => ({ file, test })),
);
let caught = 0;
let made = 0;
let leftOut = 0;
const used = new Set<RegExp>();
afterAll(() => {
  const result = caught === made ? 'all caught' : `${made - caught} NOT caught`;
  process.stdout.write(`${made} mutations, ${result}; ${leftOut} equivalent ones left out\n`);
});

const named = all.map((rule, n) => ({ rule, n, name: nameOf(rule) }));

it.each(named)(
  'a row turns red for each mistake in $name',
  async ({ rule, n, name }) => {
    const order = rowsOf(rule);
    const survivors: string[] = [];
    const open = mutationsOf(rule).filter(({ what }) => {
      const why = equivalent.find(([rules, whats]) => rules.test(name) && whats.test(what));
      if (why === undefined) return true;
      used.add(why[1]);
      leftOut += 1;
      return false;
    });
    made += open.length;
    const work = async () => {
      for (let next = open.shift(); next !== undefined; next = open.shift()) {
        if (await isCaught(next, n, order)) caught += 1;
        else survivors.push(`${name}: ${next.what}`);
      }
    };
    await Promise.all([work(), work()]);
    expect(survivors).toEqual([]);
  },
  600_000,
);

it('finds each row green without a mistake', async () => {
  const asked = new Set(all.flatMap(rowsOf));
  const red: string[] = [];
  for (const row of asked) if (await turnsRed(row, production)) red.push(row.test.name);
  expect(red).toEqual([]);
}, 600_000);

it('leaves no mistake out that nobody can make', () => {
  expect(equivalent.filter(([, what]) => !used.has(what))).toEqual([]);
});

function nameOf({ alert, record, labels = {} }: Rule): string {
  const more = alert === 'DependencyDown' || record ? ` ${Object.values(labels).join(' ')}` : '';
  return `${alert ?? record}${more}`;
}

/** The rows that hear of a rule, the short ones first. */
function rowsOf({ alert, record, labels = {} }: Rule): Row[] {
  const alerts = new Set(
    alert === undefined
      ? all
          .filter(({ expr }) =>
            selectorsOf(expr).some(
              ({ metric, equal }) =>
                metric === record && Object.entries(labels).every(([l, v]) => equal.get(l) === v),
            ),
          )
          .map((reader) => reader.alert)
      : [alert],
  );
  const hear = rows.filter(({ test }) =>
    test.promql_expr_test
      ? record !== undefined && JSON.stringify(test.promql_expr_test).includes(record)
      : [...alertsOf(test)].some((name) => alerts.has(name)),
  );
  // What a recording rule says of itself tells more than the alerts that read it.
  const cost = ({ test }: Row) =>
    test.promql_expr_test && record ? 0 : JSON.stringify(test).length;
  return hear.sort((a, b) => cost(a) - cost(b));
}

/** Asks one row after the other. The one that turns red is asked first the next time. */
async function isCaught({ rule }: Mutation, n: number, order: Row[]): Promise<boolean> {
  let index = 0;
  const groups = production.groups.map((group) => ({
    ...group,
    rules: group.rules.map((one) => (index++ === n ? rule : one)),
  }));
  for (const row of [...order]) {
    if (!(await turnsRed(row, { groups }))) continue;
    order.splice(order.indexOf(row), 1);
    order.unshift(row);
    return true;
  }
  return false;
}

async function turnsRed({ file, test }: Row, { groups }: RuleFile): Promise<boolean> {
  // Those of a recording rule read no alert, and alerts are most of the work.
  const recording = groups.map((group) => ({
    ...group,
    rules: group.rules.filter(({ record }) => record !== undefined),
  }));
  const rules = test.promql_expr_test
    ? recording.filter((group) => group.rules.length > 0)
    : groups;
  return (await runTests({ ...file, tests: [test] }, { groups: rules })) !== '';
}
