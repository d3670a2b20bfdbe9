import type { Outcome } from '@slipway/shared/action/run';
import type { Failure } from '@slipway/shared/failure/failure';
import type { manifest } from '../manifest.ts';
import { sum } from '../verdict/counts.ts';
import type { GateResult } from './gate-result.ts';
import { buildSummary } from './summary.ts';

const against = new Set(['gate/finding', 'gate/maximum', 'gate/end-of-life']);

/**
 * What a result means for the step.
 * @param forgiven an error that `on-error: warn` lets pass
 */
export function outcomeOf(
  result: GateResult,
  asked: string,
  forgiven: Failure | undefined,
): Outcome<typeof manifest> {
  const { failure, target } = result;
  const verdict = verdictWord(forgiven ?? failure);
  const name = target?.name ?? asked;
  return {
    outputs: { ...outputsOf(result), verdict, reason: (forgiven ?? failure)?.code ?? '' },
    summary: buildSummary(result, name, verdict),
    closing: closing(result, name, verdict, forgiven !== undefined),
    ...(failure ? { failure } : {}),
  };
}

function verdictWord(failure: Failure | undefined): 'pass' | 'fail' | 'error' {
  if (!failure) return 'pass';
  return against.has(failure.code) ? 'fail' : 'error';
}

function outputsOf(result: GateResult) {
  const { databaseUpdated, files, target, verdict } = result;
  const path = (format: string) => files.find((file) => file.format === format)?.path ?? '';
  const known = databaseUpdated === undefined ? '' : new Date(databaseUpdated).toISOString();
  const written = {
    image: target?.name ?? '',
    report: path('json'),
    sarif: path('sarif'),
    reports: files.map((file) => file.path).join('\n'),
    'db-updated': known,
  };
  if (!verdict) return written;
  const { gone, matrix } = verdict;
  return {
    ...written,
    critical: String(matrix.critical.total),
    high: String(matrix.high.total),
    medium: String(matrix.medium.total),
    low: String(matrix.low.total),
    unknown: String(matrix.unknown.total),
    blocking: String(sum(matrix, 'blocking')),
    new: gone ? String(sum(matrix, 'new')) : '',
    fixed: gone ? String(gone.length) : '',
    ignored: String(sum(matrix, 'ignored')),
  };
}

function closing(
  { verdict }: GateResult,
  name: string,
  word: 'pass' | 'fail' | 'error',
  forgiven: boolean,
): string {
  if (word === 'error') {
    return forgiven
      ? `error: nobody knows whether ${name} may pass; on-error lets it pass all the same.`
      : `error: nobody knows whether ${name} may pass.`;
  }
  if (!verdict) return `${word}: ${name}.`;
  const { matrix } = verdict;
  const [total, blocking] = [sum(matrix, 'total'), sum(matrix, 'blocking')];
  return `${word}: ${name} has ${total} ${total === 1 ? 'finding' : 'findings'}, ${blocking} blocking.`;
}
