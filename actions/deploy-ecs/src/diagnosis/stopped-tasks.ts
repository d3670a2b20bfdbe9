import type { Task } from '@aws-sdk/client-ecs';
import { type TaskFailure, taskFailure } from './task-failure.ts';

/** Tasks that failed in the same way. */
export interface FailedTasks {
  failure: TaskFailure;
  /** Oldest first; never empty. */
  tasks: readonly [Task, ...Task[]];
}

/** Groups stopped tasks by how they failed, the largest group first; tasks that did not fail are left out. */
export function groupFailures(stopped: readonly Task[]): FailedTasks[] {
  const groups = new Map<string, { failure: TaskFailure; tasks: [Task, ...Task[]] }>();
  for (const task of [...stopped].sort((a, b) => stoppedAt(a) - stoppedAt(b))) {
    const failure = taskFailure(task);
    if (!failure) continue;
    const key = `${failure.kind} ${failure.what}`;
    const group = groups.get(key);
    if (group) {
      group.tasks.push(task);
      group.failure = failure;
    } else groups.set(key, { failure, tasks: [task] });
  }
  return [...groups.values()].sort((a, b) => b.tasks.length - a.tasks.length);
}

/** A group as one line for people. */
export function groupFact({ failure, tasks }: FailedTasks): string {
  const [{ stopCode }] = tasks;
  const code = stopCode ? ` (${stopCode})` : '';
  const said = failure.said === '' ? '' : `; ECS: ${failure.said}`;
  return `${countOf(tasks.length)}${code}: ${failure.what}${said}`;
}

/** `1 task`, `3 tasks` */
export function countOf(tasks: number): string {
  return tasks === 1 ? '1 task' : `${tasks} tasks`;
}

function stoppedAt({ stoppedAt: at, stoppingAt }: Task): number {
  return (at ?? stoppingAt)?.getTime() ?? 0;
}
