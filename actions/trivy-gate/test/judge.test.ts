import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Finding, severities } from '../src/findings/finding.ts';
import { defaultPolicy, type Policy } from '../src/policy/policy.ts';
import { parsePurlGlob } from '../src/policy/purl-glob.ts';
import { sum } from '../src/verdict/counts.ts';
import { type Case, judge } from '../src/verdict/judge.ts';
import { finding } from './sample.ts';

const now = Date.parse('2026-01-20T23:59:59Z');
const none: Case = {
  findings: [],
  baseline: undefined,
  system: undefined,
  feeds: { exploited: new Set(), predicted: new Map() },
};
const entry = {
  id: 'CVE-2099-1',
  reason: 'not reachable',
  owner: 'team-a',
  expires: '2026-01-20',
};
const fateOf = (one: Finding, policy: Partial<Policy>, more: Partial<Case> = {}, at = now) => {
  const { judged } = judge(
    { ...defaultPolicy, ...policy },
    { ...none, ...more, findings: [one] },
    at,
  );
  return judged[0]?.fate;
};

describe('the fate of a finding', () => {
  const unfixed = { fixed: '', status: 'affected' };
  const rule = (purl: string, fail: 'any' | 'fixed' | 'never') => ({
    packages: [{ purl: parsePurlGlob(purl), fail }],
  });

  it.each<[string, Partial<Finding>, Partial<Policy>, string]>([
    ['critical without a fix', { severity: 'critical', ...unfixed }, {}, 'blocks'],
    ['high with a fix', {}, {}, 'blocks'],
    ['high without a fix', unfixed, {}, 'passes'],
    ['high with a fix that has no version', { fixed: '', status: 'fixed' }, {}, 'blocks'],
    ['will not be fixed', { fixed: '', status: 'will_not_fix' }, {}, 'passes'],
    ['medium', { severity: 'medium' }, {}, 'passes'],
    ['unknown', { severity: 'unknown' }, {}, 'passes'],
    [
      'a severity of the policy',
      { severity: 'low', ...unfixed },
      { severities: { ...defaultPolicy.severities, low: 'any' } },
      'blocks',
    ],
    ['a package that never fails', {}, rule('pkg:deb/debian/openssl', 'never'), 'passes'],
    ['another package', {}, rule('pkg:deb/debian/zlib', 'never'), 'blocks'],
    [
      'a package that always fails',
      { severity: 'low', ...unfixed },
      rule('pkg:deb/*/open*', 'any'),
      'blocks',
    ],
    ['a package without a fix', unfixed, rule('pkg:deb/debian/*', 'fixed'), 'passes'],
    ['a package without purl', { purl: undefined }, rule('pkg:deb/debian/*', 'never'), 'blocks'],
    ['a secret', { kind: 'secret', severity: 'low' }, {}, 'blocks'],
    ['a lesser secret', { kind: 'secret', severity: 'low' }, { secrets: 'high' }, 'passes'],
    ['no rule for secrets', { kind: 'secret' }, { secrets: 'never' }, 'passes'],
    ['a misconfiguration', { kind: 'misconfiguration' }, {}, 'passes'],
    ['a ruled one', { kind: 'misconfiguration' }, { misconfigurations: 'high' }, 'blocks'],
    [
      'a denied licence',
      { kind: 'license', id: 'AGPL-3.0-only', severity: 'low' },
      { licenses: { from: 'never', deny: ['AGPL-3.0-only'], allow: [] } },
      'blocks',
    ],
    [
      'an allowed licence',
      { kind: 'license', id: 'AGPL-3.0-only', severity: 'critical' },
      { licenses: { from: 'low', deny: [], allow: ['AGPL-3.0-only'] } },
      'passes',
    ],
    ['the last day of grace', {}, { graceDays: { high: 19 } }, 'grace'],
    ['the day after it', {}, { graceDays: { high: 18 } }, 'blocks'],
    ['grace of another severity', {}, { graceDays: { low: 99 } }, 'blocks'],
    ['grace without a date', { published: undefined }, { graceDays: { high: 999 } }, 'blocks'],
    ['allowed to the end of its last day', {}, { allow: [entry] }, 'allowed'],
    ['the day after that', {}, { allow: [{ ...entry, expires: '2026-01-19' }] }, 'blocks'],
    ['another id', { id: 'CVE-2099-2' }, { allow: [entry] }, 'blocks'],
    [
      'allowed here',
      {},
      { allow: [{ ...entry, purl: parsePurlGlob('pkg:deb/debian/open*') }] },
      'allowed',
    ],
    [
      'allowed elsewhere',
      {},
      { allow: [{ ...entry, purl: parsePurlGlob('pkg:npm/open*') }] },
      'blocks',
    ],
    ['allowed, but no rule is against it', { severity: 'low' }, { allow: [entry] }, 'passes'],
  ])('%s', (_, facts, policy, expected) => {
    expect(fateOf(finding(facts), policy)).toBe(expected);
  });

  const feeds = {
    exploited: new Set(['CVE-2099-1']),
    predicted: new Map([['CVE-2099-1', 0.5]]),
  };
  const low = { severity: 'low', fixed: '', status: 'affected' } as const;
  it.each<[string, Partial<Policy>, string]>([
    ['no rule', {}, 'passes'],
    ['known to be exploited', { knownExploited: { feed: 'x' } }, 'blocks'],
    ['predicted', { exploitPrediction: { feed: 'x', atLeast: 0.5 } }, 'blocks'],
    ['predicted, but less', { exploitPrediction: { feed: 'x', atLeast: 0.51 } }, 'passes'],
    ['no grace for it', { knownExploited: { feed: 'x' }, graceDays: { low: 999 } }, 'blocks'],
    ['allowed', { knownExploited: { feed: 'x' }, allow: [entry] }, 'allowed'],
  ])('of what is exploited: %s', (_, policy, expected) => {
    expect(fateOf(finding(low), policy, { feeds })).toBe(expected);
  });

  it.each<[string, Partial<Finding>[], string]>([
    ['known', [{}], 'known'],
    [
      'known in an older version',
      [{ installed: '2.9', purl: 'pkg:deb/debian/openssl@2.9' }],
      'known',
    ],
    ['another architecture', [{ purl: 'pkg:deb/debian/openssl@3.0.1-1?arch=arm64' }], 'known'],
    ['another id', [{ id: 'CVE-2099-2' }], 'blocks'],
    ['another package', [{ purl: 'pkg:deb/debian/openssl2@3.0.1-1' }], 'blocks'],
    ['another place', [{ path: 'app/x' }], 'blocks'],
    ['an empty baseline', [], 'blocks'],
    ['as severe', [{ severity: 'high' }], 'known'],
    ['more severe then', [{ severity: 'critical' }], 'known'],
    ['less severe then', [{ severity: 'low' }], 'blocks'],
    ['of an unknown severity then', [{ severity: 'unknown' }], 'blocks'],
  ])('against the baseline: %s', (_, before, expected) => {
    expect(fateOf(finding(), {}, { baseline: before.map(finding) })).toBe(expected);
  });

  it('says how severe it was when that is why it blocks', () => {
    const { judged, matrix } = judge(
      defaultPolicy,
      { ...none, findings: [finding()], baseline: [finding({ severity: 'low' })] },
      now,
    );
    expect(judged[0]?.why).toBe('high with a fix blocks; the baseline has it as low');
    expect(matrix.high.new).toBe(1);
  });

  it.each<[string, Partial<Policy>, string]>([
    ['known', {}, 'known'],
    ['exploited since', { knownExploited: { feed: 'x' } }, 'blocks'],
    ['likely to be exploited since', { exploitPrediction: { feed: 'x', atLeast: 0.5 } }, 'blocks'],
    ['exploited and allowed', { knownExploited: { feed: 'x' }, allow: [entry] }, 'allowed'],
  ])('of what the baseline has: %s', (_, policy, expected) => {
    expect(fateOf(finding(), policy, { feeds, baseline: [finding()] })).toBe(expected);
  });

  it('takes the name of a licence in any case', () => {
    const found = finding({ kind: 'license', id: 'AGPL-3.0-only' });
    const licenses = { from: 'never', deny: ['agpl-3.0-ONLY'], allow: [] } as const;
    expect(fateOf(found, { licenses })).toBe('blocks');
  });

  it('is the same for a version in the path', () => {
    const at = (installed: string) =>
      finding({ path: `app/.pnpm/x@${installed}/node_modules/x`, installed });
    expect(fateOf(at('1.2.3'), {}, { baseline: [at('1.2.2')] })).toBe('known');
  });

  it('blocks a second one of what the baseline has once', () => {
    const secret = finding({ kind: 'secret', id: 'github-pat', path: '.env' });
    const { judged } = judge(
      defaultPolicy,
      { ...none, findings: [secret, secret], baseline: [secret] },
      now,
    );
    expect(judged.map(({ fate }) => fate)).toEqual(['blocks', 'known']);
  });
});

