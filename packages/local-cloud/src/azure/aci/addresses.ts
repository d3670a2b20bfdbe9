import { randomInt } from 'node:crypto';

/**
 * Addresses of groups on loopback, 127.x.y.z, so that each group has its own ports. Each process has
 * addresses of its own, as two of them may listen on the same port at the same time.
 */
export class Addresses {
  readonly #prefix = `127.${randomInt(2, 250)}.${randomInt(0, 256)}`;
  readonly #known = new Map<string, string>();
  #count = 0;

  of(group: string): string {
    const known = this.#known.get(group);
    if (known !== undefined) return known;
    this.#count = (this.#count % 253) + 1;
    const address = `${this.#prefix}.${this.#count}`;
    this.#known.set(group, address);
    return address;
  }

  release(group: string): void {
    this.#known.delete(group);
  }
}
