import { describe, expect, it } from '@jest/globals';
import { Failure } from '@slipway/shared/failure/failure';
import { Marked } from 'marked';
import type { Finding } from '../src/findings/finding.ts';
import type { ScanReport } from '../src/findings/read-report.ts';
import { defaultPolicy, type Policy } from '../src/policy/policy.ts';
import { parsePurlGlob } from '../src/policy/purl-glob.ts';
import type { GateResult } from '../src/reports/gate-result.ts';
import { outcomeOf } from '../src/reports/outcome.ts';
import { verdictFailure } from '../src/reports/verdict-failure.ts';
import { judge } from '../src/verdict/judge.ts';
import { finding } from './sample.ts';

const now = Date.parse('2026-01-20T12:00:00Z');
const hostile =
  '| `a` **b** <img src=x onerror=alert(1)> </details> @octocat #1 ::error title=x::y\n' +
  '::set-output name=verdict::pass [c](javascript:alert(1)) ![d](https://example.com/x.png) :tada:';

const subject = {
  name: 'ghcr.io/owner/app',
  args: [],
  imageId: undefined,
  repoDigest: undefined,
  platform: undefined,
};

function answerFor(
  findings: Partial<Finding>[],
  policy: Partial<Policy> = {},
  baseline?: Partial<Finding>[],
): GateResult {
  const system = { family: 'debian', version: '13.1', endOfLife: false };
  const report: ScanReport = {
    trivy: '0.74.0',
    artifact: 'ghcr.io/owner/app',
    imageId: undefined,
    repoDigests: [],
    repoTags: [],
    system,
    platform: 'linux/amd64',
    findings: findings.map(finding),
  };
  const verdict = judge(
    { ...defaultPolicy, ...policy },
    {
      findings: report.findings,
      baseline: baseline?.map(finding),
      system,
      feeds: { exploited: new Set(), predicted: new Map() },
    },
    now,
  );
  const failure = verdictFailure('ghcr.io/owner/app', verdict);
  return {
    scanned: [{ subject, report, path: 'report.json' }],
    verdict,
    databaseUpdated: now - 7_200_000,
    judgedAt: now,
    files: [],
    timeline: [],
    warnings: [],
    ...(baseline ? { baseline: 'before.json' } : {}),
    ...(failure ? { failure } : {}),
  };
}
const outcome = (answer: GateResult, forgiven?: Failure) =>
  outcomeOf(answer, 'ghcr.io/owner/app', forgiven);
const shown = (answer: GateResult) =>
  (outcome(answer).summary ?? '')
    .replaceAll('<!---->', '')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

