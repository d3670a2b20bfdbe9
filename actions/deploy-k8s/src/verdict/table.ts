import { crashRows } from './rows-crash.ts';
import { imageRows } from './rows-image.ts';
import { placeRows } from './rows-place.ts';
import { probeRows } from './rows-probe.ts';
import { refusalRows } from './rows-refusal.ts';
import { startRows } from './rows-start.ts';
import { workloadRows } from './rows-workload.ts';
import type { Kind, VerdictRow } from './verdict-row.ts';

/**
 * What each reason of Kubernetes means for a rollout. The one place where that is decided; the table in
 * docs/kubernetes-verdicts.md is generated from it. The first row that fits counts.
 */
export const verdictTable: readonly VerdictRow[] = [
  ...imageRows,
  ...startRows,
  ...crashRows,
  ...probeRows,
  ...placeRows,
  ...refusalRows,
  ...workloadRows,
];

/** Words of others take bounded time. */
const longest = 3_000;

/**
 * The row for a reason.
 * @param said its message, without what people have named
 * @param kind of rows among which it is looked for
 * @returns undefined where the table does not know the reason
 */
export function rowOf(reason: string, said: string, kind?: Kind): VerdictRow | undefined {
  const text = said.slice(0, longest);
  return verdictTable.find(
    (row) =>
      row.reasons.includes(reason) &&
      (kind === undefined || row.kind === kind) &&
      (row.words?.test(text) ?? true),
  );
}

/** What a reason that the table does not know means: it is counted, and shown as it is. */
export function unknownRow(reason: string, kind: Kind): VerdictRow {
  return {
    kind,
    reasons: [reason],
    when: '',
    verdict: 'explain',
    cause: 'Kubernetes gives a reason that this action does not know',
    remedy: 'What Kubernetes said of it is in the job summary.',
  };
}
