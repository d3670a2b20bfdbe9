import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';

/** Who has a lock, and until when. */
export interface LeaseHolder {
  readonly holder: string;
  /** Milliseconds since the epoch, by the server's clock; after it the lock is free. */
  readonly until: number;
  readonly transitions: number;
}

/** Seconds without a renewal after which a lock is free. */
export const leaseSeconds = 30;

/**
 * Who holds a Lease; undefined where nobody does.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/
 */
export function heldBy(lease: JsonObject): LeaseHolder | undefined {
  const spec = objectIn(lease, 'spec');
  const holder = textIn(spec, 'holderIdentity') ?? '';
  const renewed = Date.parse(textIn(spec, 'renewTime') ?? '');
  const seconds = Number(spec['leaseDurationSeconds'] ?? leaseSeconds);
  const transitions = Number(spec['leaseTransitions'] ?? 0);
  // What says no time has no end that could be waited for.
  if (holder === '' || Number.isNaN(renewed) || Number.isNaN(seconds)) return undefined;
  return { holder, until: renewed + seconds * 1_000, transitions };
}

/** The spec of a Lease that is taken or renewed now. */
export function leaseSpec(o: {
  holder: string;
  acquired: string;
  now: number;
  transitions: number;
}): JsonObject {
  return {
    holderIdentity: o.holder,
    leaseDurationSeconds: leaseSeconds,
    acquireTime: o.acquired,
    renewTime: microTime(o.now),
    leaseTransitions: o.transitions,
  };
}

/** A time as MicroTime, which has six digits behind the second. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
