// What the service scheduler says: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html

/** Events of a service, without the `(service shop) ` that stands before each. */
export const eventSentence = {
  started: (ids: readonly string[]) => `has started ${ids.length} tasks: ${tasks(ids)}.`,
  stopped: (ids: readonly string[]) => `has stopped ${ids.length} running tasks: ${tasks(ids)}.`,
  draining: (count: number) => `has begun draining connections on ${count} tasks.`,
  registered: (count: number, group: string) =>
    `registered ${count} targets in (target-group ${group})`,
  deregistered: (count: number, group: string) =>
    `deregistered ${count} targets in (target-group ${group})`,
  completed: (deployment: string) => `(deployment ${deployment}) deployment completed.`,
  failed: (deployment: string, why: string) =>
    `(deployment ${deployment}) deployment failed: ${why}.`,
  rollingBack: (deployment: string) => `rolling back to deployment ${deployment}.`,
  steady: () => 'has reached a steady state.',
  unplaced: (reason: string) => `was unable to place a task. Reason: ${reason}.`,
  impaired: () =>
    'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  unhealthyTarget: (id: string, o: { port: number; group: string; description: string }) =>
    `(task ${id}) (port ${o.port}) is unhealthy in (target-group ${o.group}) due to (reason ${o.description})`,
  unhealthyContainer: (id: string) => `(task ${id}) failed container health checks.`,
};

function tasks(ids: readonly string[]): string {
  return ids.map((id) => `(task ${id})`).join(' ');
}

/** `rolloutStateReason` of a deployment. */
export const rolloutSentence = {
  inProgress: (id: string) => `ECS deployment ${id} in progress.`,
  completed: (id: string) => `ECS deployment ${id} completed.`,
  tasksFailed: () => 'ECS deployment circuit breaker: tasks failed to start.',
  alarm: () => 'ECS deployment failed: alarm detected.',
  rollingBack: (id: string) =>
    `ECS deployment circuit breaker: rolling back to deploymentId ${id}.`,
};

/** Why a deployment failed: for the event, for `rolloutStateReason`, and for the service deployment. */
export interface Failure {
  event: string;
  rollout: string;
  /** Ends in no full stop. */
  because: string;
}

export const failures = {
  tasks: {
    event: 'tasks failed to start',
    rollout: rolloutSentence.tasksFailed(),
    because: 'the circuit breaker threshold was exceeded',
  },
  alarm: {
    event: 'alarm detected',
    rollout: rolloutSentence.alarm(),
    because: 'an alarm was detected',
  },
  request: {
    event: 'stop requested',
    rollout: 'ECS deployment was stopped by request.',
    because: 'of a request to stop it',
  },
  hook: {
    event: 'lifecycle hook failed',
    rollout: 'ECS deployment failed: a lifecycle hook failed.',
    because: 'a lifecycle hook failed',
  },
} satisfies Record<string, Failure>;
