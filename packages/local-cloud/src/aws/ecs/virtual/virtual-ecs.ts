import { type Clock, machineClock, Timeline } from '../../../timeline.ts';
import { type Durations, realDurations } from '../options.ts';
import { EcsWorlds } from '../world.ts';
import { VirtualRuntime } from './virtual-runtime.ts';

/** An ECS whose tasks are scripts. */
export interface VirtualEcs {
  worlds: EcsWorlds;
  runtime: VirtualRuntime;
  timeline: Timeline;
}

/**
 * Makes an ECS whose tasks follow scripts: by the documented times on a clock that a test runs by
 * hand, or by `quickDurations` and a pace of 0.001 on the machine's own.
 */
export function virtualEcs({
  clock = machineClock,
  durations = realDurations,
  pace = 1,
}: {
  clock?: Clock;
  durations?: Durations;
  /** Of the scripts by name; 1 is that of a small service on Fargate. */
  pace?: number;
} = {}): VirtualEcs {
  const timeline = new Timeline(clock);
  const runtime = new VirtualRuntime(timeline, pace);
  return { worlds: new EcsWorlds({ timeline, runtime, durations }), runtime, timeline };
}
