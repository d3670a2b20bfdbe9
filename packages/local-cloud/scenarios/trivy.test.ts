import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hit, startFaultProxy } from '../src/fault-proxy.ts';
import { isRecord } from '../src/http/exchange.ts';
import { pushArtifact } from '../src/oci/push.ts';
import { saveLayout, saveTar } from '../src/oci/save.ts';
import { writeDatabase } from '../src/trivy/database.ts';
import { pushDatabase } from '../src/trivy/database-artifact.ts';
import { plantedImage, plantedSecret, type Variant } from '../src/trivy/images.ts';
import { reportOfAll } from './report-of-all.ts';
import { type Report, scanImage, trivy } from './trivy.ts';

const registry = process.env['SLIPWAY_TEST_REGISTRY'] ?? '';

const planted = [
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

describe('the real Trivy on planted images', () => {
  let home = '';
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'slipway-trivy-'));
    await writeDatabase(join(home, 'db'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const remote = async (variant: Variant): Promise<string[]> => [
    ...['--image-src', 'remote'],
    await pushArtifact(registry, 'gate/shop', await plantedImage(variant)),
  ];
  const tar = async (): Promise<string[]> => {
    const file = join(home, 'all.tar');
    await saveTar(file, await plantedImage('all'), 'shop:1.0');
    return ['--input', file];
  };
  const layout = async (): Promise<string[]> => {
    const folder = join(home, 'layout');
    await saveLayout(folder, await plantedImage('all'), '1.0');
    return ['--input', `${folder}:1.0`];
  };

  it.each([
    ['all, by digest', () => remote('all'), planted],
    ['all, as a tar', tar, planted],
    ['all, as an OCI layout', layout, planted],
    ['clean', () => remote('clean'), []],
    ['baseline', () => remote('baseline'), planted.filter((line) => /10002|20003/.test(line))],
    ['new', () => remote('new'), planted.filter((line) => /10001|10002|20003/.test(line))],
  ])('finds exactly what was planted: %s', async (_, source, expected) => {
    const report = await scanImage(home, '--scanners', 'vuln', ...(await source()));
    expect(vulnerabilities(report)).toEqual(expected);
  });

  it('finds what is no vulnerability', async () => {
    const old = await scanImage(home, '--scanners', 'vuln', ...(await remote('end-of-life')));
    expect(old['Metadata']).toMatchObject({ OS: { Family: 'debian', EOSL: true } });

    const secret = await scanImage(home, '--scanners', 'secret', ...(await remote('secret')));
    expect(entries(secret, 'Secrets')).toMatchObject([{ RuleID: 'github-pat' }]);
    expect(JSON.stringify(secret)).not.toContain(plantedSecret);

    const license = await scanImage(home, '--scanners', 'license', ...(await remote('license')));
    expect(entries(license, 'Licenses')).toContainEqual(
      expect.objectContaining({ Name: 'AGPL-3.0-only', Severity: 'CRITICAL' }),
    );
  });

  it('says what the report for tables says', async () => {
    const file = join(import.meta.dirname, '../src/trivy/report.json');
    const report: unknown = JSON.parse(await readFile(file, 'utf8'));
    expect(await reportOfAll(home, registry)).toEqual(report);
  });

  it('takes the database from a registry, by a second try where that has enough', async () => {
    const facts = { updatedAt: '2026-10-05T06:07:08Z', nextUpdate: '2026-10-06T06:07:08Z' };
    await pushDatabase(registry, 'gate/trivy-db', facts);
    const busy = { status: 429, headers: { 'retry-after': '1' } };
    await using proxy = await startFaultProxy(registry, hit('GET', /manifests\/2$/, busy, 1));
    const cache = join(home, 'downloaded');
    const { code, stderr } = await trivy(home, [
      ...['image', '--download-db-only', '--no-progress', '--cache-dir', cache],
      ...['--db-repository', `${proxy.host}/gate/trivy-db:2`],
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(proxy.requests.filter((what) => what.endsWith('manifests/2'))).toHaveLength(2);
    const metadata: unknown = JSON.parse(await readFile(join(cache, 'db/metadata.json'), 'utf8'));
    expect(metadata).toMatchObject({
      Version: 2,
      UpdatedAt: facts.updatedAt,
      NextUpdate: facts.nextUpdate,
    });
    expect(await readFile(join(cache, 'db/trivy.db'))).toEqual(
      await readFile(join(home, 'db/trivy.db')),
    );
  });
});

/** All entries of one kind, of all results. */
function entries(report: Report, kind: string): Report[] {
  return list(report['Results']).flatMap((result) => list(result[kind]));
}

function list(value: unknown): Report[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function vulnerabilities(report: Report): string[] {
  return entries(report, 'Vulnerabilities')
    .map(
      (found) =>
        `${found['VulnerabilityID']} ${found['PkgName']} ${found['InstalledVersion']} -> ` +
        `${found['FixedVersion'] ?? 'none'} ${found['Severity']} ${found['Status']}`,
    )
    .sort();
}
