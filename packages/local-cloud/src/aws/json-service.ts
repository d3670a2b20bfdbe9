import { type Answer, type Handler, isRecord, jsonAnswer, type Request } from '../http/exchange.ts';
import { matches } from './pattern.ts';
import { Refusal } from './refusal.ts';
import type { Sessions } from './sessions.ts';
import { checkFields, type Fields } from './shape.ts';
import { type Signed, verifySignature } from './signature.ts';

const contentType = 'application/x-amz-json-1.1';

/** One operation: what it takes, which resource it touches, and what it does. */
export interface Operation {
  input: Fields;
  /** ARN of the resource, for the sentence of a denial. */
  resource(input: Input, signed: Signed): string;
  /** IAM actions needed beside the operation's own. */
  alsoNeeds?: readonly string[];
  run(input: Input, signed: Signed): object;
}

/** What was asked; its shape was checked. */
export type Input = Readonly<Record<string, unknown>>;

/**
 * A service that speaks JSON 1.1 under Signature Version 4: reads the target, verifies the
 * signature, asks the role's permissions, refuses unknown and missing fields, and runs.
 * Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 * @param o.service signing name and IAM prefix
 * @param o.target prefix of `X-Amz-Target`
 */
export function jsonService(o: {
  service: string;
  target: string;
  operations: Readonly<Record<string, Operation>>;
  sessions: Sessions;
  now: () => number;
}): Handler {
  const call = (request: Request): object => {
    const { body, headers, method, url } = request;
    const [target, name = ''] = (headers['x-amz-target'] ?? '').split('.');
    const operation = target === o.target ? o.operations[name] : undefined;
    if (method !== 'POST' || `${url.pathname}${url.search}` !== '/' || !operation) {
      throw new Refusal('UnknownOperationException', `Unknown operation ${name}`, 404);
    }
    if (headers['content-type'] !== contentType) {
      throw new Refusal('SerializationException', `The content type is not ${contentType}`);
    }
    const signed = verifySignature(request, o.service, o.sessions, o.now());
    const input = readInput(body.toString('utf8'), operation);
    for (const action of [`${o.service}:${name}`, ...(operation.alsoNeeds ?? [])]) {
      allow(action, operation.resource(input, signed), signed);
    }
    return operation.run(input, signed);
  };
  return (request): Answer => {
    try {
      return jsonAnswer(200, call(request), contentType);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, message, status } = error;
      return jsonAnswer(status, { __type: code, message }, contentType);
    }
  };
}

function readInput(text: string, { input: fields }: Operation): Input {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('SerializationException', 'The body is not JSON');
  }
  checkFields(value, fields);
  return isRecord(value) ? value : {};
}

function allow(action: string, resource: string, { session }: Signed): void {
  if (session.role.allow.some((pattern) => matches(pattern, action))) return;
  throw new Refusal(
    'AccessDeniedException',
    `User: ${session.arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  );
}
