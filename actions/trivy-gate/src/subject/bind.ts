import { Failure } from '@slipway/shared/failure/failure';
import type { ScanReport } from '../findings/read-report.ts';
import type { Subject } from './subject.ts';

/**
 * Proves that a report is about what was asked for, and nothing else of the same name: the digest of
 * the image's config, which covers its layers, and the digest it was pulled by.
 * @throws Failure `gate/other-image`
 */
export function bindReport(report: ScanReport, subject: Subject): void {
  const { imageId, repoDigest } = subject;
  const other = (wanted: string, got: string): Failure =>
    Failure.of('gate/other-image', { wanted, got });
  if (imageId !== undefined && report.imageId !== imageId) {
    throw other(
      `${subject.name} with the config ${imageId}`,
      `${report.artifact} with the config ${report.imageId ?? '(none)'}`,
    );
  }
  // Images of an engine that were never pulled have no digest; the config's has to do.
  if (repoDigest === undefined || imageId !== undefined) return;
  const [, digest = ''] = repoDigest.split('@');
  if (report.repoDigests.some((one) => one.endsWith(`@${digest}`))) return;
  throw other(repoDigest, report.repoDigests.join(', ') || report.artifact);
}
