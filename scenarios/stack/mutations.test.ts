import { expect, it } from '@jest/globals';
import { mutationsOf } from './mutations.ts';

it('makes each mistake that a hand may make in a rule, one at a time', () => {
  const expr =
    'sum by (job) (rate(a{job="x",route!~"/b|/c"}[5m])) > 2 * 0.1 and ignoring (job) d{job="x"} >= 0';
  const made = mutationsOf({ alert: 'A', for: '1m', expr }).map(({ what, rule }) => [
    what,
    rule.expr === expr ? (rule.for ?? 'at once') : rule.expr,
  ]);
  const a = 'sum by (job) (rate(a{job="x",route!~"/b|/c"}[5m]))';
  const d = 'and ignoring (job) d{job="x"}';
  const any = 'job!="no such job"';
  expect(made).toEqual([
    ['threshold ×10: > 2 * 0.1', `${a} > 20 * 0.1 ${d} >= 0`],
    ['threshold ÷10: > 2 * 0.1', `${a} > 0.2 * 0.1 ${d} >= 0`],
    ['threshold +1: >= 0', `${a} > 2 * 0.1 ${d} >= 1`],
    ['window doubled: 5m', expr.replace('5m', '10m')],
    ['comparator flipped: > 2 * 0.1', `${a} < 2 * 0.1 ${d} >= 0`],
    ['comparator flipped: >= 0', `${a} > 2 * 0.1 ${d} < 0`],
    [`dropped from and: ${a} > 2 * 0.1`, 'd{job="x"} >= 0'],
    ['dropped from and: d{job="x"} >= 0', `${a} > 2 * 0.1`],
    ['matcher dropped: job="x"', expr.replace('job="x"', any)],
    ['matcher dropped: route!~"/b|/c"', expr.replace('route!~"/b|/c"', any)],
    ['choice dropped: /b of route!~"/b|/c"', expr.replace('/b|/c', '/c')],
    ['choice dropped: /c of route!~"/b|/c"', expr.replace('/b|/c', '/b')],
    ['matcher dropped: job="x" (2)', `${a} > 2 * 0.1 and ignoring (job) d{${any}} >= 0`],
    ['matcher dropped everywhere: job="x"', expr.replaceAll('job="x"', any)],
    ['label dropped: job of by (job)', expr.replace('by (job)', 'by ()')],
    ['label dropped: job of ignoring (job)', expr.replace('ignoring (job)', 'ignoring ()')],
    ['for removed: 1m', 'at once'],
    ['for doubled: 1m', '2m'],
  ]);
});
