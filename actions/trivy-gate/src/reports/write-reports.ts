import { dirname, join } from 'node:path';
import { httpFetch } from '@slipway/shared/http/fetch';
import { systemClock } from '@slipway/shared/time/clock';
import { attachReport } from '../attached-report.ts';
import type { Examined } from '../examine.ts';
import type { GateRun } from '../gate-run.ts';
import { registryAccess } from '../registry-access.ts';
import type { ScanTarget } from '../subject/subject.ts';
import { convertReport } from './formats.ts';
import { type GateResult, labelOf } from './gate-result.ts';
import type { SarifRun } from './sarif.ts';
import { uploadSarif } from './upload.ts';
import { gzipped, writeSarif } from './write-sarif.ts';

/**
 * Writes the reports that were asked for, uploads the SARIF one, attaches the JSON ones; each is in
 * the result as soon as it is there.
 * @throws Failure `gate/convert`, `gate/upload`
 */
export async function writeReports(
  gateRun: GateRun,
  { target, trivy }: Examined,
  folder: string,
): Promise<void> {
  const { settings, run, result } = gateRun;
  const { scanners } = settings;
  const formats = settings['report-formats'];
  if (formats.includes('sarif') || settings['upload-sarif']) {
    const sarif = join(folder, 'report.sarif');
    const left = await writeSarif(sarif, sarifRuns(result, target));
    result.files.push({ format: 'sarif', path: sarif });
    if (left > 0) {
      result.warnings.push(
        `${left} findings of the lowest severities are not in the SARIF report: GitHub takes no more.`,
      );
    }
    if (settings['upload-sarif']) await upload(sarif, gateRun);
  }
  if (settings.attach && settings.image) {
    const { registry, repository } = settings.image;
    const opened = await registryAccess(settings, run).open(registry);
    for (const { path, subject } of result.scanned) {
      const [, digest = ''] = subject.repoDigest?.split('@') ?? [];
      await attachReport(opened, { repository, digest }, path, systemClock.now());
    }
  }
  for (const { path } of result.scanned) {
    const conversion = { report: path, formats, folder: dirname(path), scanners };
    result.files.push(...(await convertReport(trivy, conversion)));
  }
}

function sarifRuns({ baseline, scanned, verdict }: GateResult, target: ScanTarget): SarifRun[] {
  return scanned.map((one) => {
    const { report, subject } = one;
    const platform = labelOf(one);
    return {
      judged: (verdict?.judged ?? []).filter(
        (each) => each.platform === undefined || each.platform === platform,
      ),
      facts: {
        repository: target.repository ?? target.name,
        platform: scanned.length > 1 ? platform : (subject.platform ?? report.platform),
        trivy: report.trivy,
        compared: baseline !== undefined,
      },
    };
  });
}

async function upload(sarif: string, { settings, run, result }: GateRun): Promise<void> {
  const { token = '' } = settings;
  const { env, github, signal } = run;
  const started = result.timeline[0]?.start ?? systemClock.now();
  const tools = { fetch: httpFetch, clock: systemClock, signal, env, github, token };
  const warning = await uploadSarif(await gzipped(sarif), started, tools);
  if (warning) result.warnings.push(warning);
}
