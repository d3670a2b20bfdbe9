import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { failOn } from '../src/policy/fail-on.ts';
import { loadPolicy, type PolicyInputs } from '../src/policy/load-policy.ts';
import { defaultPolicy, type Policy } from '../src/policy/policy.ts';
import { failureOf } from './sample.ts';

const schema: object = JSON.parse(
  readFileSync(join(import.meta.dirname, '../policy.schema.json'), 'utf8'),
);
const fitsSchema = new Ajv().compile(schema);

const entry = 'id: CVE-2099-1, reason: not reachable, owner: team-a, expires: 2027-01-31';
const load = (policy: string | undefined, more: Partial<PolicyInputs> = {}): Promise<Policy> =>
  loadPolicy({
    workspace: '/',
    policy,
    allowlist: undefined,
    'fail-on': undefined,
    baseline: 'before.json',
    ...more,
  });

describe('a policy', () => {
  it.each<[string, Partial<Policy>]>([
    ['# nothing\n', {}],
    ['severities: { high: any }', { severities: { ...defaultPolicy.severities, high: 'any' } }],
    ['grace-days: { high: 14, low: 0 }', { graceDays: { high: 14, low: 0 } }],
    ['maximum: { medium: 20, low: baseline }', { maximum: { medium: 20, low: 'baseline' } }],
    ['secrets: high', { secrets: 'high' }],
    ['misconfigurations: critical', { misconfigurations: 'critical' }],
    [
      'licenses: { deny: [AGPL-3.0-only], allow: [MIT] }',
      { licenses: { from: 'never', deny: ['AGPL-3.0-only'], allow: ['MIT'] } },
    ],
    ['known-exploited: { feed: kev.json }', { knownExploited: { feed: 'kev.json' } }],
    ['end-of-life: fail', { endOfLife: 'fail' }],
    [
      `allow: [{ ${entry} }]`,
      {
        allow: [
          { id: 'CVE-2099-1', reason: 'not reachable', owner: 'team-a', expires: '2027-01-31' },
        ],
      },
    ],
    ['allow-warn-days: 30', { allowWarnDays: 30 }],
    ['{"secrets": "low"}', { secrets: 'low' }],
  ])('%j changes only what it says', async (text, expected) => {
    expect(await load(text)).toEqual({ ...defaultPolicy, ...expected });
  });

  it('has rules for packages, in their order', async () => {
    const rules = '[{ purl: "pkg:npm/%40acme/*", fail: never }, { purl: "pkg:npm/*", fail: any }]';
    const { packages } = await load(`packages: ${rules}`);
    expect(packages.map(({ fail, purl }) => [purl.text, fail])).toEqual([
      ['pkg:npm/%40acme/*', 'never'],
      ['pkg:npm/*', 'any'],
    ]);
  });

  it.each([
    ['severitis: {}\n', 'gate/policy-key', 'severitis is no key; did you mean severities?'],
    ['a:\n  severitis: 1\n', 'gate/policy-key', 'a is no key'],
    [
      'severities:\n  hihg: any\n',
      'gate/policy-key',
      'severities.hihg is no key; did you mean high',
    ],
    ['severities: { high: yes }', 'gate/policy-type', 'severities.high is not one of any, fixed'],
    ['severities: high\n\n', 'gate/policy-type', 'severities is not a map of keys: "high"'],
    ['grace-days: { high: 2 weeks }', 'gate/policy-type', 'not a number of days, such as 14'],
    ['grace-days: { high: -1 }', 'gate/policy-type', 'is less than 0: -1'],
    ['grace-days: { high: 1.5 }', 'gate/policy-type', 'not a whole number of days'],
    ['maximum: { high: many }', 'gate/policy-type', 'neither a whole number such as 10 nor'],
    ['secrets: { high: any }', 'gate/policy-type', 'secrets is not one of critical, high'],
    ['end-of-life: true', 'gate/policy-type', 'neither fail nor warn: true'],
    [
      'packages: [{ purl: lodash, fail: any }]',
      'gate/policy-purl',
      'packages[0].purl is not a purl',
    ],
    ['packages: [{ purl: "pkg:npm/", fail: any }]', 'gate/policy-purl', 'is not a purl, such as'],
    ['packages: [{ fail: any }]', 'gate/policy-key', 'packages[0] has no purl'],
    ['known-exploited: { sha256: ABC, feed: x }', 'gate/policy-type', 'not a SHA-256 of 64 hex'],
    ['exploit-prediction: { feed: x }', 'gate/policy-key', 'exploit-prediction has no at-least'],
    ['exploit-prediction: { feed: x, at-least: 2 }', 'gate/policy-type', 'is more than 1: 2'],
    ['allow: { id: x }', 'gate/policy-type', 'allow is not a list of entries with id, reason'],
    ['allow: [{ id: CVE-1 }]', 'gate/allowlist-incomplete', 'allow[0] has no owner'],
    [`allow: [{ ${entry}, owner: "" }]`, 'gate/policy-unreadable', 'Map keys must be unique'],
    [
      'allow: [{ id: C, reason: r, owner: " ", expires: 2027-01-31 }]',
      'gate/allowlist-incomplete',
      'allow[0].owner is empty: " "',
    ],
    [
      'allow: [{ id: C, reason: r, owner: o, expires: 2027-02-31 }]',
      'gate/policy-type',
      'allow[0].expires is not a day, such as 2027-01-31: "2027-02-31"',
    ],
    [`allow: [{ ${entry}, purl: npm }]`, 'gate/policy-purl', 'allow[0].purl is not a purl'],
    ['- a\n- b\n', 'gate/policy-type', 'it is not a map of keys'],
    ['just words: here: and: there', 'gate/policy-unreadable', 'Nested mappings are not allowed'],
    ['a: [1\n', 'gate/policy-unreadable', 'Input policy:2: Flow sequence'],
    ['a: 1\n---\nb: 2\n', 'gate/policy-unreadable', 'multiple documents'],
    ['nowhere.yml', 'gate/policy-unreadable', 'there is no file nowhere.yml'],
    ['/etc', 'gate/policy-unreadable', '/etc is a folder'],
  ])('%j is refused with %s', async (text, code, said) => {
    const failure = await failureOf(() => load(text));
    expect(failure).toEqual({ code, said: expect.stringContaining(said) });
  });

  it.each(['maximum: { low: baseline }', 'maximum: { low: 3, high: baseline }'])(
    '%j is refused without a baseline, which would leave the limit out',
    async (text) => {
      expect(await failureOf(() => load(text, { baseline: undefined }))).toEqual({
        code: 'gate/baseline-missing',
        said: expect.stringMatching(
          /^Input baseline is not given, but the policy says `maximum: baseline` for (low|high)\.$/,
        ),
      });
      expect((await load('maximum: { low: 3 }', { baseline: undefined })).maximum).toEqual({
        low: 3,
      });
    },
  );

  it('has all its problems said at once, each with its line', async () => {
    const text = 'secrets: yes\nallow:\n  - id: CVE-1\n    purl: x\n    ownr: me\n';
    expect((await failureOf(() => load(text))).said.split('\n')).toEqual([
      'Input policy:1: secrets is not one of critical, high, medium, low, unknown, never: "yes".',
      'Input policy:4: allow[0].purl is not a purl, such as pkg:npm/lodash@*: "x".',
      'Input policy:3: allow[0] has no reason.',
      'Input policy:3: allow[0] has no owner.',
      'Input policy:3: allow[0] has no expires.',
      'Input policy:5: allow[0].ownr is no key; did you mean owner?.',
    ]);
  });

  it.each([
    'severities: { high: any }',
    'severities: { high: yes }',
    'severitis: {}',
    'grace-days: { high: 1.5 }',
    'grace-days: { high: 1 }',
    'maximum: { high: baseline }',
    'maximum: { high: many }',
    'packages: [{ purl: "pkg:npm/x", fail: any }]',
    'packages: [{ fail: any }]',
    'known-exploited: { feed: x, sha256: ABC }',
    'exploit-prediction: { feed: x, at-least: 0.5 }',
    `allow: [{ ${entry} }]`,
    'allow: [{ id: CVE-1 }]',
    'end-of-life: true',
    '[]',
  ])('%j is to the JSON schema what it is to the action', async (text) => {
    const { parse } = await import('yaml');
    const good = await load(`${text}\n`).then(
      () => true,
      () => false,
    );
    expect(fitsSchema(parse(text))).toBe(good);
  });
});

