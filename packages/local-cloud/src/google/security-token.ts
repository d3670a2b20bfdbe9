import { type Answer, type Handler, jsonAnswer, type Request } from '../http/exchange.ts';
import { readForm } from '../http/form.ts';
import { verifyToken } from '../jwt/verify.ts';
import { matches } from '../pattern.ts';
import type { GoogleParts } from './parts.ts';

const wanted: Readonly<Record<string, string>> = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  scope: 'https://www.googleapis.com/auth/cloud-platform',
};
const lifetime = 3_600;

/**
 * The token exchange of Google's workload identity federation.
 * Source: https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
 */
export function securityTokenService(parts: GoogleParts): Handler {
  return (request) => exchange(request, parts);
}

async function exchange(request: Request, parts: GoogleParts): Promise<Answer> {
  const { issuer, now, seed } = parts;
  if (request.method !== 'POST' || request.url.pathname !== '/v1/token') {
    return jsonAnswer(404, { error: 'not_found' });
  }
  const form = readForm(request) ?? new Map<string, string>();
  const unknown = [...form.keys()].find(
    (name) => !(name in wanted) && name !== 'subject_token' && name !== 'audience',
  );
  const wrong = Object.entries(wanted).find(([name, value]) => form.get(name) !== value);
  if (unknown !== undefined || wrong) {
    return refuse('invalid_request', `Invalid value for "${unknown ?? wrong?.[0]}".`);
  }
  const audience = `//iam.googleapis.com/${seed.provider}`;
  if (form.get('audience') !== audience) {
    const description =
      'Invalid value for "audience". This value should be the full resource name of the Identity Provider.';
    return refuse('invalid_target', description);
  }
  const claims = await verifyToken(form.get('subject_token') ?? '', issuer, now());
  if (typeof claims === 'string') {
    return refuse('invalid_grant', 'The ID Token is not valid, or its issuer is another one.');
  }
  if (claims.aud !== `https:${audience}`) {
    return refuse(
      'invalid_grant',
      `The audience in ID Token [${String(claims.aud)}] does not match the expected audience https:${audience}.`,
    );
  }
  const subject = claims.sub ?? '';
  if (!seed.subjects.some((pattern) => matches(pattern, subject))) {
    const description = 'The given credential is rejected by the attribute condition.';
    return refuse('unauthorized_client', description);
  }
  const pool = seed.provider.slice(0, seed.provider.indexOf('/providers/'));
  const principal = `principal://iam.googleapis.com/${pool}/subject/${subject}`;
  return jsonAnswer(200, {
    access_token: parts.newToken({ principal, subject }, lifetime),
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: lifetime,
  });
}

function refuse(error: string, error_description: string): Answer {
  return jsonAnswer(400, { error, error_description });
}
