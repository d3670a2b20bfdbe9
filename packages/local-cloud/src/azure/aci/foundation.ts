import type { Timeline } from '../../timeline.ts';
import type { Durations } from './durations.ts';
import type { AciRuntime } from './runtime.ts';

/** What all of the emulated ACI stands on. */
export interface Foundation {
  timeline: Timeline;
  runtime: AciRuntime;
  durations: Durations;
}

/** What a runtime tells happens now, whenever the timeline was asked last. */
export function heard<T>({ timeline }: Foundation, run: (told: T) => void): (told: T) => void {
  return (told) => {
    timeline.advance();
    run(told);
  };
}
