import { lastLines, logLine, mostLogLines } from '@slipway/shared/deploy/log-lines';
import { messageOf } from '@slipway/shared/failure/failure';
import type { KubernetesApi, LogSource } from '../api/kubernetes-api.ts';

/** Shows the log of a container while it runs. What goes wrong with it is said once, and is never a verdict. */
export class LogFollower {
  readonly #lines: string[] = [];
  readonly #over: Promise<void>;

  constructor(
    api: Pick<KubernetesApi, 'followLog'>,
    source: LogSource,
    o: { signal: AbortSignal; say: { info(line: string): void; quote(line: string): void } },
  ) {
    this.#over = this.#follow(api, source, o);
  }

  /** The last lines that were shown, oldest first. */
  get last(): readonly string[] {
    return lastLines(this.#lines);
  }

  /** Resolves when the log has ended. */
  get over(): Promise<void> {
    return this.#over;
  }

  async #follow(
    api: Pick<KubernetesApi, 'followLog'>,
    source: LogSource,
    {
      say,
      signal,
    }: { signal: AbortSignal; say: { info(line: string): void; quote(line: string): void } },
  ): Promise<void> {
    try {
      for await (const line of api.followLog(source, signal)) {
        say.quote(logLine(line));
        this.#lines.push(line);
        if (this.#lines.length > 2 * mostLogLines) this.#lines.splice(0, mostLogLines);
      }
    } catch (error) {
      if (!signal.aborted) say.info(`run-before: its log cannot be shown: ${messageOf(error)}`);
    }
  }
}
