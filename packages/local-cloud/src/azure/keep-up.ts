import type { Timeline } from '../timeline.ts';

/** Lets a timeline live through what is due, whether or not anybody asks. */
export function keepUp(timeline: Timeline): AsyncDisposable {
  const stop = new AbortController();
  const kept = timeline.keepUp(stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await kept;
    },
  };
}