describe('an allowlist', () => {
  let workspace = '';
  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'slipway-policy-'));
    await writeFile(join(workspace, 'policy.yml'), `secrets: low\nallow: [{ ${entry} }]\n`);
    await writeFile(join(workspace, 'empty.yml'), '');
    await writeFile(join(workspace, 'text.yml'), 'CVE-2099-1\n');
    await writeFile(join(workspace, 'list.yml'), `- { ${entry}, purl: 'pkg:npm/x' }\n`);
  });

  it.each([
    ['empty.yml', 1],
    ['list.yml', 2],
    [`- { ${entry} }`, 2],
    [`allow: [{ ${entry} }, { ${entry} }]`, 3],
  ])('%j adds to the one in the policy', async (allowlist, count) => {
    const policy = await load('policy.yml', { workspace, allowlist });
    expect(policy.secrets).toBe('low');
    expect(policy.allow).toHaveLength(count);
  });

  it.each([
    ['no.yml', 'gate/policy-unreadable', 'Input allowlist cannot be read: there is no file no.yml'],
    ['text.yml', 'gate/policy-type', 'text.yml:1: it is not a map'],
    ['secrets: low', 'gate/policy-key', 'secrets belongs into the policy'],
    ['- id: CVE-1\n', 'gate/allowlist-incomplete', 'Input allowlist:1: [0] has no reason'],
  ])('%j is refused with %s', async (allowlist, code, said) => {
    const failure = await failureOf(() => load(undefined, { workspace, allowlist }));
    expect(failure).toEqual({ code, said: expect.stringContaining(said) });
  });
});

