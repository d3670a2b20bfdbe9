import { Failure } from '@slipway/shared/failure/failure';
import { cut } from '@slipway/shared/secrets/cut';
import { closest, distance } from 'fastest-levenshtein';
import { type BaseIssue, type GenericSchema, type InferOutput, safeParse } from 'valibot';
import type { YamlDocument } from './yaml-document.ts';

type Code =
  | 'gate/policy-key'
  | 'gate/policy-type'
  | 'gate/policy-purl'
  | 'gate/allowlist-incomplete';

/**
 * Checks a document against a schema.
 * @throws Failure with the code of the first problem, and the sentences of all of them
 */
export function checkShape<S extends GenericSchema>(
  schema: S,
  document: YamlDocument,
): InferOutput<S> {
  const result = safeParse(schema, document.value);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => problemOf(issue, schema, document));
  const code = problems[0]?.code ?? 'gate/policy-type';
  throw Failure.of(code, { problems: problems.map(({ sentence }) => sentence).join('\n') });
}

function problemOf(
  issue: BaseIssue<unknown>,
  schema: GenericSchema,
  document: YamlDocument,
): { code: Code; sentence: string } {
  const keys = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
  const place = document.place(keys);
  const say = (code: Code, text: string) => ({ code, sentence: `${place}: ${text}.` });
  const last = String(keys.at(-1) ?? '');
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const near = nearest(last, keysAt(schema, keys.slice(0, -1)));
    return say(
      'gate/policy-key',
      `${dotted(keys)} is no key${near ? `; did you mean ${near}?` : ''}`,
    );
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined') {
    const entry = dotted(keys.slice(0, -1));
    const incomplete = /^(?:allow|\d+)/.test(String(keys[0]));
    return say(
      incomplete ? 'gate/allowlist-incomplete' : 'gate/policy-key',
      `${entry} has no ${last}`,
    );
  }
  const shown = keys.length > 0 ? dotted(keys) : 'it';
  if (issue.type === 'check' && last === 'purl') {
    return say('gate/policy-purl', `${shown} ${issue.message}: ${short(issue.input)}`);
  }
  const wrong = issue.type === 'strict_object' ? 'is not a map of keys' : issue.message;
  const incomplete = issue.type === 'regex' && /^(?:owner|reason|id)$/.test(last);
  return say(
    incomplete ? 'gate/allowlist-incomplete' : 'gate/policy-type',
    `${shown} ${wrong}: ${short(issue.input)}`,
  );
}

/** The keys that a map of the schema has at a path. */
function keysAt(schema: unknown, path: readonly (string | number)[]): string[] {
  let at: unknown = unwrapped(schema);
  for (const key of path) {
    const next =
      typeof key === 'number' ? property(at, 'item') : property(property(at, 'entries'), key);
    at = unwrapped(next);
  }
  return Object.keys(Object(property(at, 'entries')));
}

function unwrapped(schema: unknown): unknown {
  const inner = property(schema, 'wrapped');
  return inner === undefined ? schema : unwrapped(inner);
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = closest(name, known);
  return distance(name, near) <= Math.max(2, name.length / 3) ? near : undefined;
}

/** `allow[0].owner` */
function dotted(keys: readonly (string | number)[]): string {
  return keys
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : index > 0 ? `.${key}` : key))
    .join('');
}

function short(value: unknown): string {
  return cut(JSON.stringify(value) ?? String(value), 80);
}
