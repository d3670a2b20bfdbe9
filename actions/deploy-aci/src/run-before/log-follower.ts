import { lastLines, logLine } from '@slipway/shared/deploy/log-lines';
import { Throttled } from '@slipway/shared/deploy/target';
import { messageOf } from '@slipway/shared/failure/failure';
import type { AciApi, GroupName } from '../api/aci-api.ts';
import { newLines } from './new-lines.ts';

/** Lines that one look sees; what is more between two looks is left out. */
const window = 1_000;

/** Reads on in the log of a container. What goes wrong with it is said once, and is never a verdict. */
export class LogFollower {
  readonly #api: Pick<AciApi, 'logLines'>;
  readonly #asked: GroupName & { readonly container: string };
  readonly #say: { info(line: string): void; quote(line: string): void };
  #seen: readonly string[] = [];
  #over = false;

  constructor(
    api: Pick<AciApi, 'logLines'>,
    asked: GroupName & { readonly container: string },
    say: { info(line: string): void; quote(line: string): void },
  ) {
    this.#api = api;
    this.#asked = asked;
    this.#say = say;
  }

  /** The last lines that were read, oldest first. */
  get last(): readonly string[] {
    return lastLines(this.#seen);
  }

  /** Reads what is new, and shows it. @returns how many lines */
  async read(signal: AbortSignal): Promise<number> {
    if (this.#over) return 0;
    try {
      const lines = await this.#api.logLines({ ...this.#asked, most: window }, signal);
      // It may be gone for a moment, and is not new when it comes back.
      if (lines.length === 0) return 0;
      const fresh = newLines(this.#seen, lines);
      for (const line of fresh) this.#say.quote(logLine(line));
      this.#seen = lines;
      return fresh.length;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Throttled) return 0;
      this.#over = true;
      this.#say.info(`run-before: its log cannot be shown: ${messageOf(error)}`);
      return 0;
    }
  }
}