describe('fail-on', () => {
  const never = {
    critical: 'never',
    high: 'never',
    medium: 'never',
    low: 'never',
    unknown: 'never',
  };

  it.each([
    ['critical,high:fixed', { severities: { ...never, critical: 'any', high: 'fixed' } }],
    ['critical\n\n# later: high\n', { severities: { ...never, critical: 'any' } }],
    ['secret', { secrets: 'unknown' }],
    ['misconfiguration:high, license', { misconfigurations: 'high', licenses: 'unknown' }],
    ['end-of-life', { endOfLife: 'fail' }],
    ['kev', { knownExploited: true }],
    ['epss>=0.25', { atLeast: 0.25 }],
    ['epss >= 1', { atLeast: 1 }],
    ['secret,secret', { secrets: 'unknown' }],
  ])('%j', (text, expected) => {
    const nothing = failOn.parse('low:fixed');
    expect(failOn.parse(text)).toEqual({ ...nothing, severities: never, ...expected });
  });

  it.each([
    ['', 'names nothing'],
    ['hihg', 'has an unknown word: hihg; the nearest is high'],
    ['HIGH', 'has an unknown word: HIGH'],
    ['high:fix', 'has an unknown word: high:fix; the nearest is high'],
    ['secret:all', 'has all where a severity belongs: secret:all'],
    ['epss', 'has no EPSS score: epss'],
    ['epss>=2', 'has no EPSS score: epss>=2'],
    ['critical,critical:fixed', 'has critical and critical:fixed, of which only one can hold'],
    ['high:fixed\nhigh', 'has high:fixed and high, of which only one can hold'],
    ['secret,high,secret:high', 'has secret and secret:high, of which only one can hold'],
    ['epss>=0.9,epss >= 0.5', 'has epss>=0.9 and epss >= 0.5, of which only one can hold'],
  ])('%j is wrong', (text, said) => {
    expect(() => failOn.parse(text)).toThrow(said);
  });

  it('takes the place of what the policy says about failing, and of nothing else', async () => {
    const text = 'severities: { low: any }\ngrace-days: { low: 3 }\nsecrets: low\n';
    const policy = await load(text, { 'fail-on': failOn.parse('medium') });
    expect(policy).toMatchObject({
      severities: { ...never, medium: 'any' },
      graceDays: { low: 3 },
      secrets: 'never',
    });
  });

  it.each([
    ['kev', 'kev in fail-on needs known-exploited'],
    ['epss>=0.5', 'epss in fail-on needs exploit-prediction'],
  ])('%s needs its feed', async (text, said) => {
    const failure = await failureOf(() => load('secrets: low', { 'fail-on': failOn.parse(text) }));
    expect(failure).toEqual({ code: 'gate/feed', said: expect.stringContaining(said) });
  });
});
