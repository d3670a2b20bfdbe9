import { field, parseJson } from '@slipway/shared/http/json';
import { type IdToken, requestIdToken } from '@slipway/shared/identity/oidc';
import type { ClusterAccess } from '../access.ts';
import type { GivenCluster } from '../given-cluster.ts';
import { renewable } from '../renewable.ts';
import type { Keyless } from './sign-in.ts';

/** The token lives for five minutes; a call that waits in a queue must not come too late. */
const before = 60_000;

/**
 * An API server that trusts GitHub: this job's OIDC token itself is the credential, renewed again and
 * again.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
 */
export async function addressAccess(
  { url }: GivenCluster & { vendor: 'address' },
  { context, settings }: Keyless,
): Promise<ClusterAccess> {
  const address = url.href.replace(/\/$/, '');
  const audience = settings['oidc-audience'] ?? address;
  const held = renewable<IdToken>({
    clock: context.clock,
    before,
    endOf: endOfToken,
    get: () => requestIdToken(audience, context),
  });
  // Without the permission it is refused now, before anything else.
  let last = await held.get();
  return {
    server: url,
    ca: settings['cluster-ca'],
    tlsServerName: undefined,
    proxy: undefined,
    headers: {},
    namespace: undefined,
    from: 'input cluster',
    identity: {
      who: `this job's OIDC token with subject ${last.subject}`,
      get remedy() {
        return trustOf(last);
      },
      async proof() {
        last = await held.get();
        return { authorization: `Bearer ${last.value}` };
      },
      renew: held.renew,
    },
  };
}

function endOfToken({ value }: IdToken): number | undefined {
  const claims = parseJson(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString());
  const seconds = field(claims, 'exp');
  return typeof seconds === 'number' ? seconds * 1_000 : undefined;
}

function trustOf({ audience, issuer, other, subject }: IdToken): string {
  const needed = `Let the AuthenticationConfiguration of the API server have a jwt authenticator with issuer.url ${issuer}, audiences [${audience}], and rules that let in subject ${subject}; docs/recipes has one to copy.`;
  switch (other?.form) {
    case 'ids':
      return `${needed} GitHub may write the same subject as ${other.subject}: let that in too.`;
    case 'names':
      return `${needed} A rule for ${other.subject} does not match: GitHub has put the ids of owner and repository into the subject.`;
    default:
      return needed;
  }
}
