import { Failure } from '../failure/failure.ts';
import { parseJson, textField } from '../http/json.ts';
import { ask, unusable } from './ask.ts';
import type { IdentityContext } from './context.ts';
import { type OtherSubject, otherSubject } from './subject.ts';

const service = "GitHub's OIDC service";

/** An OIDC token of this job and the claims that a trust policy looks at. */
export interface IdToken {
  /** The signed token itself: a secret, already masked. */
  value: string;
  /** `sub`, such as `repo:org/app:ref:refs/heads/main`. */
  subject: string;
  /** The same in GitHub's other form, where there is one. */
  other?: OtherSubject;
  /** `iss`, such as `https://token.actions.githubusercontent.com`. */
  issuer: string;
  audience: string;
}

/**
 * Asks GitHub for an OIDC token of this job. The token is masked before anybody gets it.
 * Source: https://docs.github.com/actions/reference/security/oidc
 * @param audience who the token is for, such as `sts.amazonaws.com`
 * @throws Failure `identity/no-oidc` before any request when the job has no such permission,
 *   `identity/unavailable` when GitHub gives no usable answer
 */
export async function requestIdToken(audience: string, context: IdentityContext): Promise<IdToken> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } =
    context.env;
  if (!address || !bearer || !URL.canParse(address)) throw Failure.of('identity/no-oidc', {});
  context.mask(bearer);

  const url = new URL(address);
  url.searchParams.set('audience', audience);
  const answer = await ask(
    { service, url, headers: { authorization: `Bearer ${bearer}` } },
    context,
  );
  if (answer.status !== 200) throw unusable(service, `HTTP ${answer.status}`);
  const value = textField(answer.body, 'value');
  if (value === undefined) throw unusable(service, 'the answer holds no token');
  context.mask(value);

  const token = readIdToken(value, audience);
  if (!token) throw unusable(service, 'the token holds no subject and issuer');
  return token;
}

/** Reads the claims of a token; undefined when it has no subject or no issuer. */
export function readIdToken(value: string, audience: string): IdToken | undefined {
  const claims = parseJson(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString());
  const subject = textField(claims, 'sub');
  const issuer = textField(claims, 'iss');
  if (!subject || !issuer) return undefined;
  const other = otherSubject(subject, claims);
  return { value, subject, issuer, audience, ...(other && { other }) };
}
