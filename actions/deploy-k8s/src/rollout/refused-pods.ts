import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import { whyOf } from '../verdict/pod-failure.ts';
import { rowOf, unknownRow } from '../verdict/table.ts';
import type { Trouble } from '../verdict/trouble.ts';

/**
 * Pods that the API server does not let in, for a quota, a policy, a webhook.
 * @param o.podsGo whether pods go, or will, that free what the new ones lack
 */
export function refusedPods(o: {
  readonly workload: string;
  readonly reason: string;
  readonly said: string;
  readonly podsGo: boolean;
}): Trouble {
  const { podsGo, reason, said, workload } = o;
  const row =
    rowOf(reason, podsGo ? `${said} (pods go)` : said, 'refusal') ?? unknownRow(reason, 'refusal');
  return workloadTrouble(row, {
    reason,
    text: () => oneLine(whyOf(row, said)),
    failure: () =>
      Failure.of('k8s/pods-refused', { workload, why: whyOf(row, said), remedy: row.remedy }),
  });
}

/** Something against the workload itself. */
export function workloadTrouble(
  row: Trouble['row'],
  o: { readonly reason: string; text(): string; failure(): Failure },
): Trouble {
  return {
    row,
    seen: [o.reason],
    pod: undefined,
    container: '',
    text: o.text,
    times: 1,
    wasWell: false,
    proven: false,
    isDue: true,
    failure: o.failure,
  };
}