describe('a verdict', () => {
  const judged = (policy: Partial<Policy>, more: Partial<Case>) =>
    judge({ ...defaultPolicy, ...policy }, { ...none, ...more }, now);

  it('passes a clean image', () => {
    expect(judged({}, {})).toMatchObject({ verdict: 'pass', judged: [], gone: undefined });
  });

  it('counts', () => {
    const { matrix } = judged(
      { allow: [entry] },
      {
        findings: [
          finding(),
          finding({ id: 'CVE-2099-2' }),
          finding({ id: 'CVE-2099-3', fixed: '', status: 'affected' }),
        ],
        baseline: [finding({ id: 'CVE-2099-3' })],
      },
    );
    expect(matrix.high).toEqual({ total: 3, fixable: 2, new: 2, ignored: 1, blocking: 1 });
  });

  it('says what is fixed since the baseline', () => {
    const { gone } = judged({}, { baseline: [finding(), finding({ id: 'CVE-2099-2' })] });
    expect(gone?.map(({ id }) => id)).toEqual(['CVE-2099-1', 'CVE-2099-2']);
  });

  const two = [finding({ severity: 'low' }), finding({ severity: 'low', id: 'CVE-2099-2' })];
  it.each<[string, Policy['maximum'], Partial<Case>, string, string]>([
    ['below', { low: 3 }, {}, 'pass', 'slack low 2 of 3'],
    ['at', { low: 2 }, {}, 'pass', ''],
    ['above', { low: 1 }, {}, 'fail', 'exceeded low 2 of 1'],
    ['of another severity', { high: 0 }, {}, 'pass', ''],
    ['the baseline, as many', { low: 'baseline' }, { baseline: two }, 'pass', ''],
    ['the baseline, more', { low: 'baseline' }, { baseline: [] }, 'fail', 'exceeded low 2 of 0'],
    ['the baseline without one', { low: 'baseline' }, {}, 'fail', 'exceeded low 2 of 0'],
  ])('%s a maximum', (_, maximum, more, verdict, said) => {
    const result = judged({ maximum }, { findings: two, ...more });
    const limits = [
      ...result.exceeded.map((one) => ({ ...one, word: 'exceeded' })),
      ...result.slack.map((one) => ({ ...one, word: 'slack' })),
    ];
    expect(result.verdict).toBe(verdict);
    expect(limits.map((l) => `${l.word} ${l.severity} ${l.count} of ${l.most}`).join()).toBe(said);
  });

  it.each([
    ['warn', true, 'pass'],
    ['fail', true, 'fail'],
    ['fail', false, 'pass'],
  ] as const)('%s at the end of life %p: %s', (policy, endOfLife, expected) => {
    const system = { family: 'debian', version: '9', endOfLife };
    expect(judged({ endOfLife: policy }, { system }).verdict).toBe(expected);
  });

  it('says which entries end, ended, and match nothing, and which rules do not', () => {
    const on = (expires: string, id = 'CVE-2099-1') => ({ ...entry, id, expires });
    const result = judged(
      {
        allow: [on('2026-01-19'), on('2026-02-02'), on('2026-02-03', 'CVE-2099-9')],
        packages: [
          { purl: parsePurlGlob('pkg:deb/debian/openssl'), fail: 'any' },
          { purl: parsePurlGlob('pkg:npm/x'), fail: 'never' },
        ],
      },
      { findings: [finding()] },
    );
    expect(result.expired.map(({ expires }) => expires)).toEqual(['2026-01-19']);
    expect(result.ending.map(({ expires }) => expires)).toEqual(['2026-02-02']);
    expect(result.unusedEntries.map(({ id }) => id)).toEqual(['CVE-2099-9']);
    expect(result.unusedRules).toEqual(['pkg:npm/x']);
  });
});

