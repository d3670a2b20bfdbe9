/** How the tasks of an older revision make way. */
export type Manner =
  /** One by one, within the service's percentages. */
  | 'rolling'
  /** Not at all; both revisions run at full size. */
  | 'beside'
  /** All at once: the new revision serves. */
  | 'cleaning'
  /** Nothing is started or stopped: the deployment has failed or was stopped. */
  | 'frozen';

/** Tasks that are meant to run, and how many of them count as healthy. */
export interface Counted {
  live: number;
  healthy: number;
}

export interface TaskPlan {
  /** Tasks of the target revision to start. */
  start: number;
  /** Tasks of the target revision to stop. */
  stop: number;
  /** Tasks of other revisions to stop, unhealthy ones first. */
  stopOthers: number;
}

/**
 * What the service scheduler does next.
 * Source: maximumPercent (rounded down) and minimumHealthyPercent (rounded up) in
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export function planTasks(o: {
  manner: Manner;
  desired: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  target: Counted;
  others: Counted;
}): TaskPlan {
  const { desired, manner, others, target } = o;
  const missing = Math.max(0, desired - target.live);
  const stop = Math.max(0, target.live - desired);
  if (manner === 'frozen') return { start: 0, stop: 0, stopOthers: 0 };
  if (manner === 'beside') return { start: missing, stop, stopOthers: 0 };
  if (manner === 'cleaning') return { start: missing, stop, stopOthers: others.live };

  const most = Math.floor((desired * o.maximumPercent) / 100);
  const least = Math.ceil((desired * o.minimumHealthyPercent) / 100);
  const room = Math.max(0, most - target.live - others.live);
  const start = Math.min(missing, room);
  // Old tasks make room below the desired count only where new ones cannot start otherwise.
  const floor = start < missing ? least : Math.max(least, desired);
  const healthy = target.healthy + others.healthy;
  const spare = Math.min(others.healthy, Math.max(0, healthy - floor));
  return { start, stop, stopOthers: others.live - others.healthy + spare };
}
