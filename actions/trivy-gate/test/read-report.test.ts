import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../../packages/local-cloud/src/any-character.ts';
import { readReport } from '../src/findings/read-report.ts';
import { ReportPieces } from '../src/findings/report-pieces.ts';
import { failureOf, fileWith, reportOf } from './sample.ts';

const vulnerability = {
  VulnerabilityID: 'CVE-2099-1',
  PkgName: 'openssl',
  InstalledVersion: '3.0.1-1',
  FixedVersion: '3.0.2-1',
  Status: 'fixed',
  Severity: 'HIGH',
  SeveritySource: 'nvd',
  PkgIdentifier: { PURL: 'pkg:deb/debian/openssl@3.0.1-1?arch=amd64' },
  CVSS: { nvd: { V3Score: 7.5 } },
  PublishedDate: '2026-01-01T00:00:00Z',
  Layer: { DiffID: 'sha256:abc' },
};

const read = async (report: unknown) =>
  readReport(await fileWith(JSON.stringify(report)), 'a.json');
const system = (list: Record<string, unknown>) =>
  reportOf([{ Target: 'app (debian 13.1)', Class: 'os-pkgs', Type: 'debian', ...list }]);

describe('a report of Trivy', () => {
  it('gives image, system and findings', async () => {
    expect(await read(system({ Vulnerabilities: [vulnerability] }))).toEqual({
      trivy: '0.74.0',
      artifact: 'ghcr.io/owner/app@sha256:0123',
      imageId: `sha256:${'a'.repeat(64)}`,
      repoDigests: [`ghcr.io/owner/app@sha256:${'b'.repeat(64)}`],
      repoTags: [],
      system: { family: 'debian', version: '13.1', endOfLife: false },
      platform: 'linux/amd64',
      findings: [
        {
          kind: 'vulnerability',
          id: 'CVE-2099-1',
          severity: 'high',
          title: '',
          link: undefined,
          package: 'openssl',
          installed: '3.0.1-1',
          fixed: '3.0.2-1',
          status: 'fixed',
          purl: 'pkg:deb/debian/openssl@3.0.1-1?arch=amd64',
          path: '',
          class: 'os-pkgs',
          type: 'debian',
          layer: 'sha256:abc',
          line: 0,
          published: Date.parse('2026-01-01T00:00:00Z'),
          score: 7.5,
        },
      ],
    });
  });

  it.each([
    ['no Results, as for a clean image', reportOf(undefined)],
    ['empty Results', reportOf([])],
    ['a result without lists', system({})],
    ['packages alone', system({ Packages: [{ ID: 'openssl@3', Name: 'openssl' }] })],
    ['checks that passed', system({ Misconfigurations: [{ ID: 'DS-0002', Status: 'PASS' }] })],
  ])('has no findings: %s', async (_, report) => {
    expect((await read(report)).findings).toEqual([]);
  });

  it.each([
    ['no severity', undefined, 'unknown'],
    ['an empty one', '', 'unknown'],
    ['a word nobody knows', 'NEGLIGIBLE', 'unknown'],
    ['its own word', 'CRITICAL', 'critical'],
  ])('counts %s as %s', async (_, Severity, expected) => {
    const { findings } = await read(system({ Vulnerabilities: [{ ...vulnerability, Severity }] }));
    expect(findings[0]?.severity).toBe(expected);
  });

  it('reads secrets, misconfigurations and licences, and never the secret itself', async () => {
    const report = await read(
      reportOf([
        {
          Secrets: [
            { RuleID: 'github-pat', Severity: 'CRITICAL', StartLine: 2, Match: 'TOKEN=***' },
          ],
          Target: '/app/.env',
          Class: 'secret',
        },
        {
          Target: 'Dockerfile',
          Class: 'config',
          Misconfigurations: [
            { ID: 'DS-0002', Severity: 'HIGH', Status: 'FAIL', CauseMetadata: { StartLine: 7 } },
          ],
        },
        {
          Target: 'Node.js',
          Class: 'license',
          Licenses: [{ Name: 'AGPL-3.0-only', PkgName: 'x', FilePath: 'app/x', Severity: 'HIGH' }],
        },
      ]),
    );
    expect(
      report.findings.map(({ kind, id, severity, path, line }) => [kind, id, severity, path, line]),
    ).toEqual([
      ['secret', 'github-pat', 'critical', '/app/.env', 2],
      ['misconfiguration', 'DS-0002', 'high', 'Dockerfile', 7],
      ['license', 'AGPL-3.0-only', 'high', 'app/x', 0],
    ]);
    expect(JSON.stringify(report)).not.toContain('***');
  });

  it.each([
    ['an empty file', '', 'gate/report', /is empty/],
    ['text', 'no space left', 'gate/report', /not JSON/],
    ['a list', '[]', 'gate/report', /no SchemaVersion/],
    ['another document', '{"SchemaVersion":"2"}', 'gate/report-schema', /version "2"/],
    ['an older schema', '{"SchemaVersion":1}', 'gate/report-schema', /version 1/],
    ['a newer schema', '{"SchemaVersion":3}', 'gate/report-schema', /version 3/],
    ['the end of another one', '{"SchemaVersion":2}}', 'gate/report', /not JSON/],
    [
      'a vulnerability without id',
      JSON.stringify(system({ Vulnerabilities: [vulnerability, { PkgName: 'x' }] })),
      'gate/report',
      /entry 2 of its Vulnerabilities is incomplete/,
    ],
    [
      'a finding that is not JSON',
      '{"SchemaVersion":2,"Results":[{"Vulnerabilities":[{"VulnerabilityID":nope}]}]}',
      'gate/report',
      /incomplete/,
    ],
  ])('is refused: %s', async (_, text, code, said) => {
    const failure = await failureOf(async () => readReport(await fileWith(text), 'a.json'));
    expect(failure).toEqual({ code, said: expect.stringMatching(said) });
    expect(failure.said).toMatch(/^a\.json/);
  });

  it('is refused wherever it was cut', async () => {
    const text = JSON.stringify(system({ Vulnerabilities: [vulnerability] }));
    for (let end = 1; end < text.length; end += 1) {
      const pieces = new ReportPieces(() => undefined);
      pieces.write(Buffer.from(text.slice(0, end)));
      expect(pieces.end()).toBeUndefined();
    }
  });
});

