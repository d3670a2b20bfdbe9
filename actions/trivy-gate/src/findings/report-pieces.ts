const [quote, backslash, blank] = [0x22, 0x5c, 0x20];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const longestKey = 200;
/** Bytes of a string that are quicker to look at one by one. */
const short = 48;
const placeholder = Buffer.from('0');

/** Gets each object of a list of a result; its text is to be asked for at once, or never. */
export type TakePiece = (list: string, result: number, json: () => string) => void;

/**
 * Takes a report of Trivy apart while it is read: the objects in the lists of its `Results` go out
 * one by one, and a 0 stays in the place of each. A report of 100,000 findings is never in memory as
 * a whole. Only braces, brackets and strings are looked at here; JSON.parse checks every part.
 */
export class ReportPieces {
  readonly #take: TakePiece;
  readonly #stack: number[] = [];
  /** What stays, a buffer for each chunk; and that of the chunk at hand. */
  readonly #rest: Buffer[] = [];
  #now: Buffer[] = [];
  #inString = false;
  #escaped = false;
  #top = '';
  #list = '';
  #result = -1;
  /** What was read of a piece in earlier chunks; undefined outside of a piece. */
  #piece: Buffer[] | undefined;

  constructor(take: TakePiece) {
    this.#take = take;
  }

  /** @param chunk may be used again afterwards */
  write(chunk: Buffer): void {
    // From where on the chunk has not been given away yet.
    let start = 0;
    const stack = this.#stack;
    const stay = (end: number) => {
      this.#now.push(chunk.subarray(start, end));
      start = end;
    };
    for (let at = this.#inString ? this.#afterString(chunk, 0) : 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      // Most of what is between strings is indentation.
      if (byte === blank) continue;
      switch (byte) {
        case quote:
          at = this.#afterString(chunk, at + 1) - 1;
          break;
        case openBrace:
          if (this.#piece === undefined && this.#inList()) {
            stay(at);
            this.#piece = [];
          } else if (stack.length === 2 && this.#inResults()) this.#result += 1;
          stack.push(byte);
          break;
        case openBracket:
          if (stack.length === 1 || (stack.length === 3 && this.#inResults())) {
            stay(at);
            if (stack.length === 1) this.#top = this.#lastKey();
            else this.#list = this.#lastKey();
          }
          stack.push(byte);
          break;
        case closeBrace:
        case closeBracket:
          stack.pop();
          if (this.#piece !== undefined && stack.length === 4) {
            this.#give(this.#piece, chunk, start, at + 1);
            this.#piece = undefined;
            this.#now.push(placeholder);
            start = at + 1;
          }
      }
    }
    // Copies, so that the chunk itself can go.
    if (this.#piece) this.#piece.push(Buffer.from(chunk.subarray(start)));
    else stay(chunk.length);
    this.#rest.push(Buffer.concat(this.#now));
    this.#now = [];
  }

  /** What is left of the report, without the pieces. @returns undefined when its end is missing */
  end(): string | undefined {
    if (this.#stack.length > 0 || this.#inString) return undefined;
    return Buffer.concat(this.#rest).toString('utf8');
  }

  #give(before: readonly Buffer[], chunk: Buffer, start: number, end: number): void {
    const json = () =>
      before.length === 0
        ? chunk.toString('utf8', start, end)
        : Buffer.concat([...before, chunk.subarray(start, end)]).toString('utf8');
    this.#take(this.#list, this.#result, json);
  }

  /** The place behind the string that is open at `from`; the end of the chunk when it goes on. */
  #afterString(chunk: Buffer, from: number): number {
    // Most strings are short, and are looked through before `indexOf` has begun.
    const near = Math.min(chunk.length, from + short);
    let at = this.#escaped ? from + 1 : from;
    while (at < near) {
      const byte = chunk[at];
      if (byte === quote) return this.#closed(at);
      at += byte === backslash ? 2 : 1;
    }
    while (at < chunk.length) {
      const end = chunk.indexOf(quote, at);
      const stop = end < 0 ? chunk.length : end;
      let slashes = 0;
      while (stop - slashes > at && chunk[stop - slashes - 1] === backslash) slashes += 1;
      const escaped = slashes % 2 === 1;
      if (end >= 0 && !escaped) return this.#closed(end);
      at = escaped ? stop + 1 : stop;
    }
    this.#inString = true;
    this.#escaped = at > chunk.length;
    return chunk.length;
  }

  #closed(end: number): number {
    this.#inString = false;
    this.#escaped = false;
    return end + 1;
  }

  #inResults(): boolean {
    const [document, list] = this.#stack;
    return this.#top === 'Results' && document === openBrace && list === openBracket;
  }

  #inList(): boolean {
    const stack = this.#stack;
    const [, , result, list] = stack;
    return stack.length === 4 && this.#inResults() && result === openBrace && list === openBracket;
  }

  #lastKey(): string {
    const all = [...this.#rest.slice(-longestKey), ...this.#now];
    let tail = '';
    for (let at = all.length - 1; at >= 0 && tail.length < longestKey; at -= 1) {
      tail = `${all[at]?.toString('latin1')}${tail}`;
    }
    return /"(\w+)"\s*:\s*$/.exec(tail.slice(-longestKey))?.[1] ?? '';
  }
}
