import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFaultProxy } from '../src/fault-proxy.ts';
import { isRecord } from '../src/http/exchange.ts';
import { pushArtifact } from '../src/oci/push.ts';
import { saveLayout, saveTar } from '../src/oci/save.ts';
import { writeDatabase } from '../src/trivy/database.ts';
import { pushDatabase } from '../src/trivy/database-artifact.ts';
import { plantedImage, plantedSecret, type Variant } from '../src/trivy/images.ts';
import { quiet, type TrivyRun, trivy } from './trivy.ts';

const registry = process.env['SLIPWAY_TEST_REGISTRY'] ?? '';

describe('the real Trivy on planted images', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-trivy-'));
    await writeDatabase(join(folder, 'cache/db'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const scan = async (...args: string[]): Promise<Report> => {
    const flags = ['--cache-dir', join(folder, 'cache'), '--cache-backend', 'memory'];
    const run = await trivy(folder, [
      ...['image', ...flags, '--skip-db-update', ...quiet, '--format', 'json', ...args],
    ]);
    return readReport(run);
  };
  const push = async (variant: Variant): Promise<string> =>
    await pushArtifact(registry, 'gate/shop', await plantedImage(variant));

  const everything = [
    'CVE-2099-10001 old-router 1.2.3 -> 1.2.4 CRITICAL fixed',
    'CVE-2099-10002 @old/parser 3.0.0 -> 3.0.1 HIGH fixed',
    'CVE-2099-20001 liboldssl3 3.0.1-1 -> 3.0.1-2+deb13u1 CRITICAL fixed',
    'CVE-2099-20001 oldssl 3.0.1-1 -> 3.0.1-2+deb13u1 CRITICAL fixed',
    'CVE-2099-20002 liboldssl3 3.0.1-1 -> none HIGH fix_deferred',
    'CVE-2099-20002 oldssl 3.0.1-1 -> none HIGH fix_deferred',
    'CVE-2099-20003 oldzip 1.0-1 -> none LOW will_not_fix',
    'CVE-2099-20004 oldtar 0.9-1 -> none UNKNOWN affected',
    'GHSA-0ld0-temp-1ate old-template 0.1.0 -> none MEDIUM affected',
  ];

  it.each([
    ['a registry, by digest', async () => ['--image-src', 'remote', await push('all')]],
    [
      'a tar',
      async () => {
        const file = join(folder, 'all.tar');
        await saveTar(file, await plantedImage('all'), 'shop:1.0');
        return ['--input', file];
      },
    ],
    [
      'an OCI layout',
      async () => {
        const layout = join(folder, 'layout');
        await saveLayout(layout, await plantedImage('all'), '1.0');
        return ['--input', layout];
      },
    ],
  ])('finds exactly the planted packages in %s', async (_, source) => {
    const report = await scan('--scanners', 'vuln', ...(await source()));
    expect(findings(report)).toEqual(everything);
  });

  it.each<[Variant, string[]]>([
    ['clean', []],
    ['baseline', everything.filter((finding) => /10002|20003/.test(finding))],
    ['new', everything.filter((finding) => /10001|10002|20003/.test(finding))],
    ['end-of-life', []],
  ])('finds in the image "%s" what it is there for', async (variant, expected) => {
    const report = await scan('--scanners', 'vuln', '--image-src', 'remote', await push(variant));
    expect(findings(report)).toEqual(expected);
    expect(report['Metadata']).toMatchObject({
      OS: { Family: 'debian', ...(variant === 'end-of-life' && { EOSL: true }) },
    });
  });

  it('finds secrets, licences and misconfigurations, each in its image', async () => {
    const remote = ['--image-src', 'remote'];
    const secrets = await scan('--scanners', 'secret', ...remote, await push('secret'));
    expect(entries(secrets, 'Secrets')).toMatchObject([{ RuleID: 'github-pat' }]);
    expect(JSON.stringify(secrets)).not.toContain(plantedSecret);

    const licenses = await scan('--scanners', 'license', ...remote, await push('license'));
    expect(entries(licenses, 'Licenses')).toContainEqual(
      expect.objectContaining({
        PkgName: 'copy-left',
        Name: 'AGPL-3.0-only',
        Severity: 'CRITICAL',
      }),
    );

    const root = await scan(
      ...['--scanners', 'misconfig', '--image-config-scanners', 'misconfig', ...remote],
      await push('misconfiguration'),
    );
    expect(entries(root, 'Misconfigurations')).toContainEqual(
      expect.objectContaining({ ID: 'DS-0002', Severity: 'HIGH', Status: 'FAIL' }),
    );
  });

  it('takes the database from the second registry when the first one has enough', async () => {
    await using busy = await startFaultProxy(registry, () => ({ status: 429 }));
    const cache = join(folder, 'second');
    const updatedAt = '2026-10-05T06:07:08Z';
    const good = await pushDatabase(registry, 'gate/trivy-db', { updatedAt });
    const { code, stderr } = await trivy(folder, [
      ...['image', '--download-db-only', '--no-progress', '--cache-dir', cache],
      ...['--db-repository', `${busy.host}/gate/trivy-db:2`, '--db-repository', good],
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('429') });
    const metadata: unknown = JSON.parse(await readFile(join(cache, 'db/metadata.json'), 'utf8'));
    expect(metadata).toMatchObject({ Version: 2, UpdatedAt: updatedAt });
    expect(await readFile(join(cache, 'db/trivy.db'))).toEqual(
      await readFile(join(folder, 'cache/db/trivy.db')),
    );
  });
});

type Report = Record<string, unknown>;

function readReport({ code, stdout, stderr }: TrivyRun): Report {
  if (code !== 0) throw new Error(`Trivy ended with ${code}: ${stderr}`);
  const report: unknown = JSON.parse(stdout);
  if (!isRecord(report)) throw new Error('the report is no object');
  return report;
}

/** All entries of one kind, of all results. */
function entries(report: Report, kind: string): Report[] {
  return list(report['Results']).flatMap((result) => list(result[kind]));
}

function list(value: unknown): Report[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function findings(report: Report): string[] {
  return entries(report, 'Vulnerabilities')
    .map(
      (v) =>
        `${v['VulnerabilityID']} ${v['PkgName']} ${v['InstalledVersion']} -> ` +
        `${v['FixedVersion'] ?? 'none'} ${v['Severity']} ${v['Status']}`,
    )
    .sort();
}