describe('taking a report apart', () => {
  const text = fc.string({ unit: anyCharacter, maxLength: 8 });
  // The end of a long string is looked for in another way than that of a short one.
  const long = fc.string({
    unit: fc.constantFrom('"', '\\', '{', '}', 'a'),
    minLength: 40,
    maxLength: 150,
  });
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), long);
  const entry = fc.dictionary(text, value, { maxKeys: 3 });
  const result = fc.record({
    Target: text,
    Vulnerabilities: fc.array(entry, { maxLength: 4 }),
    Other: value,
  });
  const chunk = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 100, max: 2_000 }));
  const document = fc.record({
    SchemaVersion: fc.constant(2),
    Metadata: value,
    Results: fc.array(result, { maxLength: 3 }),
    Last: fc.array(fc.array(fc.record({ list: fc.array(entry, { maxLength: 4 }) }))),
  });

  it('gives every part once, whatever the chunks, and leaves JSON', () => {
    fc.assert(
      fc.property(document, fc.nat(4), chunk, (report, indent, size) => {
        const bytes = Buffer.from(JSON.stringify(report, undefined, indent));
        const taken: unknown[] = [];
        const pieces = new ReportPieces((list, index, json) => {
          if (list === 'Vulnerabilities') taken.push([index, JSON.parse(json())]);
        });
        for (let at = 0; at < bytes.length; at += size) pieces.write(bytes.subarray(at, at + size));
        const rest: unknown = JSON.parse(pieces.end() ?? '');
        expect(taken).toEqual(
          JSON.parse(
            JSON.stringify(
              report.Results.flatMap(({ Vulnerabilities }, index) =>
                Vulnerabilities.map((one) => [index, one]),
              ),
            ),
          ),
        );
        expect(rest).toMatchObject({
          SchemaVersion: 2,
          Last: JSON.parse(JSON.stringify(report.Last)),
        });
      }),
      { numRuns: 100 },
    );
  });
});
