import type { Cancel, Timeline } from '../../../timeline.ts';

/** Times that a deployment waits for; over all at once when it takes another turn. */
export class Waits {
  readonly #timeline: Timeline;
  readonly #over: () => void;
  readonly #waits = new Set<Cancel>();

  /** @param over is told of the end of each */
  constructor(timeline: Timeline, over: () => void) {
    this.#timeline = timeline;
    this.#over = over;
  }

  get any(): boolean {
    return this.#waits.size > 0;
  }

  begin(ms: number): void {
    const cancel = this.#timeline.after(ms, () => {
      this.#waits.delete(cancel);
      this.#over();
    });
    this.#waits.add(cancel);
  }

  drop(): void {
    for (const cancel of this.#waits) cancel();
    this.#waits.clear();
  }
}
