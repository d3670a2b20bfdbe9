import { describe, expect, it } from '@jest/globals';
import { gantt } from '../../src/action/gantt.ts';

describe('gantt', () => {
  it('is nothing without phases', () => {
    expect(gantt([])).toBe('');
  });

  it('counts from the first phase, and shows the shortest as a line', () => {
    const start = Date.UTC(2026, 0, 1);
    const chart = gantt([
      { name: 'plan', start, end: start, ok: true },
      { name: 'apply', start: start + 500, end: start + 1_500, ok: false },
    ]);
    expect(chart.split('\n').slice(-3)).toEqual([
      '  plan 0.0 s :done, 0, 1',
      '  apply 1.0 s :crit, 500, 1500',
      '```',
    ]);
  });
});
