import { type JsonObject, objectIn } from '@slipway/shared/document/json-object';
import { countOf } from '@slipway/shared/document/values-in';
import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import { conditionsOf, type PodView } from '../pods/pod-view.ts';
import { endOf, whyOf } from '../verdict/pod-failure.ts';
import { rowOf, unknownRow } from '../verdict/table.ts';
import { refusedPods } from './refused-pods.ts';
import { type Progress, type RolloutKind, refusalOf, statusCount } from './rollout-view.ts';

/**
 * How a Job gets on: it counts itself how often its pods may fail. An image that cannot be pulled never
 * fails it.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
 */
export const jobKind: RolloutKind = {
  oneDecides: true,
  observes: false,
  serves: false,
  mayGo: true,
  progress(view, written) {
    const { pods, workload } = view;
    const refusal = pods.length === 0 ? refusalOf(view, written) : undefined;
    const troubles = refusal
      ? [
          refusedPods({
            workload: written.text,
            reason: refusal.reason,
            said: refusal.message,
            podsGo: false,
          }),
        ]
      : [];
    return { pods, troubles, state: jobState(workload, pods, written.text) };
  },
};

/** How a Job ended, or how far it is. */
export function jobState(
  job: JsonObject,
  pods: readonly PodView[],
  text: string,
): Progress['state'] {
  const holds = (...types: readonly string[]) =>
    conditionsOf(job).find(({ status, type }) => status === 'True' && types.includes(type));
  // It is known how it ends before its last pods have ended.
  if (holds('Complete', 'SuccessCriteriaMet')) return { is: 'settled' };
  const failed = holds('Failed', 'FailureTarget') ?? failedByOnePod(job, pods);
  if (failed) {
    const row = rowOf(failed.reason, '', 'job') ?? unknownRow(failed.reason, 'job');
    const why = [lastFailure(pods), whyOf(row, failed.message)].filter((one) => one !== '');
    return {
      is: 'failed',
      failure: Failure.of('k8s/job-failed', { job: text, why: why.join('; ') }),
    };
  }
  if (objectIn(job, 'spec')['suspend'] === true) return { is: 'waiting', text: 'it is suspended' };
  const wanted = countOf(objectIn(job, 'spec')['completions']) ?? 1;
  const done = `${statusCount(job, 'succeeded')} of ${wanted} done, ${statusCount(job, 'active')} running`;
  const bad = lastFailure(pods);
  return { is: 'waiting', text: bad === '' ? done : `${done}; ${bad}` };
}

/**
 * A Job that may not fail is known to have as soon as a pod has: its controller says so a second later.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy
 */
function failedByOnePod(job: JsonObject, pods: readonly PodView[]) {
  const spec = objectIn(job, 'spec');
  const counts = ['podFailurePolicy', 'backoffLimitPerIndex'].every(
    (key) => spec[key] === undefined,
  );
  const isOver =
    spec['backoffLimit'] === 0 && counts && pods.some(({ phase }) => phase === 'Failed');
  return isOver ? { reason: 'BackoffLimitExceeded', message: '' } : undefined;
}

/** The end of the pod that failed last, as a clause; empty where none did. */
export function lastFailure(pods: readonly PodView[]): string {
  const failures = pods.flatMap((pod) =>
    pod.containers.flatMap(({ ended, name, previous }) => {
      const run = [ended, previous].find((one) => one !== undefined && one.exitCode !== 0);
      return run ? [{ pod, name, run }] : [];
    }),
  );
  const last = failures.sort((a, b) => (b.run.finished ?? 0) - (a.run.finished ?? 0))[0];
  return last ? oneLine(`${last.name} of pod ${last.pod.name} ended ${endOf(last.run)}`) : '';
}
