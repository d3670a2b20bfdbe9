/** How long things take in the emulated ECS, in milliseconds. */
export interface Durations {
  /** From the start of a task to the pull of its images: network interface, place. */
  provision: number;
  /** From the end of the containers to STOPPED. */
  deprovision: number;
  /**
   * How long a task without any health check has to run before it counts as healthy.
   * Source: minimumHealthyPercent in the API reference.
   */
  settle: number;
  /** First wait before a task is started in place of one that failed; it doubles with each failure. */
  retry: number;
  /** The longest of those waits. */
  longestRetry: number;
  /** Until a request to stop or to roll back is taken up. */
  react: number;
  /** Until weights of a listener have changed. */
  shift: number;
  /** How long a rolling deployment watches its alarms, where bakeTimeInMinutes does not say it. */
  alarmBake: number;
  /** One minute of a deployment's configuration: bake times and time-outs of hooks. */
  minute: number;
  /** One second of it: grace period, stop timeout, health checks, deregistration delay. */
  second: number;
  /** How long a stopped task can still be described. */
  keepStopped: number;
  /** How long an idempotency token is known. */
  keepToken: number;
}

/** As the documentation has them; where it is silent, what Fargate commonly takes. */
export const realDurations: Durations = {
  provision: 10_000,
  deprovision: 5_000,
  settle: 40_000,
  retry: 10_000,
  longestRetry: 27 * 60_000,
  react: 1_000,
  shift: 5_000,
  alarmBake: 5 * 60_000,
  minute: 60_000,
  second: 1_000,
  keepStopped: 3_600_000,
  keepToken: 24 * 3_600_000,
};

/** A thousandth of it, for tests on the machine's own clock. */
export const quickDurations: Durations = {
  provision: 10,
  deprovision: 5,
  settle: 40,
  retry: 10,
  longestRetry: 1_000,
  react: 10,
  shift: 5,
  alarmBake: 300,
  minute: 60,
  second: 1,
  keepStopped: 3_600_000,
  keepToken: 24 * 3_600_000,
};
