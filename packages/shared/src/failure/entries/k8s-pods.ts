import { entry } from '../entry.ts';

/** Failures of the pods of a workload of Kubernetes; `container` and `pod` begin a sentence. */
export const k8sPodFailures = {
  'k8s/image-pull': entry({
    cause: (f: { container: string; image: string; why: string; remedy: string }) =>
      `${f.container} did not get ${f.image}: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'k8s/start': entry({
    cause: (f: { container: string; why: string; remedy: string }) =>
      `${f.container} could not be started: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'k8s/crash-loop': entry({
    cause: (f: { container: string; count: string; why: string; remedy: string }) =>
      `${f.container} does not stay up: it ended ${f.count}, last ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'k8s/out-of-memory': entry({
    cause: (f: { container: string; count: string; limit: string }) =>
      `${f.container} ran out of memory: it ended ${f.count}, last because it used more than its limit${f.limit}.`,
    remedy: () =>
      'Raise `resources.limits.memory` of the container, or find out what needs it: its last log lines are in the job summary.',
  }),
  'k8s/probe': entry({
    cause: (f: { container: string; said: string }) =>
      `${f.container} ran, but Kubernetes ended it, as a probe failed: ${f.said}.`,
    remedy: () =>
      'Compare path, port and delays of `livenessProbe` and `startupProbe` with what the app really does; an app that starts slowly needs a startup probe.',
  }),
  'k8s/not-ready': entry({
    cause: (f: { container: string; why: string; remedy: string }) =>
      `${f.container} runs, but does not get ready: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'k8s/flapping': entry({
    cause: (f: { pod: string; count: string; why: string }) =>
      `${f.pod} was ready ${f.count} and each time stopped being so: ${f.why}.`,
    remedy: () =>
      'An app that is ready now and then answers now and then: look at its log lines and at `timeoutSeconds` of its readiness probe.',
  }),
  'k8s/volume': entry({
    cause: (f: { pod: string; why: string; remedy: string }) =>
      `${f.pod} does not get its volumes: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'k8s/unschedulable': entry({
    cause: (f: { pod: string; why: string; remedy: string }) => `${f.pod} gets no node: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'k8s/pod': entry({
    cause: (f: { pod: string; why: string; remedy: string }) =>
      `${f.pod} does not get on: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
} as const;
