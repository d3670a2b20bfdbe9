import type { Environment } from '../exec/environment.ts';
import type { Fetch } from '../http/fetch.ts';
import type { Clock } from '../time/clock.ts';

/** What proving an identity needs from outside. */
export interface IdentityContext {
  /** The runner's environment: OIDC endpoint, run, proxies, `AZURE_AUTHORITY_HOST`. */
  env: Environment;
  fetch: Fetch;
  clock: Clock;
  /** Registers a secret with the runner. Called before the secret is used for anything. */
  mask(secret: string): void;
  signal?: AbortSignal | undefined;
}
