import { type Handler, isRecord, jsonAnswer, type Request } from '../http/exchange.ts';
import { callerOfGoogle, GoogleError, googleHandler } from './google-error.ts';
import type { GoogleParts } from './parts.ts';

/**
 * Access tokens of service accounts for those who may speak as them.
 * Source: https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
 */
export function iamCredentialsService(parts: GoogleParts): Handler {
  return googleHandler((request) => {
    const form = /^\/v1\/projects\/-\/serviceAccounts\/([^/:]+):generateAccessToken$/;
    const [, email] = form.exec(decodeURIComponent(request.url.pathname)) ?? [];
    if (request.method !== 'POST' || email === undefined) {
      throw new GoogleError(404, 'NOT_FOUND', 'Requested entity was not found.');
    }
    const caller = callerOfGoogle(request, parts);
    const seconds = secondsIn(request);
    const account = parts.seed.accounts.find((one) => one.email === email);
    if (!account)
      throw new GoogleError(404, 'NOT_FOUND', `Not found; Gaia id not found for email ${email}`);
    if (!account.subjects.includes(caller.subject)) {
      const message = `Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).`;
      throw new GoogleError(403, 'PERMISSION_DENIED', message);
    }
    const accessToken = parts.newToken({ principal: email, subject: email }, seconds);
    const expireTime = new Date(parts.now() + seconds * 1_000).toISOString();
    return jsonAnswer(200, { accessToken, expireTime });
  });
}

function secondsIn({ body, headers }: Request): number {
  const invalid = new GoogleError(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.');
  if (!headers['content-type']?.startsWith('application/json')) throw invalid;
  const asked: unknown = JSON.parse(body.toString('utf8'));
  if (
    !isRecord(asked) ||
    Object.keys(asked).some((name) => !['scope', 'lifetime'].includes(name))
  ) {
    throw invalid;
  }
  const [, seconds] = /^(\d+)s$/.exec(String(asked['lifetime'])) ?? [];
  const scope = JSON.stringify(asked['scope']);
  if (scope !== '["https://www.googleapis.com/auth/cloud-platform"]') throw invalid;
  if (!(Number(seconds) >= 1 && Number(seconds) <= 3_600)) throw invalid;
  return Number(seconds);
}
