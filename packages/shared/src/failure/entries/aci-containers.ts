import { entry } from '../entry.ts';

/** Failures of a container group of Azure Container Instances and its containers, and of the one-off group. */
export const aciContainerFailures = {
  'aci/image-pull': entry({
    cause: (f: { container: string; image: string; why: string; remedy: string }) =>
      `Container ${f.container} did not get ${f.image}: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'aci/start': entry({
    cause: (f: { container: string; why: string; remedy: string }) =>
      `Container ${f.container} could not be started: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'aci/crash-loop': entry({
    cause: (f: { container: string; count: string; why: string; remedy: string }) =>
      `Container ${f.container} does not stay up: it ended ${f.count}, last ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'aci/exit': entry({
    cause: (f: { container: string; why: string; remedy: string }) =>
      `Container ${f.container} failed, and its restart policy does not start it again: it ended ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'aci/out-of-memory': entry({
    cause: (f: { container: string; count: string; why: string }) =>
      `Container ${f.container} ran out of memory: it ended ${f.count}, last ${f.why}.`,
    remedy: () =>
      'Raise `memory` of the container, which recreates the container group; or find out what needs it.',
  }),
  'aci/mount': entry({
    cause: (f: { why: string; remedy: string }) => `A volume could not be mounted: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'aci/probe': entry({
    cause: (f: { container: string; said: string }) =>
      `Container ${f.container} ran, but Azure ended it, as its liveness probe failed: ${f.said}.`,
    remedy: () =>
      'Compare path, port and delay of `livenessProbe` in `spec` with what the app really does; its last log lines are in the job summary.',
  }),
  'aci/not-restarted': entry({
    cause: (f: { container: string; time: string }) =>
      `Azure took the new version, but container ${f.container} runs on as before since ${f.time}.`,
    remedy: () =>
      'Run the job again; where that does not help, use `strategy: recreate`, since Azure ignores some changes of a running container group.',
  }),
  'aci/provisioning': entry({
    cause: (f: { said: string }) => `Azure gave the container group up: ${f.said}.`,
    remedy: () =>
      'What is known of its containers is in the job summary. Where that says nothing, run the job again.',
  }),
  'aci/stopped': entry({
    cause: (f: { state: string }) =>
      `The container group does not run: it is ${f.state}, so somebody or something stopped it meanwhile.`,
    remedy: () => 'Find out who did in the activity log of Azure, and run the job again.',
  }),
  'aci/gone': entry({
    cause: (f: { said: string }) => `The container group is gone: ${f.said}.`,
    remedy: () =>
      'Find out who deleted it in the activity log of Azure, and run the job again, which creates it.',
  }),
  'aci/run-before': entry({
    cause: (f: { command: string; why: string }) =>
      `The container group of run-before failed (${f.command}): ${f.why}.`,
    remedy: () =>
      'Nothing was rolled out, but what it has done so far stays: look at its log lines above.',
  }),
  'aci/run-before-timeout': entry({
    cause: (f: { limit: string }) =>
      `The container group of run-before did not end within ${f.limit}, which input run-before-timeout sets. It was deleted.`,
    remedy: () =>
      'Nothing was rolled out, but what it has done so far stays: look at its log lines above. If it only needs longer, raise `run-before-timeout`.',
  }),
  'aci/run-before-refused': entry({
    cause: (f: { why: string }) => `The container group of run-before was not started: ${f.why}.`,
    remedy: () => 'Nothing was changed. Correct what it names and run the job again.',
  }),
} as const;
