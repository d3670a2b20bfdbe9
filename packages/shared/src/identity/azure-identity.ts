import type { Clock } from '../time/clock.ts';
import { renewed } from './renewed.ts';

/** An access token of Microsoft Entra ID. */
export interface AccessToken {
  /** The token itself: a secret, already masked. */
  value: string;
  /** When it ends, in milliseconds on the clock of the run. */
  expires: number;
}

/** As whom this job speaks to Azure: one for the whole run, whatever services it is for. */
export interface AzureIdentity {
  /** For people: `application 1111…`, `the managed identity of the runner`. */
  readonly who: string;
  /** How it is proven, for the log: `by this job's OIDC token`. */
  readonly way: string;
  /** Id or domain of its directory, where that is known before the first token. */
  readonly tenantId?: string | undefined;
  /**
   * A token that is good for some minutes more; asked for before every call.
   * @param scope what it is for, `https://management.azure.com/.default`
   */
  token(scope: string): Promise<AccessToken>;
}

/** An identity that gets one token for each scope, and again five minutes before it ends. */
export function renewedTokens(
  about: Pick<AzureIdentity, 'who' | 'way' | 'tenantId'>,
  clock: Clock,
  get: (scope: string) => Promise<AccessToken>,
): AzureIdentity {
  const byScope = new Map<string, () => Promise<AccessToken>>();
  return {
    ...about,
    token(scope) {
      const known = byScope.get(scope);
      const token =
        known ?? renewed({ clock, get: () => get(scope), endOf: ({ expires }) => expires });
      byScope.set(scope, token);
      return token();
    },
  };
}
