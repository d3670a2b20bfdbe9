import type { Timeline } from '../../timeline.ts';
import type { Durations } from './durations.ts';
import type { AciRuntime } from './runtime.ts';

/** What all of the emulated ACI stands on. */
export interface Foundation {
  timeline: Timeline;
  runtime: AciRuntime;
  durations: Durations;
}
