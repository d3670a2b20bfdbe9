import { parseJsonAsIs } from '@slipway/shared/document/json-number';
import type { Json, JsonObject } from '@slipway/shared/document/json-object';
import type { MiddlewareStack } from '@smithy/types';

/**
 * Sends a document as the body of a command, as it is. Signing, retries and errors stay the SDK's.
 * @param stack of one command, whose own input is then not sent
 */
export function sendAsIs<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
  document: JsonObject,
): void {
  stack.add(
    (next) => (args) => {
      if (!hasBody(args.request)) throw new Error('the SDK made a request without a body');
      args.request.body = JSON.stringify(document);
      return next(args);
    },
    // After the SDK has written its own body, and before it counts and signs it.
    { name: 'sendAsIs', step: 'build', priority: 'high' },
  );
}

/**
 * Keeps the JSON of the answer as it came, with fields that the SDK does not know.
 * @param stack of one command
 * @returns a function that gives the answer once the command is over
 */
export function keepAsIs<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
): () => Json {
  let kept = '';
  stack.add(
    (next) => async (args) => {
      const output = await next(args);
      if (!hasBody(output.response)) throw new Error('the SDK got an answer without a body');
      const bytes = await read(output.response.body);
      kept = bytes.toString('utf8');
      output.response.body = bytes;
      return output;
    },
    // The first to see the answer, before the SDK parses it.
    { name: 'keepAsIs', step: 'deserialize', priority: 'low' },
  );
  // The SDK has parsed the same text before.
  return () => parseJsonAsIs(kept);
}

function hasBody(value: unknown): value is { body: unknown } {
  return typeof value === 'object' && value !== null && 'body' in value;
}

async function read(body: unknown): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (!isStream(body)) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
