import { type Clock, machineClock, Timeline } from '../../../timeline.ts';
import { durationsAt } from '../durations.ts';
import { AciWorld } from '../world.ts';
import { VirtualRuntime } from './virtual-runtime.ts';

/** An ACI whose containers are scripts. */
export interface VirtualAci {
  world: AciWorld;
  runtime: VirtualRuntime;
  timeline: Timeline;
}

/**
 * Makes an ACI whose containers follow scripts: by the times of the real one on a clock that a test
 * runs by hand, or at a pace of 0.001 on the machine's own.
 */
export function virtualAci({
  clock = machineClock,
  pace = 1,
  listens = false,
}: {
  clock?: Clock;
  /** Of everything that takes time, the scripts by name too; 1 is that of the real service. */
  pace?: number;
  /** Groups have real addresses of loopback and answer there over HTTP. */
  listens?: boolean;
} = {}): VirtualAci {
  const timeline = new Timeline(clock);
  const runtime = new VirtualRuntime(timeline, pace, listens);
  const world = new AciWorld({ timeline, runtime, durations: durationsAt(pace) });
  return { world, runtime, timeline };
}
