import { randomUUID } from 'node:crypto';
import { type Answer, jsonAnswer } from '../http/exchange.ts';

/**
 * Entra says no. Codes and texts: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export class EntraError extends Error {
  readonly code: number;
  readonly error: string;
  readonly status: number;

  constructor(code: number, error: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.error = error;
    this.status = status;
  }
}

/** The error as the token endpoint answers it. */
export function entraRefusal({ code, error, message, status }: EntraError, now: number): Answer {
  const [trace, correlation] = [randomUUID(), randomUUID()];
  const timestamp = new Date(now)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z/, 'Z');
  return jsonAnswer(status, {
    error,
    error_description: `AADSTS${code}: ${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  });
}
