import type { Container, Task } from '@aws-sdk/client-ecs';
import { exitMeaning } from '@slipway/shared/deploy/exit-meaning';
import { oneLine } from '@slipway/shared/image/said';
import { type FailureKind, knownCause } from './known-causes.ts';

/** Why a task of a service failed. */
export interface TaskFailure {
  kind: FailureKind;
  /** A clause about the task: `web exited with code 1 (the app ended itself with an error)`. */
  what: string;
  /** What ECS says of it, in its words. */
  said: string;
  remedy: string;
  /** The next task ends the same way. */
  final: boolean;
  /** Container that failed, where it was one. */
  container: string | undefined;
  image: string | undefined;
}

/**
 * Why a stopped task failed.
 * @returns undefined for a task that was stopped for a reason that says nothing about its version: a
 *   person, a Spot interruption, a smaller number of tasks, another deployment
 */
export function taskFailure(task: Task): TaskFailure | undefined {
  const { containers = [], stopCode, stoppedReason = '' } = task;
  switch (stopCode) {
    case 'TaskFailedToStart':
      return notStarted(task);
    case 'EssentialContainerExited':
      return exited(containers, stoppedReason);
    case 'ServiceSchedulerInitiated':
      return unhealthy(task);
    case undefined:
      return (
        unhealthy(task) ??
        (containers.some(hasFailed) ? exited(containers, stoppedReason) : undefined)
      );
    default:
      return undefined;
  }
}

function notStarted({ containers = [], stoppedReason = '' }: Task): TaskFailure {
  const failed =
    containers.find(({ reason }) => reason && knownCause(reason)) ??
    containers.find(({ reason }) => reason);
  const said = [...new Set([stoppedReason, failed?.reason ?? ''])].filter(Boolean).join(': ');
  const known = knownCause(failed?.reason ?? '') ?? knownCause(stoppedReason);
  const name = failed?.name ?? (containers.length === 1 ? containers[0]?.name : undefined);
  return {
    kind: known?.kind ?? 'start',
    what: `${name ?? 'the task'} could not start: ${known?.cause ?? 'ECS gives no reason that is known'}`,
    said: oneLine(said),
    remedy: known?.remedy ?? 'What ECS said of it is in the job summary.',
    final: known?.final ?? false,
    container: name,
    image: failed?.image ?? containers[0]?.image,
  };
}

function exited(containers: readonly Container[], stoppedReason: string): TaskFailure {
  const [first] = [...containers].sort((a, b) => rank(a) - rank(b));
  const { exitCode, image, name = 'a container', reason = '' } = first ?? {};
  const known = knownCause(reason);
  const said = oneLine([stoppedReason, reason].filter(Boolean).join(': '));
  const common = { said, container: first?.name, image };
  if (exitCode === undefined || (known && known.kind !== 'memory')) {
    const cause = known?.cause ?? (oneLine(reason) || 'ECS gives no reason');
    return {
      ...common,
      kind: known?.kind ?? 'start',
      what: `${name} did not run: ${cause}`,
      remedy: known?.remedy ?? 'What ECS said of it is in the job summary.',
      final: known?.final ?? false,
    };
  }
  return {
    ...common,
    kind: known?.kind ?? 'exit',
    what: `${name} exited with code ${exitCode} (${exitMeaning(exitCode, reason)})`,
    remedy: known?.remedy ?? 'The last log lines usually say why the app gave up.',
    final: exitCode === 126 || exitCode === 127,
  };
}

/** The scheduler stops tasks for many reasons; only a health check is one against the version. */
function unhealthy({ containers = [], stoppedReason = '' }: Task): TaskFailure | undefined {
  if (!/health checks?/i.test(stoppedReason)) return undefined;
  const ill = containers.find(({ healthStatus }) => healthStatus === 'UNHEALTHY');
  const which = /ELB/i.test(stoppedReason) ? 'of the load balancer' : 'of its container';
  return {
    kind: 'health',
    what: `${ill?.name ?? 'the task'} ran, but failed the health check ${which}`,
    said: oneLine(stoppedReason),
    remedy:
      'Compare path, port, status and start period of the health check with what the app really does; its last log lines are in the job summary.',
    final: false,
    container: ill?.name,
    image: ill?.image,
  };
}

function hasFailed({ exitCode }: Container): boolean {
  return exitCode !== undefined && exitCode !== 0;
}

// When one essential container ends, ECS stops the others: they end with 143 or 137, and are not why.
function rank({ exitCode, reason = '' }: Container): number {
  if (/OutOfMemory/i.test(reason)) return 0;
  if (reason !== '' && exitCode === undefined) return 1;
  if (exitCode === undefined) return 6;
  if (exitCode === 0) return 4;
  return exitCode === 137 || exitCode === 143 ? 3 : 2;
}