describe('any findings', () => {
  const some = fc.array(
    fc.record({
      id: fc.constantFrom('CVE-2099-1', 'CVE-2099-2', 'CVE-2099-3'),
      severity: fc.constantFrom(...severities),
      fixed: fc.constantFrom('', '2'),
      status: fc.constant('affected'),
      path: fc.constantFrom('', 'app'),
      kind: fc.constantFrom('vulnerability', 'secret'),
    }),
    { maxLength: 12 },
  );
  const policies = fc.record({
    severities: fc.record({
      critical: fc.constantFrom('any', 'fixed', 'never'),
      high: fc.constantFrom('any', 'fixed', 'never'),
      medium: fc.constantFrom('any', 'fixed', 'never'),
      low: fc.constantFrom('any', 'fixed', 'never'),
      unknown: fc.constantFrom('any', 'fixed', 'never'),
    }),
    allow: fc.constantFrom([], [entry]),
  });
  const run = (
    policy: Partial<Policy>,
    findings: Partial<Finding>[],
    before?: Partial<Finding>[],
  ) =>
    judge(
      { ...defaultPolicy, ...policy },
      { ...none, findings: findings.map(finding), baseline: before?.map(finding) },
      now,
    );

  it('are all judged, and fail exactly when one blocks, which comes first', () => {
    fc.assert(
      fc.property(policies, some, some, (policy, findings, before) => {
        const { judged, matrix, verdict } = run(policy, findings, before);
        expect(judged).toHaveLength(findings.length);
        expect(sum(matrix, 'total')).toBe(findings.length);
        expect(verdict === 'fail').toBe(sum(matrix, 'blocking') > 0);
        expect(judged[0]?.fate === 'blocks').toBe(verdict === 'fail');
      }),
    );
  });

  it('pass when they are the baseline', () => {
    fc.assert(
      fc.property(policies, some, (policy, findings) => {
        const { gone, matrix, verdict } = run(policy, findings, findings);
        expect([verdict, gone, sum(matrix, 'new')]).toEqual(['pass', [], 0]);
      }),
    );
  });

  it('never block more because of an allowlist or a baseline', () => {
    fc.assert(
      fc.property(policies, some, some, (policy, findings, before) => {
        const alone = run({ ...policy, allow: [] }, findings);
        const helped = run(policy, findings, before);
        expect(sum(helped.matrix, 'blocking')).toBeLessThanOrEqual(sum(alone.matrix, 'blocking'));
      }),
    );
  });

  it('get the same counts in any order', () => {
    fc.assert(
      fc.property(policies, some, (policy, findings) => {
        expect(run(policy, findings.toReversed()).matrix).toEqual(run(policy, findings).matrix);
      }),
    );
  });
});
