import type { Answer, Handler, Request } from '../http/exchange.ts';
import { isRecord } from '../http/exchange.ts';
import { readForm } from '../http/form.ts';
import { type Violation, violationSentence } from './model/check.ts';
import { type ReadForm, readByShape } from './query-form.ts';
import { queryAnswer, queryRefusal } from './query-xml.ts';
import { Refusal } from './refusal.ts';
import { type Input, type Operation, Rules, type ServiceOptions } from './service.ts';
import { verifySignature } from './signature.ts';

/** An operation whose requests are not signed. */
export interface UnsignedOperation<In = Input, Out extends object = object> {
  unsigned: true;
  members?: readonly string[];
  run(input: In): Out | Promise<Out>;
}

/**
 * The errors that every service may answer with.
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 */
const commonErrors: ReadonlySet<string> = new Set([
  'AccessDenied',
  'ExpiredToken',
  'IncompleteSignature',
  'InvalidAction',
  'InvalidClientTokenId',
  'InvalidParameterCombination',
  'InvalidParameterValue',
  'MalformedInput',
  'MissingAuthenticationToken',
  'SignatureDoesNotMatch',
  'Throttling',
  'ValidationError',
]);

/** What the refusals that all services share are called here, and their status. */
const ownNames: Readonly<Record<string, readonly [code: string, status: number]>> = {
  AccessDeniedException: ['AccessDenied', 403],
  // Of credentials; that of a web identity token is ExpiredTokenException here too.
  ExpiredTokenException: ['ExpiredToken', 403],
  IncompleteSignatureException: ['IncompleteSignature', 400],
  InvalidSignatureException: ['SignatureDoesNotMatch', 403],
  MissingAuthenticationTokenException: ['MissingAuthenticationToken', 403],
  ThrottlingException: ['Throttling', 400],
  UnrecognizedClientException: ['InvalidClientTokenId', 403],
};

/**
 * A service that speaks the query protocol: a form comes in, XML goes out, by the same model and under
 * the same rules as `jsonService`.
 * Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function queryService(options: ServiceOptions<Operation | UnsignedOperation>): Handler {
  const { now, operations, sentence = violationSentence, sessions } = options;
  const rules = new Rules(options);
  const { apiVersion } = rules.model.metadata;
  for (const [name, operation] of Object.entries(operations)) {
    if ('unsigned' in operation !== (rules.operation(name).authtype === 'none')) {
      throw new Error(`Whether ${name} is signed is said otherwise by its model.`);
    }
  }

  const signedRun = async (operation: Operation, { name, input, request }: Asked) => {
    try {
      const signed = verifySignature(request, rules.name, sessions, now());
      rules.admit(name, signed);
      const checked = checkedInput(operation, name, input);
      rules.authorize(name, operation, checked, signed);
      return await operation.run(checked, signed);
    } catch (error) {
      throw renamed(error);
    }
  };
  const checkedInput = (
    { members }: Operation | UnsignedOperation,
    name: string,
    { input, left }: ReadForm,
  ): Input => {
    const [unknown] = left;
    if (unknown !== undefined) throw new Refusal('ValidationError', `Unknown parameter ${unknown}`);
    const wrong = rules.wrongInput(name, input);
    if (wrong) throw new Refusal('ValidationError', sentence(capitalless(wrong)));
    const checked = isRecord(input) ? input : {};
    rules.checkMembers(name, members, checked);
    return checked;
  };
  const call = async (request: Request): Promise<Answer> => {
    const { name, fields } = askedBy(request);
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    const version = fields.get('Version') ?? '';
    if (!operation || version !== apiVersion) {
      const message = `Could not find operation ${name} for version ${version}`;
      throw new Refusal('InvalidAction', message);
    }
    const described = rules.operation(name);
    const form = new Map(
      [...fields].filter(([field]) => field !== 'Action' && field !== 'Version'),
    );
    if (!described.input) throw new Error(`${name} takes no input in its model.`);
    const input = readByShape(rules.model, described.input, form);
    const output =
      'unsigned' in operation
        ? await operation.run(checkedInput(operation, name, input))
        : await signedRun(operation, { name, input, request });
    rules.checkAnswer(name, output);
    return queryAnswer(rules.model, described, output);
  };
  return async (request) => {
    try {
      return await call(request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      rules.checkRefusal(readForm(request)?.get('Action') ?? '', error, commonErrors);
      return queryRefusal(rules.model, error);
    }
  };
}

interface Asked {
  name: string;
  input: ReadForm;
  request: Request;
}

function askedBy(request: Request): { name: string; fields: ReadonlyMap<string, string> } {
  const { method, url } = request;
  const fields = method === 'POST' && url.pathname === '/' ? readForm(request) : undefined;
  if (!fields) throw new Refusal('MalformedInput', 'The request is no form.');
  return { name: fields.get('Action') ?? '', fields };
}

function renamed(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const [code, status] = ownNames[error.code] ?? [];
  return code === undefined ? error : new Refusal(code, error.message, status);
}

// These services begin a parameter with a small letter in their sentences.
function capitalless(violation: Violation): Violation {
  const { path } = violation;
  return { ...violation, path: `${path.slice(0, 1).toLowerCase()}${path.slice(1)}` };
}
