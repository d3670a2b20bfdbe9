import type { EcsTask } from '../tasks/task.ts';
import { eventSentence } from './sentences.ts';
import type { EcsService } from './service.ts';

/**
 * Replaces a task whose checks say that it is unhealthy, once the grace period of its service is
 * over.
 * Source: healthCheckGracePeriodSeconds, and the reasons in
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
export function judgeHealth(service: EcsService, task: EcsTask): void {
  const { durations, timeline } = service;
  const { healthCheckGracePeriodSeconds = 0 } = service.configuration;
  const grace = healthCheckGracePeriodSeconds * durations.second;
  const over = (task.wire.startedAt ?? 0) * 1_000 + grace;
  if (timeline.time < over) {
    timeline.after(over - timeline.time, () => {
      if (isUnhealthy(task)) judgeHealth(service, task);
    });
    return;
  }
  const [refusal] = task.refusals;
  const { id } = task.order;
  if (!refusal) {
    service.tell(eventSentence.unhealthyContainer(id));
    task.stop('ServiceSchedulerInitiated', 'Task failed container health checks');
    return;
  }
  const { description = '', group, port } = refusal;
  service.tell(eventSentence.unhealthyTarget(id, { port, group: group.arn, description }));
  const reason = `Task failed ELB health checks in (target-group ${group.arn})`;
  task.stop('ServiceSchedulerInitiated', reason);
}

function isUnhealthy({ live, refusals, wire }: EcsTask): boolean {
  return live && (refusals.length > 0 || wire.healthStatus === 'UNHEALTHY');
}
