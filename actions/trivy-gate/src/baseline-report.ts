import { Failure } from '@slipway/shared/failure/failure';
import { InvalidReference, parseReference, repositoryName } from '@slipway/shared/image/reference';
import { readReport, type ScanReport } from './findings/read-report.ts';

/**
 * Reads an earlier report to compare with.
 * @param shown the path as it was given
 * @param repository `ghcr.io/owner/app` of what is scanned now; undefined when it is no image
 * @throws Failure `gate/baseline`, `gate/baseline-image`
 */
export async function readBaseline(
  path: string,
  shown: string,
  repository: string | undefined,
): Promise<ScanReport> {
  let report: ScanReport;
  try {
    report = await readReport(path, shown);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const said = error.message.replace(/\.$/, '');
    throw Failure.of('gate/baseline', { baseline: shown, said }, error);
  }
  const names = repositoriesOf(report);
  if (repository === undefined || names.length === 0 || names.includes(repository)) return report;
  const of = names.join(', ');
  throw Failure.of('gate/baseline-image', { baseline: shown, of, image: repository });
}

/** Repositories that a report of an image names; none for a report of files. */
function repositoriesOf({ artifact, imageId, repoDigests, repoTags }: ScanReport): string[] {
  if (imageId === undefined) return [];
  const names = [...repoDigests, ...repoTags];
  const all = (names.length > 0 ? names : [artifact]).map((name) => {
    try {
      return repositoryName(parseReference(name));
    } catch (error) {
      if (error instanceof InvalidReference) return undefined;
      throw error;
    }
  });
  return [...new Set(all.filter((name) => name !== undefined))];
}
