import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import { formatDuration } from '@slipway/shared/time/duration';
import { jittered } from '@slipway/shared/time/poll';
import {
  AlreadyThere,
  type KubernetesApi,
  type ObjectName,
  Outdated,
} from '../api/kubernetes-api.ts';
import { heldBy, leaseSeconds, leaseSpec, microTime } from './lease.ts';

/** What a lock is taken with. */
export interface LeaseLockOptions {
  api: Pick<KubernetesApi, 'get' | 'create' | 'replace' | 'delete' | 'serverNow'>;
  clock: Clock;
  /** The Lease, by its names. */
  name: ObjectName;
  /** What is locked, for people. */
  workload: string;
  /** Who takes it, told to the next one: the address of the run, and what no other holder has. */
  holder: string;
  /** How long to wait for another holder, in milliseconds. */
  limit: number;
  say(line: string): void;
}

const renewEvery = (leaseSeconds * 1_000) / 3;
const look = 2_000;

/**
 * A lock of a workload: a Lease that names its holder. It is renewed while it is held, and free for
 * the next one half a minute after a runner died, by the server's clock.
 */
export class LeaseLock implements AsyncDisposable {
  readonly #o: LeaseLockOptions;
  readonly #over = new AbortController();
  #lease: JsonObject;
  #renewals: Promise<void> = Promise.resolve();
  #lost: Failure | undefined;

  private constructor(o: LeaseLockOptions, lease: JsonObject) {
    this.#o = o;
    this.#lease = lease;
  }

  /**
   * Waits until the lock is free, and takes it.
   * @throws Failure `k8s/locked` that names the holder when the limit is reached
   */
  static async take(o: LeaseLockOptions, signal: AbortSignal): Promise<LeaseLock> {
    const start = o.clock.now();
    let said = '';
    for (;;) {
      const { holder, lease } = await attempt(o, signal);
      if (lease) {
        const lock = new LeaseLock(o, lease);
        lock.#renewals = lock.#renew();
        return lock;
      }
      const waited = o.clock.now() - start;
      if (waited >= o.limit) {
        throw Failure.of('k8s/locked', {
          workload: o.workload,
          holder,
          waited: formatDuration(waited),
        });
      }
      if (holder !== said) o.say(`${o.workload} is locked by ${holder}; waiting for it`);
      said = holder;
      await o.clock.sleep(Math.min(jittered(look), o.limit - waited), signal);
    }
  }

  /** @throws Failure `k8s/lock-lost` when somebody else has it */
  check(): void {
    if (this.#lost) throw this.#lost;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#renewals;
    if (this.#lost) return;
    const { api, holder, name } = this.#o;
    // No signal: a cancelled run frees its lock too; the engine has a limit for it.
    const { signal } = new AbortController();
    for (;;) {
      const lease = await api.get(name, signal);
      if (!lease || heldBy(lease)?.holder !== holder) return;
      try {
        await api.delete({ name, only: preconditions(lease) }, signal);
        return;
      } catch (error) {
        if (!(error instanceof Outdated)) throw error;
      }
    }
  }

  async #renew(): Promise<void> {
    const { clock, say } = this.#o;
    const { signal } = this.#over;
    while (!signal.aborted && !this.#lost) {
      try {
        await clock.sleep(jittered(renewEvery), signal);
        await this.#once(signal);
      } catch (error) {
        if (!signal.aborted) say(`the lock was not renewed: ${messageOf(error)}`);
      }
    }
  }

  async #once(signal: AbortSignal): Promise<void> {
    const { api, name } = this.#o;
    try {
      this.#lease = (await api.replace({ name, object: this.#renewed() }, signal)).object;
    } catch (error) {
      if (!(error instanceof Outdated)) throw error;
      this.#found(await api.get(name, signal));
    }
  }

  #renewed(): JsonObject {
    const { api, holder } = this.#o;
    const spec = objectIn(this.#lease, 'spec');
    return {
      ...this.#lease,
      spec: leaseSpec({
        holder,
        acquired: textIn(spec, 'acquireTime') ?? microTime(api.serverNow()),
        now: api.serverNow(),
        transitions: Number(spec['leaseTransitions'] ?? 0),
      }),
    };
  }

  // Ours still, when the answer to a renewal was lost; else somebody's who found it stale.
  #found(lease: JsonObject | undefined): void {
    const holder = lease && heldBy(lease)?.holder;
    this.#lease = lease ?? this.#lease;
    if (holder === this.#o.holder) return;
    const facts = { workload: this.#o.workload, holder: holder ?? 'somebody who has deleted it' };
    this.#lost = Failure.of('k8s/lock-lost', facts);
  }
}

/** Takes the lock if it is free. One of two who try at once gets it: the server compares versions. */
async function attempt(
  { api, holder, name }: LeaseLockOptions,
  signal: AbortSignal,
): Promise<{ lease?: JsonObject; holder: string }> {
  const found = await api.get(name, signal);
  const held = found && heldBy(found);
  if (held && held.until > api.serverNow() && held.holder !== holder) {
    return { holder: held.holder };
  }
  const now = api.serverNow();
  const spec = leaseSpec({
    holder,
    acquired: microTime(now),
    now,
    transitions: held ? held.transitions + 1 : 0,
  });
  try {
    if (found) {
      const { object } = await api.replace({ name, object: { ...found, spec } }, signal);
      return { lease: object, holder };
    }
    const object = {
      apiVersion: name.resource.apiVersion,
      kind: name.resource.kind,
      metadata: { name: name.name, namespace: name.namespace },
      spec,
    };
    return { lease: (await api.create({ in: name, object }, signal)).object, holder };
  } catch (error) {
    if (error instanceof AlreadyThere || error instanceof Outdated) return attemptAgain;
    throw error;
  }
}

/** Somebody was faster; who, the next look says. */
const attemptAgain = { holder: 'another run' };

function preconditions(lease: JsonObject): { uid?: string; resourceVersion?: string } {
  const metadata = objectIn(lease, 'metadata');
  const [uid, resourceVersion] = [textIn(metadata, 'uid'), textIn(metadata, 'resourceVersion')];
  return {
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}
