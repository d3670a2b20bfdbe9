import { type Answer, type Handler, jsonAnswer, type Request } from '../http/exchange.ts';
import type { GoogleParts } from './parts.ts';

/** A service of Google says no. Source: https://cloud.google.com/apis/design/errors */
export class GoogleError extends Error {
  readonly code: number;
  readonly status: string;

  constructor(code: number, status: string, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** A handler whose refusals are answered as Google does it. */
export function googleHandler(run: (request: Request) => Answer | Promise<Answer>): Handler {
  return async (request) => {
    try {
      return await run(request);
    } catch (error) {
      if (!(error instanceof GoogleError)) throw error;
      const { code, message, status } = error;
      return jsonAnswer(code, { error: { code, message, status } });
    }
  };
}

/** Whose token a request has. @throws GoogleError 401 */
export function callerOfGoogle({ headers }: Request, { now, tokens }: GoogleParts) {
  const token = /^Bearer (\S+)$/.exec(headers['authorization'] ?? '')?.[1] ?? '';
  const caller = tokens.get(token);
  if (caller && caller.end > now()) return caller;
  throw new GoogleError(
    401,
    'UNAUTHENTICATED',
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
  );
}
