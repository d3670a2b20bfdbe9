// Writes src/trivy/report.json, a real report for tables: what Trivy says about the image `all` when
// all scanners are on. `trivy.test.ts` compares it with what Trivy says today.
//
//   node --conditions=source packages/local-cloud/scenarios/write-report.ts
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRegistry } from '../src/registry.ts';
import { reportOfAll } from './report-of-all.ts';

const home = await mkdtemp(join(tmpdir(), 'slipway-report-'));
try {
  await using registry = await startRegistry();
  const report = await reportOfAll(home, registry.host);
  const file = join(import.meta.dirname, '../src/trivy/report.json');
  await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
} finally {
  await rm(home, { recursive: true, force: true });
}
