import { join } from 'node:path';
import type { Run } from '@slipway/shared/action/run';
import { httpFetch } from '@slipway/shared/http/fetch';
import { systemClock } from '@slipway/shared/time/clock';
import { attachReport } from '../attached-report.ts';
import type { Examined } from '../examine.ts';
import type { manifest } from '../manifest.ts';
import { registryAccess } from '../registry-access.ts';
import type { Settings } from '../settings.ts';
import type { Answer } from './answer.ts';
import { convertReport } from './formats.ts';
import { uploadSarif } from './upload.ts';
import { gzipped, writeSarif } from './write-sarif.ts';

/**
 * Writes the reports that were asked for, uploads the SARIF one, attaches the JSON one; each is in the answer as soon
 * as it is there.
 * @throws Failure `gate/convert`, `gate/upload`
 */
export async function writeReports(
  settings: Settings,
  run: Run<typeof manifest>,
  answer: Answer,
  { report, subject, trivy, path }: Examined,
  folder: string,
): Promise<void> {
  const { scanners } = settings;
  const formats = settings['report-formats'];
  const upload = settings['upload-sarif'];
  if (formats.includes('sarif') || upload) {
    const sarif = join(folder, 'report.sarif');
    const left = await writeSarif(sarif, answer.verdict?.judged ?? [], {
      repository: subject.repository ?? subject.name,
      platform: subject.platform ?? report.platform,
      trivy: report.trivy,
      compared: answer.baseline !== undefined,
    });
    answer.files.push({ format: 'sarif', path: sarif });
    if (left > 0) {
      answer.warnings.push(
        `${left} findings of the lowest severities are not in the SARIF report: GitHub takes no more.`,
      );
    }
    if (upload) {
      const warning = await uploadSarif(
        await gzipped(sarif),
        answer.timeline[0]?.start ?? systemClock.now(),
        {
          fetch: httpFetch,
          clock: systemClock,
          signal: run.signal,
          env: run.env,
          github: run.github,
          token: settings.token ?? '',
        },
      );
      if (warning) answer.warnings.push(warning);
    }
  }
  if (settings.attach && settings.image) {
    const { registry, repository } = settings.image;
    const [, digest = ''] = subject.repoDigest?.split('@') ?? [];
    const opened = await registryAccess(settings, run).open(registry);
    await attachReport(opened, repository, digest, path, systemClock.now());
  }
  answer.files.push(...(await convertReport(path, formats, folder, scanners, trivy)));
}
