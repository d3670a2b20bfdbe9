import { entry } from '../entry.ts';

/** Failures of a rollout to a workload of Kubernetes. */
export const k8sRolloutFailures = {
  'k8s/pods-refused': entry({
    cause: (f: { workload: string; why: string; remedy: string }) =>
      `The cluster does not let the new pods of ${f.workload} in: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'k8s/progress-deadline': entry({
    cause: (f: { workload: string; limit: string; why: string }) =>
      `Kubernetes has given up the rollout of ${f.workload}: it made no progress for ${f.limit}${f.why}.`,
    remedy: () =>
      'What keeps its pods from being ready is in the job summary. Where they only need longer, raise `progressDeadlineSeconds`.',
  }),
  'k8s/paused-meanwhile': entry({
    cause: (f: { workload: string }) =>
      `${f.workload} was paused while its rollout was watched, so nothing happens any more.`,
    remedy: () =>
      'Find out who paused it; `kubectl rollout resume` ends that. Then run the job again.',
  }),
  'k8s/deleted-meanwhile': entry({
    cause: (f: { workload: string }) =>
      `${f.workload} was deleted by somebody else while its rollout was watched.`,
    remedy: () => 'Find out who deleted it, and run the job again.',
  }),
  'k8s/changed-meanwhile': entry({
    cause: (f: { workload: string; who: string }) =>
      `The pod template of ${f.workload} was changed by ${f.who} while its rollout was watched, so what rolls out now is not what this run wrote.`,
    remedy: () =>
      'Find out who changes it besides this job, such as Argo CD, Flux, Helm or `kubectl rollout restart`, and run the job again.',
  }),
  'k8s/on-delete': entry({
    cause: (f: { workload: string; pods: string }) =>
      `${f.workload} has the update strategy OnDelete, so Kubernetes replaces none of its pods: ${f.pods} still run the version before.`,
    remedy: () =>
      'Set `updateStrategy.type: RollingUpdate`; or delete these pods by hand, one after the other.',
  }),
  'k8s/nothing-rolls': entry({
    cause: (f: { workload: string; partition: string }) =>
      `No pod of ${f.workload} gets the new version, as its \`partition\` is ${f.partition}.`,
    remedy: () =>
      'Lower `updateStrategy.rollingUpdate.partition`: only pods whose number is not below it are updated.',
  }),
  'k8s/stuck-pod': entry({
    cause: (f: { workload: string; pod: string }) =>
      `Pod ${f.pod} of the version before is not ready, and ${f.workload} replaces no pod before all of them are.`,
    remedy: (f) =>
      `Delete the pod, \`kubectl delete pod ${f.pod}\`, and run the job again; \`podManagementPolicy: Parallel\` does not wait for such a pod.`,
  }),
  'k8s/job-failed': entry({
    cause: (f: { job: string; why: string }) => `${f.job} failed: ${f.why}.`,
    remedy: () => 'What its pods did, and their last log lines, are in the job summary.',
  }),
  'k8s/job-gone': entry({
    cause: (f: { job: string }) =>
      `${f.job} is gone before it was known how it ended, so it is not known whether it did what it should.`,
    remedy: () =>
      'Find out who deleted it; where that is `ttlSecondsAfterFinished`, raise it to some minutes.',
  }),
  'k8s/run-before': entry({
    cause: (f: { command: string; why: string }) =>
      `The Job of run-before failed (${f.command}): ${f.why}.`,
    remedy: () =>
      'Nothing was rolled out, but what it has done so far stays: look at its log lines above.',
  }),
  'k8s/run-before-timeout': entry({
    cause: (f: { limit: string }) =>
      `The Job of run-before did not end within ${f.limit}, which input run-before-timeout sets. It was deleted.`,
    remedy: () =>
      'Nothing was rolled out, but what it has done so far stays: look at its log lines above. If it only needs longer, raise `run-before-timeout`.',
  }),
  'k8s/run-before-refused': entry({
    cause: (f: { why: string }) => `The Job of run-before was not started: ${f.why}.`,
    remedy: () => 'Nothing was changed. Correct what it names and run the job again.',
  }),
} as const;
