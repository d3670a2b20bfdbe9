import { eachLimited } from '@slipway/shared/concurrency/each-limited';

/** A host that can be locked. */
export interface Lockable {
  readonly name: string;
  /** Takes the lock, and waits for another holder. */
  lock?(signal: AbortSignal): Promise<AsyncDisposable>;
  /** Takes the lock if it is free; undefined where another run holds it. */
  tryLock?(signal: AbortSignal): Promise<AsyncDisposable | undefined>;
}

/**
 * Locks several hosts. Free ones are locked side by side. As soon as one is held by another run, all
 * behind it, in an order that every run keeps, are freed again and taken one after the other: nobody
 * waits for a host while it holds one that comes later, so two runs cannot wait for each other.
 * @param limit how many hosts at a time, at least 1
 * @param named makes an error of one host's
 * @throws the first error; nothing is locked then
 */
export async function lockHosts<Host extends Lockable>(
  hosts: readonly Host[],
  limit: number,
  named: (host: Host, error: unknown) => unknown,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const held = new Map<Host, AsyncDisposable>();
  const inOrder = [...hosts].sort((a, b) => (a.name < b.name ? -1 : 1));
  const take = async (host: Host, way: 'lock' | 'tryLock') => {
    const lock = await host[way]?.(signal);
    if (lock) held.set(host, lock);
  };
  const free = (some: readonly Host[]) =>
    eachLimited(some, { limit, whatever: true }, async (host) => {
      const lock = held.get(host);
      held.delete(host);
      await lock?.[Symbol.asyncDispose]();
    });
  const attempt = async (some: readonly Host[], most: number, way: 'lock' | 'tryLock') => {
    const [first] = await eachLimited(some, { limit: most, whatever: false }, (host) =>
      take(host, way),
    );
    if (first) throw named(first.item, first.error);
    signal.throwIfAborted();
  };
  try {
    await attempt(inOrder, limit, 'tryLock');
    const busy = inOrder.findIndex((host) => host.lock && !held.has(host));
    if (busy >= 0) {
      const rest = inOrder.slice(busy);
      await free(rest);
      await attempt(rest, 1, 'lock');
    }
  } catch (error) {
    await free(hosts);
    throw error;
  }
  return {
    async [Symbol.asyncDispose]() {
      const [first] = await free(hosts);
      if (first) throw named(first.item, first.error);
    },
  };
}
