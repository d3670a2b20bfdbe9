const running = 4 * 1024 * 1024;
const stopped = 16 * 1024;
const stoppedLines = 1_000;

/**
 * What a container printed: the last 4 MB while it runs, 16 KB or 1,000 lines once its group stopped.
 * Source: https://learn.microsoft.com/azure/container-instances/container-instances-get-logs
 */
export class ContainerLog {
  #lines: { line: string; time: number }[] = [];
  #bytes = 0;

  add(line: string, time: number): void {
    this.#lines.push({ line, time });
    this.#bytes += Buffer.byteLength(line) + 1;
    this.#cut(running, Number.POSITIVE_INFINITY);
  }

  stop(): void {
    this.#cut(stopped, stoppedLines);
  }

  get empty(): boolean {
    return this.#lines.length === 0;
  }

  /** @param tail number of lines from the end; all, where it is not given */
  text({ tail, timestamps = false }: { tail?: number; timestamps?: boolean }): string {
    const from = tail === undefined ? 0 : Math.max(0, this.#lines.length - tail);
    const lines = this.#lines.slice(from);
    return lines
      .map(({ line, time }) => `${timestamps ? `${new Date(time).toISOString()} ` : ''}${line}\n`)
      .join('');
  }

  #cut(bytes: number, lines: number): void {
    let drop = 0;
    while (
      drop < this.#lines.length &&
      (this.#bytes > bytes || this.#lines.length - drop > lines)
    ) {
      this.#bytes -= Buffer.byteLength(this.#lines[drop]?.line ?? '') + 1;
      drop += 1;
    }
    if (drop > 0) this.#lines.splice(0, drop);
  }
}
