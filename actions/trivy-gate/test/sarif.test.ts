import { mkdtemp, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import type { ReportingDescriptor, Result, Run } from 'sarif';
import type { Finding } from '../src/findings/finding.ts';
import { type SarifFacts, sarifPieces } from '../src/reports/sarif.ts';
import { writeSarif } from '../src/reports/write-sarif.ts';
import type { Judged } from '../src/verdict/judged.ts';
import { finding } from './sample.ts';

const official = '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json';
const schema: object = createRequire(import.meta.url)(official);
// One pattern of the schema is not a regular expression in the sense of Unicode mode.
const ajv = new Ajv.default({ strict: false, unicodeRegExp: false });
addFormats.default(ajv);
const isValid = ajv.compile(schema);

const facts: SarifFacts = {
  repository: 'ghcr.io/owner/app',
  platform: 'linux/amd64',
  trivy: '0.74.0',
  compared: true,
};
const judged = (one: Partial<Finding> = {}, more: Partial<Judged> = {}): Judged => ({
  finding: finding(one),
  fate: 'blocks',
  why: 'high with a fix blocks',
  known: false,
  ...more,
});
const runOf = (all: readonly Judged[], more: Partial<SarifFacts> = {}): Run => {
  const log: { runs: Run[] } = JSON.parse(
    [...sarifPieces([{ judged: all, facts: { ...facts, ...more } }])].join(''),
  );
  expect(isValid(log) || isValid.errors).toBe(true);
  const [run] = log.runs;
  if (!run) throw new Error('no run');
  return run;
};
const resultOf = (one: Judged, more: Partial<SarifFacts> = {}): Result => {
  const [result] = runOf([one], more).results ?? [];
  if (!result) throw new Error('no result');
  return result;
};
const ruleOf = (one: Judged): ReportingDescriptor | undefined =>
  runOf([one]).tool.driver.rules?.[0];

const hostile =
  '::error::x <script>alert(1)</script> @octocat [a](javascript:x) "\\\u0000\ud800 \u202e';

describe('SARIF', () => {
  it('has a run with a category of its own for each platform', () => {
    const both = ['linux/amd64', 'linux/arm64'].map((platform) => ({
      judged: [judged()],
      facts: { ...facts, platform },
    }));
    const log: { runs: Run[] } = JSON.parse([...sarifPieces(both)].join(''));
    expect(isValid(log) || isValid.errors).toBe(true);
    expect(log.runs.map(({ automationDetails }) => automationDetails?.id)).toEqual([
      'trivy-gate/ghcr.io/owner/app/linux/amd64/',
      'trivy-gate/ghcr.io/owner/app/linux/arm64/',
    ]);
    expect(log.runs.map(({ results }) => results?.length)).toEqual([1, 1]);
  });

  it('is valid without a finding, with empty rules and results', () => {
    const run = runOf([]);
    expect(run.results).toEqual([]);
    expect(run.tool.driver.rules).toEqual([]);
  });

  it.each([
    ['critical', 'error', '9.5'],
    ['high', 'error', '8.0'],
    ['medium', 'warning', '5.5'],
    ['low', 'note', '2.0'],
    ['unknown', 'note', '0.0'],
  ] as const)('takes %s for %s with %s', (severity, level, score) => {
    const one = judged({ severity });
    expect(resultOf(one).level).toBe(level);
    expect(ruleOf(one)).toMatchObject({
      defaultConfiguration: { level },
      properties: { 'security-severity': score },
    });
  });

  it('prefers the CVSS score', () => {
    const rule = ruleOf(judged({ score: 9.81 }));
    expect(rule?.properties?.['security-severity']).toBe('9.8');
  });

  it('has one rule for each id, and each result its rule', () => {
    const all = [judged(), judged({ id: 'CVE-2099-2' }), judged({ package: 'zlib' })];
    const { results, tool } = runOf(all);
    expect(tool.driver.rules?.map(({ id }) => id)).toEqual(['CVE-2099-1', 'CVE-2099-2']);
    expect(results?.map(({ ruleIndex }) => ruleIndex)).toEqual([0, 1, 0]);
  });

  it.each<[string, Partial<Finding>, string]>([
    ['the repository of a package of the system', {}, 'ghcr.io/owner/app'],
    ['a path', { path: 'app/package.json' }, 'app/package.json'],
    ['an absolute path', { path: '/etc/x' }, 'etc/x'],
    ['a way up', { path: '../../etc/../x' }, 'etc/x'],
    ['blanks and worse', { path: 'a b/%2e|`<c>?#' }, 'a%20b/%252e%7C%60%3Cc%3E%3F%23'],
    ['what looks like a scheme', { path: 'javascript:alert(1)' }, 'javascript%3Aalert(1)'],
  ])('is located at %s', (_, one, uri) => {
    const { locations } = resultOf(judged(one));
    expect(locations?.[0]?.physicalLocation?.artifactLocation?.uri).toBe(uri);
  });

  const prints = (all: Judged[]) => runOf(all).results?.map((one) => one.partialFingerprints);
  it('has fingerprints that outlive a new version and a new image', () => {
    const older = { installed: '3.0.0', purl: 'pkg:deb/debian/openssl@3.0.0', layer: 'sha256:1' };
    expect(prints([judged(older)])).toEqual(prints([judged()]));
    expect(prints([judged({ id: 'CVE-2099-2' })])).not.toEqual(prints([judged()]));
  });

  it('tells two of the same apart', () => {
    const [one, other] = prints([judged(), judged()]) ?? [];
    expect(one).not.toEqual(other);
  });

  it('has a category for each image and platform', () => {
    const id = (more: Partial<SarifFacts>) => runOf([], more).automationDetails?.id;
    expect(id({})).toBe('trivy-gate/ghcr.io/owner/app/linux/amd64/');
    expect(id({ platform: 'linux/arm64' })).toBe('trivy-gate/ghcr.io/owner/app/linux/arm64/');
  });

  it('says what is new, and what the allowlist lets pass', () => {
    const entry = {
      id: 'CVE-2099-1',
      reason: 'not reachable',
      owner: 'team-a',
      expires: '2027-01-01',
    };
    expect(resultOf(judged())).toMatchObject({ baselineState: 'new', suppressions: [] });
    expect(resultOf(judged({}, { known: true })).baselineState).toBe('unchanged');
    expect(resultOf(judged(), { compared: false }).baselineState).toBeUndefined();
    expect(resultOf(judged({}, { fate: 'allowed', entry })).suppressions).toEqual([
      { kind: 'external', status: 'accepted', justification: 'team-a: not reachable' },
    ]);
  });

  it('stays valid whatever the texts are', () => {
    const texts = { title: hostile, package: hostile, installed: hostile, path: hostile };
    const rule = ruleOf(judged({ ...texts, link: 'javascript:alert(1)', id: hostile }));
    expect(rule?.id).toBe(hostile);
    expect(ruleOf(judged({ link: 'not an address' }))?.helpUri).toBeUndefined();
  });

  it('leaves out the least severe ones when there are more than GitHub takes', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'slipway-sarif-')), 'report.sarif');
    const many = Array.from({ length: 25_010 }, (_, index) =>
      judged({ id: `CVE-${index}`, severity: index < 25_000 ? 'low' : 'critical' }),
    );
    expect(await writeSarif(path, [{ judged: many, facts }])).toBe(10);
    const { runs }: { runs: Run[] } = JSON.parse(await readFile(path, 'utf8'));
    expect(runs[0]?.results).toHaveLength(25_000);
    expect(runs[0]?.results?.[0]?.level).toBe('error');
  });
});
