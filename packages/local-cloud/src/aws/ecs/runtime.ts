/**
 * What runs the tasks of the emulated ECS. It knows containers, ports and traffic; services,
 * deployments and what a failure means belong to the state machine above it, which is one for all
 * runtimes. What a runtime does it tells by events, at once or whenever it happens; it never throws.
 */
export interface Runtime {
  /** Starts the containers of a task. Nothing is told of it any more after `stopped`. */
  start(order: TaskOrder, tell: (event: TaskEvent) => void): void;
  /**
   * Ends a task: SIGTERM to every container, SIGKILL after its stop timeout, then `exited` for each
   * and `stopped`. Asked again, or for a task that is gone, it does nothing.
   */
  stop(taskArn: string): void;
  /** Sends traffic and health checks of a target group to a task, once it answers them. */
  register(target: Target, tell: (health: TargetHealth) => void): void;
  /** Takes a task out of a target group: no new connections; those that are open may end. */
  deregister(target: Target): void;
  /** Shares the requests of a listener or rule between target groups, from now on. */
  route(traffic: Traffic): void;
}

/** A task as it is to be run: overrides are merged, the values of secrets are there. */
export interface TaskOrder {
  arn: string;
  /** Last part of the ARN. */
  id: string;
  cluster: string;
  /** Name of the service it is for. */
  service?: string;
  /** Task definition as it was registered, with everything that is not spelled out below. */
  definition: Readonly<Record<string, unknown>>;
  containers: readonly ContainerOrder[];
  /** Address in the VPC that DescribeTasks and DescribeTargetHealth show. */
  address: string;
}

export interface ContainerOrder {
  name: string;
  image: string;
  essential: boolean;
  entryPoint?: readonly string[];
  command?: readonly string[];
  /** Environment with the values of secrets. */
  environment: Readonly<Record<string, string>>;
  /** Ports it listens on. */
  ports: readonly number[];
  healthCheck?: HealthCheck;
  /** Milliseconds between SIGTERM and SIGKILL. */
  stopTimeout: number;
  /** Container definition as it was registered. */
  definition: Readonly<Record<string, unknown>>;
}

/** Health check of a container; all times in milliseconds. */
export interface HealthCheck {
  /** `['CMD-SHELL', 'curl -f localhost']` */
  command: readonly string[];
  interval: number;
  timeout: number;
  retries: number;
  startPeriod: number;
}

/** What happens to a task, in this order. */
export type TaskEvent =
  /** The images are being pulled. */
  | { kind: 'pulling' }
  /** All images are there; digests by container: `sha256:…`. */
  | { kind: 'pulled'; digests: Readonly<Record<string, string>> }
  /** All containers have started. */
  | { kind: 'running' }
  /** A container's own health check has come to a result, or to another one. */
  | { kind: 'health'; container: string; healthy: boolean }
  /** One line on stdout or stderr. */
  | { kind: 'log'; container: string; message: string }
  /**
   * A container has ended. `reason` is what ECS shows beside the exit code:
   * `OutOfMemoryError: Container killed due to memory usage`.
   */
  | { kind: 'exited'; container: string; exitCode: number; reason?: string }
  /** It could not be started and nothing of it runs: `CannotPullContainerError: …`. */
  | { kind: 'failed'; reason: string; container?: string }
  /** Nothing of it runs any more. */
  | { kind: 'stopped' };

/** One task in one target group. */
export interface Target {
  taskArn: string;
  container: string;
  port: number;
  group: TargetGroup;
}

/** What a runtime needs to know of a target group. */
export interface TargetGroup {
  arn: string;
  name: string;
  /** Health check over HTTP; times in milliseconds. */
  healthCheck: {
    path: string;
    interval: number;
    timeout: number;
    healthyThreshold: number;
    unhealthyThreshold: number;
    /** `200`, `200,204` or `200-299` */
    matcher: string;
  };
}

/**
 * Result of the health checks of a target group; `reason` as DescribeTargetHealth has it:
 * `Target.ResponseCodeMismatch`, `Target.Timeout`, `Target.FailedHealthChecks`.
 */
export type TargetHealth =
  | { state: 'healthy' }
  | { state: 'unhealthy'; reason: string; description: string };

/** How requests of a listener or rule are shared. */
export interface Traffic {
  /** ARN of a listener (its default action) or of a rule. */
  arn: string;
  /** Port of the listener. */
  port: number;
  /** Weight of each target group, 0 to 100; by the group's ARN. */
  weights: Readonly<Record<string, number>>;
}
