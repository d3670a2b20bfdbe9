import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pushArtifact } from '../packages/local-cloud/src/oci/push.ts';
import { find, startRegistry } from '../packages/local-cloud/src/registry.ts';
import { makeRunner, type Runner } from '../packages/local-cloud/src/runner.ts';
import { writeDatabase } from '../packages/local-cloud/src/trivy/database.ts';
import { plantedImage } from '../packages/local-cloud/src/trivy/images.ts';
import { trivySha256 } from '../packages/local-cloud/src/trivy/program.ts';
import { inTurn, median, type Row, timed } from './measure.ts';

const root = join(import.meta.dirname, '..');
const bars = { extra: 0.3, seconds: 3, megabytes: 300 };
const findings = 100_000;

/** What trivy-gate takes on top of a bare scan, and what a very long report takes. */
export async function trivyGate(): Promise<Row[]> {
  await using runner = await makeRunner();
  return [await onTop(runner), ...(await manyFindings(runner))];
}

async function onTop(runner: Runner): Promise<Row> {
  await using registry = await startRegistry();
  const cache = join(runner.workspace, 'cache');
  await writeDatabase(join(cache, 'db'), { updatedAt: new Date().toISOString() });
  const image = await pushArtifact(registry.host, 'bench/app', await plantedImage('clean'));
  const trivy = find(['trivy']);
  const inputs: Record<string, string> = {
    IMAGE: image,
    'IMAGE-SOURCE': 'registry',
    SCANNERS: 'vuln,secret',
    'REPORT-FORMATS': 'json,sarif',
    'UPLOAD-SARIF': 'false',
    'ON-ERROR': 'fail',
    'TRIVY-VERSION': '0.74.0',
    'TRIVY-SHA256': await trivySha256(),
    'DB-REPOSITORY': './cache',
    'DB-MAX-AGE': '72h',
    'ON-STALE': 'error',
    TIMEOUT: '5m',
    ATTACH: 'false',
  };
  const env = {
    ...runner.env,
    GITHUB_OUTPUT: join(runner.temp, 'output'),
    GITHUB_STEP_SUMMARY: join(runner.temp, 'summary'),
    ...Object.fromEntries(Object.entries(inputs).map(([key, value]) => [`INPUT_${key}`, value])),
  };
  const options = { env, cwd: runner.workspace };
  // The runner makes both files.
  for (const name of ['output', 'summary']) writeFileSync(join(runner.temp, name), '');
  const bundle = join(root, 'actions/trivy-gate/dist/index.js');
  const bare = [
    ...['image', '--image-src', 'remote', '--format', 'json', '--output', 'bare.json'],
    ...['--cache-dir', cache, '--cache-backend', 'memory', '--scanners', 'vuln,secret'],
    ...['--skip-db-update', '--skip-check-update', '--skip-version-check', '--disable-telemetry'],
    ...['--image-config-scanners', 'secret', '--offline-scan', '--no-progress', image],
  ];
  const pairs = await inTurn(
    11,
    () => timed(process.execPath, [bundle], options),
    () => timed(trivy, bare, options),
  );
  const extra = median(pairs.map(({ a, b }) => a - b)) / 1_000;
  return {
    what: 'trivy-gate on top of trivy image',
    measured: `${extra.toFixed(2)} s (${(median(pairs.map(({ b }) => b)) / 1_000).toFixed(2)} s by hand)`,
    bar: `≤ ${bars.extra} s`,
    held: extra <= bars.extra,
  };
}

async function manyFindings(runner: Runner): Promise<Row[]> {
  const path = join(runner.workspace, 'many.json');
  await writeMany(path);
  const program = join(root, 'bench/many-findings.ts');
  const out = execFileSync(process.execPath, ['--conditions=source', program, path], {
    encoding: 'utf8',
  });
  const { ms, bytes }: { ms: number; bytes: number } = JSON.parse(out);
  const [seconds, megabytes] = [ms / 1_000, bytes / 1_000_000];
  return [
    {
      what: 'trivy-gate: 100,000 findings judged and told',
      measured: `${seconds.toFixed(2)} s`,
      bar: `≤ ${bars.seconds} s`,
      held: seconds <= bars.seconds,
    },
    {
      what: 'trivy-gate: memory for 100,000 findings',
      measured: `${megabytes.toFixed(0)} MB`,
      bar: `≤ ${bars.megabytes} MB`,
      held: megabytes <= bars.megabytes,
    },
  ];
}

/** A report of 180 MB, laid out as Trivy writes it. */
async function writeMany(path: string): Promise<void> {
  const file = createWriteStream(path);
  const write = async (text: string) => {
    if (!file.write(text)) await once(file, 'drain');
  };
  const head = { SchemaVersion: 2, ArtifactName: 'app', Metadata: { OS: { Family: 'debian' } } };
  await write(`${JSON.stringify(head).slice(0, -1)},"Results":[{"Vulnerabilities":[`);
  for (let index = 0; index < findings; index += 1) {
    await write((index > 0 ? ',' : '') + JSON.stringify(vulnerability(index), undefined, 6));
  }
  await write(`],"Target":"app (debian 13)","Class":"os-pkgs","Type":"debian"}]}`);
  file.end();
  await once(file, 'close');
}

function vulnerability(index: number) {
  const version = `1.0.${index}`;
  return {
    VulnerabilityID: `CVE-2099-${index % 30_000}`,
    PkgName: `lib${index}`,
    PkgIdentifier: { PURL: `pkg:deb/debian/lib${index}@${version}?arch=amd64&distro=debian-13` },
    InstalledVersion: version,
    FixedVersion: index % 3 > 0 ? `1.1.${index}` : '',
    Status: index % 3 > 0 ? 'fixed' : 'affected',
    Layer: { Digest: `sha256:${'a'.repeat(64)}`, DiffID: `sha256:${'b'.repeat(64)}` },
    SeveritySource: 'nvd',
    PrimaryURL: `https://avd.aquasec.com/nvd/cve-2099-${index}`,
    Title: `lib${index}: something is wrong with it`,
    Description: 'What is wrong with it takes some sentences. '.repeat(10),
    Severity: ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'][index % 4],
    CweIDs: ['CWE-22'],
    CVSS: { nvd: { V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', V3Score: 7.5 } },
    References: ['https://example.com/one', 'https://example.com/two'],
    PublishedDate: '2026-01-15T10:00:00Z',
    LastModifiedDate: '2026-01-15T10:00:00Z',
  };
}
