/**
 * Lets those who write to the same refs go one after the other, in the order in which they came.
 * Git's own locks would do as well, but those who wait for them do so by trying again.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Waits until nobody before still writes to one of these; disposing of it ends the turn. */
  async take(names: readonly string[]): Promise<Disposable> {
    const before = names.map((name) => this.#last.get(name));
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const name of names) this.#last.set(name, promise);
    await Promise.all(before);
    return {
      [Symbol.dispose]: () => {
        for (const name of names) {
          if (this.#last.get(name) === promise) this.#last.delete(name);
        }
        resolve();
      },
    };
  }
}
