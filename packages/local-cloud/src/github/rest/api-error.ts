import { type Answer, jsonAnswer } from '../../http/exchange.ts';

/** One entry of `errors` in a refusal. */
export interface FieldError {
  resource: string;
  code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'unprocessable' | 'custom';
  field?: string;
  message?: string;
  value?: string;
}

/**
 * GitHub says no.
 * Source: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: { errors?: readonly FieldError[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }

  /** @param docs page and anchor under https://docs.github.com/rest, empty for the front page */
  answer(docs: string): Answer {
    const { message, errors, status } = this;
    const url = `https://docs.github.com/rest${docs === '' ? '' : `/${docs}`}`;
    const body = {
      message,
      ...(errors && { errors }),
      documentation_url: url,
      status: `${status}`,
    };
    const { headers, ...rest } = jsonAnswer(status, body);
    return { ...rest, headers: { ...headers, ...this.headers } };
  }
}

export function notFound(): ApiError {
  return new ApiError(404, 'Not Found');
}

export function validationFailed(...errors: FieldError[]): ApiError {
  return new ApiError(422, 'Validation Failed', { errors });
}

/** What a token without a permission is told. */
export function notAccessible(headers: Readonly<Record<string, string>> = {}): ApiError {
  return new ApiError(403, 'Resource not accessible by integration', { headers });
}
