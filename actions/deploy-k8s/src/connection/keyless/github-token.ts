import { field, parseJson } from '@slipway/shared/http/json';
import { type IdToken, requestIdToken } from '@slipway/shared/identity/oidc';
import type { ClusterAccess } from '../access.ts';
import type { GivenCluster } from '../given-cluster.ts';
import { renewedProof } from '../renewed-proof.ts';
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
  let last: IdToken | undefined;
  const { ended, held, proof } = renewedProof({
    clock: context.clock,
    before,
    get: async () => {
      const token = await requestIdToken(audience, context);
      last = token;
      const authorization = `Bearer ${token.value}`;
      return { token, proof: { authorization }, end: endOfToken(token) };
    },
  });
  // Without the permission it is refused now, before anything else.
  const { token: first } = await held();
  return {
    server: url,
    ca: settings['cluster-ca'],
    tlsServerName: undefined,
    proxy: undefined,
    headers: {},
    namespace: undefined,
    from: 'input cluster',
    identity: {
      who: `this job's OIDC token with subject ${first.subject}`,
      get remedy() {
        return trustOf(last ?? first);
      },
      proof,
      ended,
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
