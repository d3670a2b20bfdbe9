import { type Severity, severities } from '../findings/finding.ts';
import type { Judged } from './judged.ts';
import { hasFix } from './rules.ts';

/** How many findings there are of one severity. */
export interface Counts {
  total: number;
  fixable: number;
  /** Those that the baseline does not have; all of them without a baseline. */
  new: number;
  ignored: number;
  blocking: number;
}

export type Matrix = Record<Severity, Counts>;

/** Counts findings by severity. */
export function countAll(judged: readonly Judged[]): Matrix {
  const none = (): Counts => ({ total: 0, fixable: 0, new: 0, ignored: 0, blocking: 0 });
  const matrix: Matrix = {
    critical: none(),
    high: none(),
    medium: none(),
    low: none(),
    unknown: none(),
  };
  for (const { finding, fate, known } of judged) {
    const counts = matrix[finding.severity];
    counts.total += 1;
    if (hasFix(finding)) counts.fixable += 1;
    if (!known) counts.new += 1;
    if (fate === 'allowed') counts.ignored += 1;
    if (fate === 'blocks') counts.blocking += 1;
  }
  return matrix;
}

/** One figure over all severities. */
export function sum(matrix: Matrix, figure: keyof Counts): number {
  return severities.reduce((total, severity) => total + matrix[severity][figure], 0);
}
