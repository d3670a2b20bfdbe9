import { dirname, join } from 'node:path';
import type { Run } from '@slipway/shared/action/run';
import { httpFetch } from '@slipway/shared/http/fetch';
import { systemClock } from '@slipway/shared/time/clock';
import { attachReport } from '../attached-report.ts';
import type { Examined } from '../examine.ts';
import type { manifest } from '../manifest.ts';
import { registryAccess } from '../registry-access.ts';
import type { Settings } from '../settings.ts';
import type { Target } from '../subject/subject.ts';
import { type Answer, labelOf } from './answer.ts';
import { convertReport } from './formats.ts';
import type { SarifRun } from './sarif.ts';
import { uploadSarif } from './upload.ts';
import { gzipped, writeSarif } from './write-sarif.ts';

/**
 * Writes the reports that were asked for, uploads the SARIF one, attaches the JSON ones; each is in
 * the answer as soon as it is there.
 * @throws Failure `gate/convert`, `gate/upload`
 */
export async function writeReports(
  settings: Settings,
  run: Run<typeof manifest>,
  answer: Answer,
  { target, trivy }: Examined,
  folder: string,
): Promise<void> {
  const { scanners } = settings;
  const formats = settings['report-formats'];
  if (formats.includes('sarif') || settings['upload-sarif']) {
    const sarif = join(folder, 'report.sarif');
    const left = await writeSarif(sarif, sarifRuns(answer, target));
    answer.files.push({ format: 'sarif', path: sarif });
    if (left > 0) {
      answer.warnings.push(
        `${left} findings of the lowest severities are not in the SARIF report: GitHub takes no more.`,
      );
    }
    if (settings['upload-sarif']) await upload(sarif, settings, run, answer);
  }
  if (settings.attach && settings.image) {
    const { registry, repository } = settings.image;
    const opened = await registryAccess(settings, run).open(registry);
    for (const { path, subject } of answer.scanned) {
      const [, digest = ''] = subject.repoDigest?.split('@') ?? [];
      await attachReport(opened, repository, digest, path, systemClock.now());
    }
  }
  for (const { path } of answer.scanned) {
    answer.files.push(...(await convertReport(path, formats, dirname(path), scanners, trivy)));
  }
}

function sarifRuns({ baseline, scanned, verdict }: Answer, target: Target): SarifRun[] {
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

async function upload(
  sarif: string,
  { token = '' }: Settings,
  { env, github, signal }: Run<typeof manifest>,
  answer: Answer,
): Promise<void> {
  const started = answer.timeline[0]?.start ?? systemClock.now();
  const means = { fetch: httpFetch, clock: systemClock, signal, env, github, token };
  const warning = await uploadSarif(await gzipped(sarif), started, means);
  if (warning) answer.warnings.push(warning);
}
