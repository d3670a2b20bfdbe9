import { describe, expect, test } from '@jest/globals';
import { verdictTable } from '../../src/verdict/table.ts';

const rows = verdictTable.map((row) => ({ ...row, name: `${row.reasons.join(', ')} ${row.when}` }));

describe.each(rows)('the row $name', (row) => {
  test('has reasons that fatal-reasons and tolerated-reasons take', () => {
    for (const reason of row.reasons) expect(reason).toMatch(/^[A-Z][A-Za-z0-9]{1,99}$/);
  });

  test('says in words when it holds, where it does not hold for all messages', () => {
    expect(row.words === undefined || row.when !== '').toBe(true);
  });

  test('is a clause and a sentence', () => {
    expect(row.cause).toMatch(/^[a-z].*[^.]$/);
    expect(row.remedy).toMatch(/^[A-Z].*\.$/);
  });

  test('is reached: no row before it takes all that it takes', () => {
    const before = verdictTable.slice(0, rows.indexOf(row));
    const taken = (reason: string) =>
      before.some((one) => one.kind === row.kind && !one.words && one.reasons.includes(reason));
    expect(row.reasons.every(taken)).toBe(false);
  });

  test('ends a rollout after something, where it does so at all', () => {
    if (typeof row.verdict === 'string') return;
    expect((row.verdict.times ?? 0) + (row.verdict.after ?? 0)).toBeGreaterThan(1);
  });
});
