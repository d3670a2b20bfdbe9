import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../src/findings/finding.ts';
import { defaultPolicy, type Policy } from '../src/policy/policy.ts';
import { parsePurlGlob } from '../src/policy/purl-glob.ts';
import type { GateResult } from '../src/reports/gate-result.ts';
import { outcomeOf } from '../src/reports/outcome.ts';
import { verdictFailure } from '../src/reports/verdict-failure.ts';
import { joinVerdicts } from '../src/verdict/join.ts';
import { judge, type Verdict } from '../src/verdict/judge.ts';
import { finding } from './sample.ts';

const now = Date.parse('2026-01-20T12:00:00Z');
const system = (endOfLife: boolean) => ({ family: 'debian', version: '9', endOfLife });

/** What two images have, amd64 and arm64, by one policy. */
function both(
  amd: Partial<Finding>[],
  arm: Partial<Finding>[],
  policy: Partial<Policy> = {},
  baseline?: Finding[],
): Verdict {
  const one = (platform: string, all: Partial<Finding>[]) => ({
    platform,
    verdict: judge(
      { ...defaultPolicy, ...policy },
      {
        findings: all.map(finding),
        baseline,
        system: system(platform === 'linux/arm64'),
        feeds: { exploited: new Set(), predicted: new Map() },
      },
      now,
    ),
  });
  return joinVerdicts([one('linux/amd64', amd), one('linux/arm64', arm)]);
}
const said = (verdict: Verdict) => verdictFailure('shop', verdict)?.message;

describe('the verdict about several platforms', () => {
  it.each<[string, Partial<Finding>[], Partial<Finding>[], string]>([
    ['both clean', [], [], 'pass'],
    ['the first bad', [{}], [], 'fail'],
    ['the last bad', [], [{}], 'fail'],
    ['both bad', [{}], [{}], 'fail'],
  ])('is the worst of them: %s', (_, amd, arm, expected) => {
    expect(both(amd, arm).verdict).toBe(expected);
  });

  it('names the platform of what blocks, the worst first', () => {
    const verdict = both([{}], [{ severity: 'critical', id: 'CVE-2099-9' }]);
    expect(said(verdict)).toBe(
      'shop is blocked by 1 critical, 1 high: CVE-2099-9 in openssl 3.0.1-1, fixed in 3.0.2-1 on linux/arm64 (critical blocks).',
    );
    const answer: GateResult = { scanned: [], verdict, files: [], timeline: [], warnings: [] };
    const summary = outcomeOf(answer, 'shop', undefined).summary ?? '';
    expect(summary).toMatch(/\| why \| platform \|/);
    expect(summary).toContain('linux/arm64');
  });

  it('holds a maximum against each of them, not against the sum', () => {
    const low = { severity: 'low' } as const;
    expect(both([low], [low], { maximum: { low: 1 } }).verdict).toBe('pass');
    const verdict = both([low], [low, { ...low, id: 'CVE-2099-2' }], { maximum: { low: 1 } });
    expect(said(verdict)).toContain('2 low on linux/arm64 where 1 may be');
  });

  it('says that a maximum can go down only as far as it can for all', () => {
    const low = { severity: 'low' } as const;
    expect(both([], [low], { maximum: { low: 3 } }).slack).toEqual([
      { severity: 'low', count: 1, most: 3 },
    ]);
    expect(both([], [low], { maximum: { low: 1 } }).slack).toEqual([]);
  });

  it('needs an entry or a rule that one of them needs', () => {
    const entry = { id: 'CVE-2099-1', reason: 'r', owner: 'o', expires: '2026-12-31' };
    const allow = [entry, { ...entry, id: 'CVE-2099-2' }];
    const packages = ['pkg:deb/debian/openssl', 'pkg:npm/x'].map((purl) => ({
      purl: parsePurlGlob(purl),
      fail: 'never' as const,
    }));
    expect(both([], [{}], { allow }).unusedEntries).toEqual([allow[1]]);
    expect(both([], [{}], { packages }).unusedRules).toEqual(['pkg:npm/x']);
  });

  it('names the platform of a system at its end', () => {
    expect(both([], [], { endOfLife: 'warn' }).endOfLife).toEqual([]);
    expect(said(both([], [], { endOfLife: 'fail' }))).toContain('debian 9 (linux/arm64)');
  });

  it('compares each with the baseline', () => {
    const { gone, matrix, verdict } = both([{}], [{ id: 'CVE-2099-2' }], {}, [finding()]);
    expect({ verdict, gone: gone?.length, fresh: matrix.high.new }).toEqual({
      verdict: 'fail',
      gone: 1,
      fresh: 1,
    });
  });
});
