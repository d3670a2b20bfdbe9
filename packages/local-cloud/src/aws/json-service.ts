import { type Answer, type Handler, isRecord, jsonAnswer, type Request } from '../http/exchange.ts';
import { violationSentence } from './model/check.ts';
import { Refusal } from './refusal.ts';
import { type Operation, Rules, type ServiceOptions } from './service.ts';
import { verifySignature } from './signature.ts';

const contentType = 'application/x-amz-json-1.1';

/**
 * The errors that every service may answer with.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html, and for those of
 * the protocol itself https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
const commonErrors: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'SerializationException',
  'ThrottlingException',
  'UnknownOperationException',
  'UnrecognizedClientException',
  'ValidationException',
]);

/**
 * A service that speaks JSON 1.1 under Signature Version 4: reads the target, verifies the
 * signature, takes a token of the throttle, checks the request against the service's model, asks the
 * role's permissions, and runs. What goes out is checked against the model as well: an answer or an
 * error that it does not know is a bug of the local cloud, and ends in 500.
 * Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function jsonService(options: ServiceOptions<Operation>): Handler {
  const { now, operations, sentence = violationSentence, sessions } = options;
  const rules = new Rules(options);
  const call = async (request: Request, name: string): Promise<Answer> => {
    const operation = ownOperation(operations, name);
    const { body, headers, method, url } = request;
    if (method !== 'POST' || `${url.pathname}${url.search}` !== '/' || !operation) {
      throw new Refusal('UnknownOperationException', `Unknown operation ${name}`, 404);
    }
    if (headers['content-type'] !== contentType) {
      throw new Refusal('SerializationException', `The content type is not ${contentType}`);
    }
    const signed = verifySignature(request, rules.name, sessions, now());
    rules.admit(name, signed);
    const input = readJson(body, operation);
    const wrong = rules.wrongInput(name, input, operation.keepsUnknown);
    if (wrong?.kind === 'constraint') {
      throw new Refusal(constraintCode(rules, name), sentence(wrong));
    }
    if (wrong || !isRecord(input)) {
      const { must = 'must be an object', path = '' } = wrong ?? {};
      throw new Refusal('SerializationException', `${path || 'The body'} ${must}`);
    }
    rules.checkMembers(name, operation.members, input);
    rules.authorize(name, operation, input, signed);
    const text = JSON.stringify(await operation.run(input, signed));
    rules.checkAnswer(name, JSON.parse(text), operation.keepsUnknown);
    const hasOutput = rules.operation(name).output !== undefined;
    return { status: 200, headers: { 'content-type': contentType }, body: hasOutput ? text : '' };
  };
  return async (request) => {
    const [target, name = ''] = (request.headers['x-amz-target'] ?? '').split('.');
    const asked = target === rules.model.metadata.targetPrefix ? name : '';
    try {
      return await call(request, asked);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      rules.checkRefusal(asked, error, commonErrors);
      const { code, message, status } = error;
      return jsonAnswer(status, { __type: code, message }, contentType);
    }
  };
}

function ownOperation(
  operations: Readonly<Record<string, Operation>>,
  name: string,
): Operation | undefined {
  return Object.hasOwn(operations, name) ? operations[name] : undefined;
}

// A member that is null is one that is not there; a document that is kept is kept as it is.
function readJson(body: Buffer, { keepsUnknown }: Operation): unknown {
  const withoutNull = (_: string, value: unknown) => (value === null ? undefined : value);
  try {
    return JSON.parse(body.toString('utf8'), keepsUnknown ? undefined : withoutNull);
  } catch {
    throw new Refusal('SerializationException', 'The body is not JSON');
  }
}

// What an operation calls a parameter that it does not take.
function constraintCode(rules: Rules, name: string): string {
  const own = 'InvalidParameterException';
  const listed = rules.operation(name).errors?.some(({ shape }) => shape === own);
  return listed ? own : 'ValidationException';
}