describe('the summary', () => {
  it('begins with the verdict', () => {
    expect(shown(answerFor([]))).toMatch(/^## ✅ pass: ghcr.io\/owner\/app, nothing found\n/);
    expect(shown(answerFor([{}]))).toMatch(/^## ❌ fail: .*, 1 of 1 finding blocks\n/);
    expect(shown(answerFor([{}, { severity: 'low' }]))).toMatch(/, 1 of 2 findings block\n/);
  });

  it('says what blocks, and what to do about it', () => {
    const text = shown(
      answerFor([
        {},
        { id: 'CVE-2099-2', severity: 'critical' },
        {
          id: 'CVE-2099-3',
          package: 'left',
          class: 'lang-pkgs',
          type: 'npm',
          purl: 'pkg:npm/left@1',
        },
      ]),
    );
    expect(text).toContain('| critical | 1 | 1 | – |  | 1 |');
    expect(text).toContain(
      '| high | [CVE-2099-1](https://avd.aquasec.com/nvd/cve-2099-1)<br>openssl: a long name | `openssl` | 3.0.1-1 → 3.0.2-1 | 2026-01-01 | system | high with a fix blocks |',
    );
    expect(text).toContain(
      'newer base image, or update its packages: takes away up to 2 blocking of 2.',
    );
    expect(text).toContain('- Update `openssl` from 3.0.1-1 to 3.0.2-1: takes away 2 blocking.');
    expect(text).toContain('| database | of 2026-01-20T10:00:00.000Z, 2 h old |');
  });

  it('compares with the baseline', () => {
    const text = shown(
      answerFor([{}], {}, [{ id: 'CVE-2099-2', package: 'zlib', installed: '1' }]),
    );
    expect(text).toContain('New: 1');
    expect(text).toContain('- high CVE-2099-1 openssl 3.0.1-1');
    expect(text).toContain('Fixed: 1');
    expect(text).toContain('- high CVE-2099-2 zlib 1');
  });

  it('lists the allowlist with what it lets pass, what ends, and what can go', () => {
    const entry = { reason: 'not reachable', owner: 'team-a' };
    const text = shown(
      answerFor([{}], {
        allow: [
          { ...entry, id: 'CVE-2099-1', expires: '2026-01-25' },
          { ...entry, id: 'CVE-2099-8', expires: '2026-01-01' },
          { ...entry, id: 'CVE-2099-9', expires: '2027-01-01' },
        ],
        packages: [{ purl: parsePurlGlob('pkg:npm/x'), fail: 'never' }],
      }),
    );
    expect(text).toContain('| CVE-2099-1 |  | **ends** 2026-01-25 | team-a | not reachable | 1 |');
    expect(text).toContain(
      '| CVE-2099-8 |  | **expired** 2026-01-01 | team-a | not reachable | 0 |',
    );
    expect(text).toContain('- allowlist entry CVE-2099-9 of team-a\n- rule for pkg:npm/x');
  });

  it('has no text in it that does anything', () => {
    const texts = { id: hostile, title: hostile, package: hostile, installed: hostile };
    const more = { fixed: hostile, path: hostile, link: `https://example.com/${hostile}` };
    const entry = { id: 'x', reason: hostile, owner: hostile, expires: '2027-01-01' };
    const answer = answerFor([{ ...texts, ...more }], { allow: [entry] }, [texts]);
    const { summary = '' } = outcome({ ...answer, warnings: [hostile] });
    expect(summary).not.toMatch(/^::/m);
    const seen: string[] = [];
    const html = new Marked({
      gfm: true,
      walkTokens: (token) => {
        if (/^(?:link|image|html)$/.test(token.type))
          seen.push(`${token.type} ${token.raw.trim()}`);
      },
    }).parse(summary);
    expect(new Set(seen.filter((one) => !one.startsWith('html')))).toEqual(new Set());
    expect(html).not.toMatch(/<(?:img|script|a)\b/);
    expect(summary.replace(/`+[^`\n]*`+/g, '')).not.toMatch(/@octocat|#1\b|:tada:/);
  });

  it('stays far below the limit of GitHub', () => {
    const long = 'x'.repeat(5_000);
    const many = Array.from({ length: 1_000 }, (_, index) => ({
      id: `CVE-${index}`,
      title: long,
      path: long,
      package: long,
      fixed: long,
    }));
    const { summary = '' } = outcome(answerFor(many, {}, []));
    expect(Buffer.byteLength(summary)).toBeLessThan(500_000);
    expect(summary).toContain('800 more are in the JSON report');
  });
});

describe('the outcome', () => {
  it('counts', () => {
    const answer = answerFor([{}, { id: 'CVE-2099-2', severity: 'low' }], {}, [
      { id: 'CVE-2099-3' },
    ]);
    expect(outcome(answer).outputs).toMatchObject({
      verdict: 'fail',
      reason: 'gate/finding',
      critical: '0',
      high: '1',
      low: '1',
      blocking: '1',
      new: '2',
      fixed: '1',
      ignored: '0',
    });
    expect(outcome(answer).closing).toBe('fail: ghcr.io/owner/app has 2 findings, 1 blocking.');
  });

  it('does not count what nobody saw', () => {
    const failure = Failure.of('gate/database', { said: 'no mirror answered' });
    const { closing, outputs, summary } = outcome({
      scanned: [],
      files: [],
      timeline: [],
      warnings: [],
      failure,
    });
    expect(outputs).toMatchObject({ verdict: 'error', reason: 'gate/database' });
    expect(Object.keys(outputs)).not.toContain('critical');
    expect(summary).toMatch(/^## ⚠️ error: nobody knows whether ghcr/);
    expect(closing).toBe('error: nobody knows whether ghcr.io/owner/app may pass.');
  });

  it('is still an error when it is let pass', () => {
    const forgiven = Failure.of('gate/database', { said: 'no mirror answered' });
    const result = outcome({ scanned: [], files: [], timeline: [], warnings: ['x'] }, forgiven);
    expect(result.outputs).toMatchObject({ verdict: 'error', reason: 'gate/database' });
    expect(result.failure).toBeUndefined();
    expect(result.closing).toMatch(/on-error lets it pass all the same/);
  });

  it.each<[string, GateResult, string, string]>([
    [
      'a maximum',
      answerFor([{ severity: 'low' }], { maximum: { low: 0 } }),
      'fail',
      'gate/maximum',
    ],
    [
      'an expired entry on a clean image',
      answerFor([], { allow: [{ id: 'x', reason: 'r', owner: 'o', expires: '2026-01-19' }] }),
      'error',
      'gate/allowlist-expired',
    ],
  ])('is red for %s', (_, answer, verdict, reason) => {
    expect(outcome(answer).outputs).toMatchObject({ verdict, reason });
  });

  it('says all that is against an image', () => {
    const { failure } = answerFor([{}], {
      maximum: { high: 0 },
      allow: [{ id: 'CVE-2099-1', reason: 'r', owner: 'team-a', expires: '2026-01-19' }],
    });
    expect(failure?.message.split('\n')).toEqual([
      'ghcr.io/owner/app is blocked by 1 high: CVE-2099-1 in openssl 3.0.1-1, fixed in 3.0.2-1 (high with a fix blocks).',
      'ghcr.io/owner/app has more findings than the policy allows: 1 high where 0 may be.',
      'The allowlist has expired: CVE-2099-1 of team-a (2026-01-19).',
    ]);
  });
});
