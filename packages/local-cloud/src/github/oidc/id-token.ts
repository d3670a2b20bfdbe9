import { randomUUID, timingSafeEqual } from 'node:crypto';
import { type Handler, jsonAnswer } from '../../http/exchange.ts';
import { readFields, unknownField } from '../../http/form.ts';
import type { Signer } from '../../jwt/signer.ts';
import type { Run } from './run.ts';

/**
 * The endpoint behind `ACTIONS_ID_TOKEN_REQUEST_URL`: gives a run its OIDC tokens.
 * Source: https://docs.github.com/actions/reference/security/oidc
 * @param o.bearer the value of `ACTIONS_ID_TOKEN_REQUEST_TOKEN`
 * @param o.now milliseconds since the epoch
 */
export function idTokenService(o: {
  run: Run;
  signer: () => Promise<Signer>;
  issuer: string;
  bearer: string;
  now: () => number;
}): Handler {
  return async ({ headers, method, url }) => {
    if (method !== 'GET' || url.pathname !== '/idtoken') return jsonAnswer(404, notFound);
    if (!same(headers['authorization'] ?? '', `Bearer ${o.bearer}`)) {
      return jsonAnswer(401, { message: 'The token is not valid for this run.' });
    }
    const fields = readFields(url.searchParams);
    if (!fields || unknownField(fields, ['api-version', 'audience']) !== undefined) {
      return jsonAnswer(400, { message: 'The query is not understood.' });
    }
    if (fields.get('api-version') !== '2.0') {
      return jsonAnswer(400, { message: 'No api-version was specified.' });
    }
    const audience = fields.get('audience') || `https://github.com/${owner(o.run)}`;
    const { sign } = await o.signer();
    return jsonAnswer(200, { value: sign(claims(o.run, o.issuer, audience, o.now())) });
  };
}

const notFound = { message: 'not found' };

function claims(run: Run, issuer: string, audience: string, now: number) {
  const issued = Math.floor(now / 1_000);
  return {
    jti: randomUUID(),
    sub: run.subject ?? `repo:${run.repository}:ref:${run.ref}`,
    aud: audience,
    iss: issuer,
    iat: issued,
    nbf: issued,
    exp: issued + (run.tokenLifetime ?? 300),
    repository: run.repository,
    repository_owner: owner(run),
    repository_owner_id: '1001',
    repository_id: '2002',
    ref: run.ref,
    ref_type: run.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    event_name: 'push',
    runner_environment: 'self-hosted',
  };
}

function owner(run: Run): string {
  return run.repository.split('/')[0] ?? '';
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
