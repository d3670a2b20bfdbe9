import { type Passing, renewed } from '@slipway/shared/identity/renewed';

/** Something that is {@link renewed} before its end, and at once when the server does not take it. */
export function renewable<T>(passing: Passing<T>): { get(): Promise<T>; renew(): void } {
  let current = renewed(passing);
  return {
    get: () => current(),
    renew() {
      current = renewed(passing);
    },
  };
}
