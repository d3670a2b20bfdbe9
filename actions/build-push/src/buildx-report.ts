import { Failure } from '@slipway/shared/failure/failure';
import { InvalidReference, parseReference } from '@slipway/shared/image/reference';

/** What buildx printed about why it failed, kept as the cause of a failure for the job summary. */
export class BuildxReport extends Error {
  override readonly name = 'BuildxReport';
}

/**
 * What buildx says at its end: the line that says why it failed, with what belongs to it on further
 * lines, and all of its report: the failing step with its last output and its place in the
 * Dockerfile.
 */
export function errorReport(stderr: string): { line: string; report: string } {
  const lines = stderr.split(/\r?\n/).map((line) => line.trimEnd());
  // The lines of the build itself begin with the number of their step.
  const report = lines.slice(lines.findLastIndex((line) => /^#\d+ /.test(line)) + 1);
  const at = report.findLastIndex((line) => /^error:? /i.test(line));
  const said = at < 0 ? report.filter((line) => line !== '').slice(-1) : report.slice(at);
  return {
    line: said.join(' ').replace(/\s+/g, ' ').trim(),
    report: report.join('\n').trim(),
  };
}

/**
 * The failure for a push that the registry does not allow; undefined for everything else. Both
 * BuildKit and the engine name what they were pushing, the engine only in its report.
 */
export function refusedPush(line: string, report: string): Failure | undefined {
  if (!/\bdenied\b|unauthorized|forbidden|insufficient_scope/i.test(line)) return undefined;
  const image = /(?:failed to push|> pushing) (\S+?)(?::? |:?$)/m.exec(report)?.[1];
  try {
    const { registry, repository } = parseReference(image ?? '');
    const said = line.replace(/^error: (?:failed to \w+: )*/i, '').replace(/\.$/, '');
    return Failure.of('image/denied', { registry, repository, said }, new BuildxReport(report));
  } catch (error) {
    if (error instanceof InvalidReference) return undefined;
    throw error;
  }
}
