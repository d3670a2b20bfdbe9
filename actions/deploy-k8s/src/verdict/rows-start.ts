import type { VerdictRow } from './verdict-row.ts';

const runtime = ['RunContainerError', 'CreateContainerError', 'StartError', 'ContainerCannotRun'];

/** Containers that cannot be started. From the special to the general. */
export const startRows: readonly VerdictRow[] = [
  {
    kind: 'start',
    reasons: ['CreateContainerConfigError'],
    when: 'failed to sync … cache',
    words: /failed to sync .{1,40} cache/i,
    verdict: 'explain',
    cause: 'the node has not read a ConfigMap or a Secret yet',
    remedy: 'Wait; where it stays, look at the node.',
  },
  {
    kind: 'start',
    reasons: ['CreateContainerConfigError'],
    when: 'runs as root, though it must not',
    words: /runAsNonRoot|non-numeric user|run as root/i,
    verdict: 'now',
    cause:
      'the image runs as root, or as a user that is no number, and `runAsNonRoot` forbids that',
    remedy:
      'Name the user by its number: `USER 1000` in the Dockerfile, or `runAsUser` in the template.',
  },
  {
    kind: 'start',
    reasons: ['CreateContainerConfigError'],
    when: 'no such ConfigMap or Secret',
    words: /(?:configmap|secret).{1,300}not found/i,
    verdict: { after: 5_000 },
    cause: 'a ConfigMap or Secret that it takes its environment from does not exist',
    remedy: 'Create it in the namespace of the workload, or correct its name.',
  },
  {
    kind: 'start',
    reasons: ['CreateContainerConfigError'],
    when: 'no such key in it',
    words: /couldn't find key|key .{1,300} not found|references non-existent/i,
    verdict: { after: 5_000 },
    cause: 'a ConfigMap or Secret does not have a key that it takes its environment from',
    remedy: 'Put the key into it, or correct `key` in the template.',
  },
  {
    kind: 'start',
    reasons: ['CreateContainerConfigError'],
    when: '',
    verdict: { after: 5_000 },
    cause: 'its configuration cannot be used',
    remedy: 'Correct what Kubernetes names in the template.',
  },
  {
    kind: 'start',
    reasons: runtime,
    when: 'exec format error',
    words: /exec format error/i,
    verdict: 'now',
    cause: 'the program is for another CPU than that of the node',
    remedy: 'Build the image for the platforms of the nodes with `platforms` of build-push.',
  },
  {
    kind: 'start',
    reasons: runtime,
    when: 'no such program',
    words: /executable file not found|no such file or directory/i,
    verdict: 'now',
    cause: 'the command was not found in the image',
    remedy: 'Correct `command` in the template, or the entrypoint of the image.',
  },
  {
    kind: 'start',
    reasons: runtime,
    when: 'permission denied',
    words: /permission denied/i,
    verdict: 'now',
    cause: 'the command may not be run',
    remedy: 'Give the file the permission to be executed (`chmod +x`) in the image.',
  },
  {
    kind: 'start',
    reasons: runtime,
    when: '',
    verdict: { after: 10_000 },
    cause: 'the container runtime refused it',
    remedy:
      'Correct what Kubernetes names; where it names nothing of the workload, look at the node.',
  },
  {
    kind: 'start',
    reasons: ['PreCreateHookError', 'PreStartHookError', 'PostStartHookError'],
    when: '',
    verdict: { after: 10_000 },
    cause: 'a hook of it failed',
    remedy: 'Look at `lifecycle` of the container, and run its command in the image.',
  },
  {
    kind: 'start',
    reasons: ['ContainerCreating', 'PodInitializing'],
    when: '',
    verdict: 'explain',
    cause: 'it is not started yet',
    remedy: 'Wait; its events tell what it waits for.',
  },
];
