import type { Timeline } from '../../../timeline.ts';
import type { LoadBalancing } from '../../elbv2/load-balancing.ts';
import type { LogStore } from '../../logs/log-store.ts';
import type { Durations } from '../options.ts';
import type { Runtime } from '../runtime.ts';

/** What tasks live in. */
export interface TaskGround {
  timeline: Timeline;
  runtime: Runtime;
  durations: Durations;
  balancing: LoadBalancing;
  logs: LogStore;
}
