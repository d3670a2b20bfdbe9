import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Advisory, advisories as allAdvisories, type Severity } from './advisories.ts';
import { type Bucket, boltFile } from './bolt.ts';

/** What `metadata.json` says, and what is in the database; times are ISO 8601. */
export interface DatabaseFacts {
  /** When its makers built it; default: 2026-11-01. */
  updatedAt?: string;
  /** Until when Trivy does not ask for a newer one; default: the year 2999. */
  nextUpdate?: string;
  /** When Trivy got it; default: never, as in what is pushed to a registry. */
  downloadedAt?: string;
  /** Version of the schema; Trivy 0.74 reads 2. */
  schema?: number;
  advisories?: readonly Advisory[];
}

/** The Debian releases that the advisories are for; 12 is that of the example app. */
const debianReleases = ['12', '13', '9'] as const;

const npmSource = 'npm::GitHub Security Advisory npm';
const severities: readonly Severity[] = ['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];
// By the order of trivy-db/pkg/types/status.go; stored only when there is no fixed version.
const statuses = { affected: 2, will_not_fix: 5, fix_deferred: 6, end_of_life: 7 } as const;

/**
 * Writes a vulnerability database as Trivy has it in its cache: `trivy.db` and `metadata.json`.
 * Layout of the buckets: aquasecurity/trivy-db, pkg/db and pkg/types.
 * @param folder the `db` folder of a Trivy cache; is made
 */
export async function writeDatabase(folder: string, facts: DatabaseFacts = {}): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(databaseFiles(facts))) {
    await writeFile(join(folder, name), content);
  }
}

/** The same as {@link writeDatabase}, in memory. */
export function databaseFiles({
  updatedAt = '2026-11-01T00:00:00Z',
  nextUpdate = '2999-01-01T00:00:00Z',
  downloadedAt = '0001-01-01T00:00:00Z',
  schema = 2,
  advisories = allAdvisories,
}: DatabaseFacts = {}): Record<'trivy.db' | 'metadata.json', Buffer> {
  const metadata = {
    Version: schema,
    NextUpdate: nextUpdate,
    UpdatedAt: updatedAt,
    DownloadedAt: downloadedAt,
  };
  return {
    'trivy.db': boltFile(buckets(advisories)),
    'metadata.json': Buffer.from(`${JSON.stringify(metadata)}\n`),
  };
}

function buckets(advisories: readonly Advisory[]): Bucket {
  const npm = advisories.filter(({ ecosystem }) => ecosystem === 'npm');
  const debian = byPackage(
    advisories.filter(({ ecosystem }) => ecosystem === 'debian'),
    ({ fixed, status = 'affected' }) =>
      fixed === undefined ? { Status: statuses[status] } : { FixedVersion: fixed },
  );
  const tracker = source(
    'debian',
    'Debian Security Tracker',
    'https://salsa.debian.org/security-tracker-team/security-tracker',
  );
  const releases = debianReleases.map((release) => `debian ${release}`);
  return {
    'data-source': {
      [npmSource]: source(
        'ghsa',
        'GitHub Security Advisory npm',
        'https://github.com/advisories?query=type%3Areviewed+ecosystem%3Anpm',
      ),
      ...Object.fromEntries(releases.map((release) => [release, tracker])),
    },
    [npmSource]: byPackage(npm, ({ fixed }) =>
      fixed === undefined
        ? { VulnerableVersions: ['>=0.0.0'] }
        : { VulnerableVersions: [`<${fixed}`], PatchedVersions: [fixed] },
    ),
    ...Object.fromEntries(releases.map((release) => [release, debian])),
    vulnerability: Object.fromEntries(
      advisories.map((advisory) => [advisory.id, JSON.stringify(details(advisory))]),
    ),
  };
}

function source(id: string, name: string, url: string): string {
  return JSON.stringify({ ID: id, Name: name, URL: url });
}

function byPackage(
  advisories: readonly Advisory[],
  value: (advisory: Advisory) => Record<string, unknown>,
): Bucket {
  const packages: Record<string, Record<string, string>> = {};
  for (const advisory of advisories) {
    packages[advisory.package] ??= {};
    Object.assign(packages[advisory.package] ?? {}, {
      [advisory.id]: JSON.stringify(value(advisory)),
    });
  }
  return packages;
}

function details(advisory: Advisory): Record<string, unknown> {
  const { ecosystem, severity, title, description, cvss, published } = advisory;
  const vendor = ecosystem === 'npm' ? 'ghsa' : 'nvd';
  return {
    Title: title,
    Description: description,
    Severity: severity,
    ...(severity !== 'UNKNOWN' && { VendorSeverity: { [vendor]: severities.indexOf(severity) } }),
    ...(cvss && { CVSS: { [vendor]: { V3Score: cvss.score, V3Vector: cvss.vector } } }),
    CweIDs: advisory.weaknesses,
    References: advisory.references,
    PublishedDate: published,
    LastModifiedDate: published,
  };
}
