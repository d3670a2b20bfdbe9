import { numberOf } from '@slipway/shared/document/json-number';
import { type Json, type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { WantedWorkload } from '../workload/prepared.ts';

/**
 * Whether the rollout of a workload, as it would be, can begin and keeps pods running.
 * @returns what people should know, one sentence each
 * @throws Failure `k8s/paused`, `k8s/no-rollout`
 */
export function checkStrategy(
  { after, kind, live }: Pick<WantedWorkload, 'after' | 'kind' | 'live'>,
  workload: string,
): readonly string[] {
  const spec = objectIn(after, 'spec');
  switch (kind) {
    case 'Deployment':
      return deploymentNotes(spec, workload, live !== undefined);
    case 'StatefulSet':
      return statefulSetNotes(spec, workload);
    case 'DaemonSet':
      checkType(objectIn(spec, 'updateStrategy'), workload);
      return [];
    case 'Job':
    case 'CronJob':
      if (spec['suspend'] === true) return [`${workload} is suspended, so it runs no pod.`];
      return [];
  }
}

function deploymentNotes(spec: JsonObject, workload: string, isUpdate: boolean): readonly string[] {
  if (spec['paused'] === true) throw Failure.of('k8s/paused', { workload });
  const notes: string[] = [];
  const replicas = numberOf(spec['replicas']) ?? 1;
  const strategy = objectIn(spec, 'strategy');
  const rolling = objectIn(strategy, 'rollingUpdate');
  const away = podsOf(rolling['maxUnavailable'] ?? '25%', replicas, Math.floor);
  if (replicas === 0) {
    notes.push(`${workload} has 0 replicas: no pod will run, and nothing is proven.`);
  } else if (isUpdate && textIn(strategy, 'type') === 'Recreate') {
    notes.push(
      `${workload} has the strategy Recreate: no pod serves between the old version and the new one, nor during a rollback.`,
    );
  } else if (isUpdate && away >= replicas) {
    notes.push(
      `maxUnavailable of ${workload} lets all ${replicas} pods be away at once, so nothing may serve for a while.`,
    );
  }
  if (numberOf(spec['revisionHistoryLimit']) === 0) {
    notes.push(
      `revisionHistoryLimit of ${workload} is 0: this run can go back to what runs now, but there is no way back to a version before it.`,
    );
  }
  return notes;
}

function statefulSetNotes(spec: JsonObject, workload: string): readonly string[] {
  const strategy = objectIn(spec, 'updateStrategy');
  checkType(strategy, workload);
  const replicas = numberOf(spec['replicas']) ?? 1;
  const partition = numberOf(objectIn(strategy, 'rollingUpdate')['partition']) ?? 0;
  if (replicas === 0) {
    return [`${workload} has 0 replicas: no pod will run, and nothing is proven.`];
  }
  if (partition === 0) return [];
  if (partition >= replicas) {
    const why = `its partition is ${partition} and it has ${replicas} pods`;
    throw Failure.of('k8s/no-rollout', { workload, why, remedy: 'Lower `partition`.' });
  }
  return [
    `partition of ${workload} is ${partition}: only the pods from ${partition} on get the new version.`,
  ];
}

function checkType(strategy: JsonObject, workload: string): void {
  if (textIn(strategy, 'type') !== 'OnDelete') return;
  throw Failure.of('k8s/no-rollout', {
    workload,
    why: 'its updateStrategy is OnDelete',
    remedy: 'Set `updateStrategy` to RollingUpdate.',
  });
}

/** A number of pods, or a share of all. */
export function podsOf(value: Json, replicas: number, round: (share: number) => number): number {
  if (typeof value !== 'string') return numberOf(value) ?? 0;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined ? 0 : round((Number(percent) * replicas) / 100);
}
