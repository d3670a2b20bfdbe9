import { entry } from '../entry.ts';

/** Failures of a deployment to Kubernetes as a whole: its lock, its proof and its way back. */
export const k8sWorkloadFailures = {
  'k8s/locked': entry({
    cause: (f: { workload: string; holder: string; waited: string }) =>
      `${f.workload} is being deployed by ${f.holder}; waited ${f.waited}.`,
    remedy: () =>
      'Wait for that run, or raise `lock-timeout`. The lock of a run that died is free after half a minute.',
  }),
  'k8s/lock-lost': entry({
    cause: (f: { workload: string; holder: string }) =>
      `The lock of ${f.workload} was lost to ${f.holder}, as the API server did not take its renewal in time.`,
    remedy: () =>
      'Two runs may have changed the workload at once. Look at what runs, and run the job again.',
  }),
  'k8s/superseded': entry({
    cause: (f: { workload: string; by: string }) =>
      `${f.workload} was not taken back, as somebody else has changed it meanwhile: ${f.by}.`,
    remedy: () =>
      'What somebody else has set is left alone. Find out who it was, and whether what runs now is what you want.',
  }),
  'k8s/no-route': entry({
    cause: (f: { workload: string; why: string }) =>
      `There is no route whose weights could give a canary of ${f.workload} its share: ${f.why}.`,
    remedy: () =>
      'Strategy `canary` needs one HTTPRoute of the Gateway API that leads to the Service of the workload; name it as `route` where there are several. Else use `strategy: rolling`.',
  }),
  'k8s/route-refused': entry({
    cause: (f: { route: string; why: string }) =>
      `The HTTPRoute ${f.route} was not taken: ${f.why}.`,
    remedy: () => 'Look at its status (`kubectl describe httproute`), and run the job again.',
  }),
  'k8s/no-pods': entry({
    cause: (f: { workload: string }) =>
      `${f.workload} has no pod that is ready, so nothing serves.`,
    remedy: () =>
      'A rollout without a pod proves nothing. Raise `replicas`, or lower what lets all pods be away at once (`maxUnavailable`).',
  }),
  'k8s/no-port': entry({
    cause: (f: { workload: string; container: string }) =>
      `It is not known at which port ${f.container} of ${f.workload} answers for health-path.`,
    remedy: () =>
      'Name it as `health-port`, or give the container a readiness probe or a `containerPort`.',
  }),
} as const;
