import { type Answer, jsonAnswer } from '../../http/exchange.ts';

/** Azure Resource Manager, or a resource provider behind it, says no: its own code and text. */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The error as it is answered. */
export function armRefusal({ code, headers, message, status }: ArmError): Answer {
  const answer = jsonAnswer(status, { error: { code, message } });
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
