import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import type { Clock } from '@slipway/shared/time/clock';

/** How many deleted objects are remembered. */
const mostGone = 300;

/** Objects of a kind as they are now, and who waits for the next change of them. */
export class Objects {
  readonly items = new Map<string, JsonObject>();
  readonly gone = new Map<string, JsonObject>();
  version = 0;
  readonly #clock: Clock;
  #heard: number;
  #failure: { is: unknown } | undefined;
  #waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#heard = clock.now();
  }

  /** Milliseconds since the server was last heard of. */
  get silence(): number {
    return this.#clock.now() - this.#heard;
  }

  heard(): void {
    this.#heard = this.#clock.now();
  }

  /** Takes a new list: what is not in it is gone. */
  replace(list: readonly JsonObject[]): void {
    this.heard();
    const there = new Set(list.map(uidOf));
    for (const [uid, object] of [...this.items]) if (!there.has(uid)) this.#bury(uid, object);
    for (const object of list) this.take('MODIFIED', object);
  }

  /** Takes one event of a watch. */
  take(type: string, object: JsonObject): void {
    const uid = uidOf(object);
    if (uid === '') return;
    if (type === 'DELETED') {
      this.#bury(uid, object);
      return;
    }
    // A watch that goes on may say again what is known.
    const known = this.items.get(uid);
    if (known && versionOf(known) === versionOf(object)) return;
    this.items.set(uid, object);
    this.#tell();
  }

  /** Nothing more will come. */
  fail(error: unknown): void {
    this.#failure = { is: error };
    this.#tell();
  }

  check(): void {
    if (this.#failure) throw this.#failure.is;
  }

  changed(version: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (this.version > version || this.#failure) return resolve();
      const stop = () => {
        this.#waiting = this.#waiting.filter((one) => one !== told);
        reject(signal.reason);
      };
      const told = () => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push(told);
    });
  }

  #bury(uid: string, object: JsonObject): void {
    this.items.delete(uid);
    this.gone.delete(uid);
    this.gone.set(uid, object);
    for (const [oldest] of this.gone) {
      if (this.gone.size <= mostGone) break;
      this.gone.delete(oldest);
    }
    this.#tell();
  }

  #tell(): void {
    this.version += 1;
    for (const told of this.#waiting.splice(0)) told();
  }
}

function uidOf(object: JsonObject): string {
  return textIn(objectIn(object, 'metadata'), 'uid') ?? '';
}

function versionOf(object: JsonObject): string | undefined {
  return textIn(objectIn(object, 'metadata'), 'resourceVersion');
}
