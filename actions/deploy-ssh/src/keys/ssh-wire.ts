/** A string as SSH writes it: its length in four bytes, then itself (RFC 4251, section 5). */
export function wireString(bytes: string | Buffer): Buffer {
  const content = Buffer.from(bytes);
  return Buffer.concat([uint32(content.length), content]);
}

/** A number of four bytes, big end first. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Reads SSH's numbers and strings one after the other; each is undefined once the bytes run out. */
export class WireReader {
  #rest: Buffer;

  constructor(bytes: Buffer) {
    this.#rest = bytes;
  }

  get left(): number {
    return this.#rest.length;
  }

  byte(): number | undefined {
    const value = this.#rest[0];
    this.#rest = this.#rest.subarray(1);
    return value;
  }

  uint32(): number | undefined {
    if (this.#rest.length < 4) return undefined;
    const value = this.#rest.readUInt32BE(0);
    this.#rest = this.#rest.subarray(4);
    return value;
  }

  string(): Buffer | undefined {
    const length = this.uint32();
    if (length === undefined || length > this.#rest.length) return undefined;
    const content = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return content;
  }
}
