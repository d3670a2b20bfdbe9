import { rename, writeFile } from 'node:fs/promises';
import { type Ask, waitFor } from './api.ts';

/**
 * Whose tokens the API server takes, and as whom.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
 */
export interface JwtAuthenticator {
  issuer: {
    /** https alone. */
    url: string;
    audiences: readonly string[];
    /** Required with more than one audience. */
    audienceMatchPolicy?: 'MatchAny';
    /** PEM of what signed its certificate. */
    certificateAuthority?: string;
    discoveryURL?: string;
  };
  claimMappings: {
    username: Mapping;
    groups?: Mapping;
    uid?: Mapping;
    extra?: readonly { key: string; valueExpression: string }[];
  };
  claimValidationRules?: readonly (
    | { claim: string; requiredValue: string }
    | { expression: string; message?: string }
  )[];
  userValidationRules?: readonly { expression: string; message?: string }[];
}

type Mapping = { claim: string; prefix: string } | { expression: string };

/**
 * Trust in GitHub's tokens for one audience: a run is the user `github:<sub claim>`.
 * @param certificateAuthority PEM, where the issuer's certificate is not of a public authority
 */
export function gitHubTokens(o: {
  issuer: string;
  audience: string;
  certificateAuthority?: string;
}): JwtAuthenticator {
  return {
    issuer: {
      url: o.issuer,
      audiences: [o.audience],
      ...(o.certificateAuthority && { certificateAuthority: o.certificateAuthority }),
    },
    claimMappings: { username: { claim: 'sub', prefix: 'github:' } },
  };
}

/** The issuers that one API server trusts. */
export interface Issuers {
  /**
   * Trusts one more, which has to answer; resolves when its tokens are taken.
   * @returns what ends the trust
   */
  trust(authenticator: JwtAuthenticator): Promise<AsyncDisposable>;
}

/** Writes the configuration of the API server. */
export async function writeAuthentication(
  file: string,
  jwt: readonly JwtAuthenticator[],
): Promise<void> {
  const anonymous = { enabled: false };
  const kind = { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthenticationConfiguration' };
  // In one moment, as the API server reads it when it changes.
  await writeFile(`${file}.new`, JSON.stringify({ ...kind, jwt, anonymous }));
  await rename(`${file}.new`, file);
}

/**
 * @param file of the configuration
 * @param first whom it names already
 */
export function makeIssuers(file: string, ask: Ask, first: readonly JwtAuthenticator[]): Issuers {
  const trusted = new Set(first);
  let written = JSON.stringify(first);
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;
  const load = async () => {
    next = undefined;
    const wanted = [...trusted];
    if (JSON.stringify(wanted) === written) return;
    const before = await reloads(ask);
    await writeAuthentication(file, wanted);
    written = JSON.stringify(wanted);
    let now = before;
    await waitFor('the change of the trusted issuers', 90_000, async () => {
      now = await reloads(ask);
      return now.taken > before.taken || now.refused > before.refused;
    });
    if (now.taken === before.taken) throw new Error('the API server refused the issuers');
  };
  /** All changes that come while the API server takes the last ones are taken together. */
  const change = (edit: () => void): Promise<void> => {
    edit();
    next ??= last.then(load);
    last = next.catch(() => undefined);
    return next;
  };
  return {
    async trust(authenticator) {
      try {
        await change(() => trusted.add(authenticator));
      } catch (error) {
        trusted.delete(authenticator);
        throw error;
      }
      return {
        [Symbol.asyncDispose]: () => change(() => trusted.delete(authenticator)),
      };
    },
  };
}

/** How often the API server has taken a changed configuration, and how often it has not. */
async function reloads(ask: Ask): Promise<{ taken: number; refused: number }> {
  const { body } = await ask('GET', '/metrics');
  const counted = (status: string) => {
    const metric = 'apiserver_authentication_config_controller_automatic_reloads_total';
    const line = new RegExp(`^${metric}\\{.*status="${status}".*\\} (\\S+)$`, 'm');
    return Number(line.exec(body)?.[1] ?? 0);
  };
  return { taken: counted('success'), refused: counted('failure') };
}
