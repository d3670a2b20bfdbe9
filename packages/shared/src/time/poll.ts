import type { Clock } from './clock.ts';

/** How often to look, in milliseconds. */
export interface Pace {
  first: number;
  most: number;
}

/** First look at once, then every 1 to 3 s with jitter (design: every wait of the suite). */
export const defaultPace: Pace = { first: 1_000, most: 3_000 };

/**
 * Looks at something until it has an answer. The first look is at once; the pause between looks
 * grows from `pace.first` to `pace.most`, each up to 10 % shorter or longer.
 * @param look returns undefined for "not yet"
 * @throws the signal's reason when aborted; whatever `look` throws
 */
export async function poll<T>(
  clock: Clock,
  signal: AbortSignal,
  look: () => Promise<T | undefined>,
  pace: Pace = defaultPace,
): Promise<T> {
  for (let pause = pace.first; ; pause = Math.min(pause * 1.3, pace.most)) {
    signal.throwIfAborted();
    const answer = await look();
    if (answer !== undefined) return answer;
    await clock.sleep(jittered(pause), signal);
  }
}

/** A pause up to 10 % shorter or longer, so that many who wait do not ask at the same moment. */
export function jittered(ms: number): number {
  return ms * (0.9 + Math.random() * 0.2);
}
