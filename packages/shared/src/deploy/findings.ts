import { Failure, messageOf } from '../failure/failure.ts';
import { cut } from '../secrets/cut.ts';
import type { Clock } from '../time/clock.ts';
import { deadline } from '../time/deadline.ts';
import { patiently } from './patience.ts';
import type { Evidence } from './target.ts';

const longestFact = 600;
const mostFacts = 40;
/** For one thing that is asked for, in milliseconds: the engine gives all of them ten seconds. */
const limit = 7_000;

/** What a diagnosis has found out so far. Nothing that goes wrong here hides what is known already. */
export class Findings {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #facts: string[] = [];
  readonly #missing = new Set<string>();
  readonly #logs: { source: string; lines: readonly string[] }[] = [];

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  fact(...facts: readonly string[]): void {
    for (const fact of facts) this.#facts.push(cut(fact, longestFact));
  }

  log(source: string, lines: readonly string[]): void {
    if (lines.length > 0) this.#logs.push({ source, lines });
  }

  /**
   * Finds one thing out. Where that fails, the reason is a fact, each permission that is missing once.
   * @param what a clause: `the log of web`
   */
  async find<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    try {
      const clock = this.#clock;
      return await deadline(clock, limit, this.#signal, (within) =>
        patiently(() => work(within), { clock }, within),
      );
    } catch (error) {
      const denied = error instanceof Failure && error.code.endsWith('/denied');
      this.#missing.add(
        denied
          ? `not found out: ${error.message}`
          : `${what} could not be read: ${messageOf(error)}`,
      );
      return undefined;
    }
  }

  get evidence(): Evidence {
    const missing = [...this.#missing].map((one) => cut(one, longestFact));
    return { facts: [...this.#facts, ...missing].slice(0, mostFacts), logs: this.#logs };
  }
}
