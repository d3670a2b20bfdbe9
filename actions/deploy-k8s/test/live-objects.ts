import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import type { KubernetesApi, LiveObjects, Selection } from '../src/api/kubernetes-api.ts';

/** Objects that a test changes while they are followed. */
export class FakeLive implements LiveObjects {
  readonly items = new Map<string, JsonObject>();
  readonly gone = new Map<string, JsonObject>();
  readonly selection: Selection;
  version = 1;
  silence = 0;
  isOpen = true;
  /** Why it cannot be followed any more. */
  trouble: Error | undefined;
  #wake = Promise.withResolvers<void>();

  constructor(selection: Selection, objects: readonly JsonObject[] = []) {
    this.selection = selection;
    this.put(...objects);
  }

  put(...objects: readonly JsonObject[]): void {
    for (const object of objects) {
      this.items.set(textIn(objectIn(object, 'metadata'), 'uid') ?? '', object);
    }
    this.#change();
  }

  remove(uid: string): void {
    const object = this.items.get(uid);
    if (object) this.gone.set(uid, object);
    this.items.delete(uid);
    this.#change();
  }

  async changed(version: number, signal: AbortSignal): Promise<void> {
    if (this.version > version) return;
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    await Promise.race([this.#wake.promise, promise]);
  }

  check(): void {
    if (this.trouble) throw this.trouble;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isOpen = false;
  }

  #change(): void {
    this.version += 1;
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}

/** A cluster whose objects are followed by kind; events by their field selector. */
export function followable(objects: Readonly<Record<string, readonly JsonObject[]>>) {
  const live = new Map<string, FakeLive>();
  const follow: KubernetesApi['follow'] = async (selection) => {
    const { kind } = selection.resource;
    const key = kind === 'Event' ? `Event ${selection.fields ?? ''}` : kind;
    const found = new FakeLive(selection, objects[key] ?? []);
    live.set(key, found);
    return found;
  };
  const of = (key: string): FakeLive => {
    const found = live.get(key);
    if (!found) throw new Error(`${key} is not followed, but ${[...live.keys()].join(', ')}`);
    return found;
  };
  return { follow, of, live };
}
