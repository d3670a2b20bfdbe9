import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayOf, formatDay, parseDay } from '../src/policy/day.ts';

describe('a day in UTC', () => {
  it.each(['2026-02-29', '2026-13-01', '2026-1-1', '26-01-01', 'soon', '', '2026-01-01T00:00Z'])(
    '%j is none',
    (text) => {
      expect(parseDay(text)).toBeUndefined();
    },
  );

  it('goes from midnight to midnight, wherever the runner is', () => {
    const day = parseDay('2024-02-29') ?? 0;
    expect(dayOf(Date.parse('2024-02-29T00:00:00Z'))).toBe(day);
    expect(dayOf(Date.parse('2024-02-29T23:59:59.999Z'))).toBe(day);
    expect(dayOf(Date.parse('2024-03-01T00:00:00+01:00'))).toBe(day);
    expect(dayOf(Date.parse('2024-03-01T00:00:00Z'))).toBe(day + 1);
  });

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (day) => {
        expect(parseDay(formatDay(day))).toBe(day);
      }),
    );
  });
});
