import { type Passing, renewed } from '@slipway/shared/identity/renewed';
import type { ClusterIdentity, RequestCredentials } from './access.ts';

/** A proof that ends. */
export interface PassingProof {
  readonly proof: RequestCredentials;
  /** In milliseconds since the epoch; undefined where nobody knows. */
  readonly end: number | undefined;
}

/** How an identity proves itself, by a proof that is {@link renewed}. */
export interface RenewedProof<T> extends Required<Pick<ClusterIdentity, 'proof' | 'ended'>> {
  /** The proof that is good now, with what else is known of it. */
  held(): Promise<T>;
}

/** A proof that is renewed before its end, and when the server has called it ended. */
export function renewedProof<T extends PassingProof>(
  passing: Omit<Passing<T>, 'endOf'>,
): RenewedProof<T> {
  const get = renewed({ ...passing, endOf: ({ end }) => end });
  let last: T | undefined;
  const held = async () => {
    last = await get();
    return last;
  };
  return {
    held,
    proof: async () => (await held()).proof,
    ended(proof) {
      // Another request may have been told the same of it before.
      if (last?.proof === proof) get.ended(last);
    },
  };
}
