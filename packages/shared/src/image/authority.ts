import { type Challenge, parseChallenges } from './challenge.ts';
import { basicAuthorization, type RegistryAuth } from './credentials.ts';

/** Keeps what goes into `Authorization` for each scope, and gets new ones. */
export interface Authority {
  /** The value for a scope; undefined while the registry has not asked for any. */
  current(scope: string): Promise<string | undefined>;
  /**
   * A new value after the registry refused `used` with a challenge.
   * @returns undefined when there is nothing better to offer
   */
  renew(scope: string, used: string | undefined, header: string): Promise<string | undefined>;
}

interface Held {
  value: Promise<string | undefined>;
  /** What the token was asked for. */
  scopes: readonly string[];
}

/**
 * Nothing is sent before the registry asked; after that a scope gets its token ahead of its first
 * request. Calls that need the same token at the same time share it.
 * @param fetchToken asks the token service of a Bearer challenge
 */
export function openAuthority(
  credentials: RegistryAuth | undefined,
  fetchToken: (challenge: Challenge, scopes: string[]) => Promise<string>,
): Authority {
  const held = new Map<string, Held>();
  let way: Challenge | undefined;

  async function obtain(challenge: Challenge, scopes: string[]): Promise<string | undefined> {
    if (challenge.scheme === 'bearer') return `Bearer ${await fetchToken(challenge, scopes)}`;
    return credentials && 'username' in credentials
      ? basicAuthorization(credentials.username, credentials.password)
      : undefined;
  }

  function hold(challenge: Challenge, scope: string, scopes: string[]): Held['value'] {
    const value = obtain(challenge, scopes);
    held.set(scope, { value, scopes });
    value.catch(() => held.delete(scope));
    return value;
  }

  return {
    async current(scope) {
      return held.get(scope)?.value ?? (way && hold(way, scope, [scope]));
    },

    async renew(scope, used, header) {
      const offered = parseChallenges(header);
      const challenge =
        offered.find(({ scheme }) => scheme === 'bearer') ??
        offered.find(({ scheme }) => scheme === 'basic');
      if (!challenge) return undefined;
      way = challenge;
      const scopes = [...new Set([scope, ...wantedBy(challenge, scope)])];
      const other = held.get(scope);
      if (other && scopes.every((one) => other.scopes.includes(one))) {
        const value = await other.value;
        if (value !== undefined && value !== used) return value;
      }
      const fresh = await hold(challenge, scope, scopes);
      return fresh === used ? undefined : fresh;
    },
  };
}

// Some registries want more than the standard actions for a request (ACR: `metadata_read` for tags),
// and say so in the challenge. What they say about other repositories is not followed.
function wantedBy({ parameters }: Challenge, scope: string): string[] {
  const own = scope.slice(0, scope.lastIndexOf(':') + 1);
  const wanted = parameters.get('scope')?.split(' ') ?? [];
  return wanted.filter((other) => other.startsWith(own));
}
