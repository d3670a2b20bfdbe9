import type { Container, Task } from '@aws-sdk/client-ecs';

let count = 0;

/** A task that stopped, with one container. */
export function stopped(task: Task, container: Container = {}): Task {
  count += 1;
  return {
    taskArn: `arn:aws:ecs:eu-central-1:123456789012:task/prod/${count.toString(16).padStart(32, '0')}`,
    lastStatus: 'STOPPED',
    stoppedAt: new Date(count * 1_000),
    containers: [{ name: 'web', image: 'shop@sha256:1', ...container }],
    ...task,
  };
}

/** A task whose container ended with a code. */
export const crashed = (exitCode: number, container: Container = {}): Task =>
  stopped(
    { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' },
    { exitCode, ...container },
  );

/** A task that never ran. */
export const notStarted = (stoppedReason: string, container: Container = {}): Task =>
  stopped({ stopCode: 'TaskFailedToStart', stoppedReason }, container);

/** A task that the scheduler stopped. */
export const scheduled = (stoppedReason: string): Task =>
  stopped({ stopCode: 'ServiceSchedulerInitiated', stoppedReason }, { exitCode: 143 });
