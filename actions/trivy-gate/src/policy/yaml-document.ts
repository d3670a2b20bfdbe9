import { withoutEnd } from '@slipway/shared/action/plain-text';
import { Failure } from '@slipway/shared/failure/failure';
import type { NamedText } from './text-input.ts';

/** A YAML document, and where its parts are. */
export interface YamlDocument {
  /** What it says; undefined when it is empty. */
  value: unknown;
  /** `policy.yml:12` for a key or an entry of a list, or for what is nearest above it. */
  place(path: readonly (string | number)[]): string;
}

/**
 * Reads YAML 1.2 (JSON is YAML too). One document, no key twice.
 * @param input name of the input, for failures
 * @throws Failure `gate/policy-unreadable`
 */
export async function readYaml(input: string, { name, text }: NamedText): Promise<YamlDocument> {
  const { isCollection, isMap, isNode, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const fail = (said: string, at: number): Failure =>
    Failure.of('gate/policy-unreadable', { input, said: `${name}:${lineOf(at)}: ${said}` });
  const startOf = (node: unknown) => (isNode(node) ? node.range?.[0] : undefined);
  const lineOf = (at: number) => Math.max(1, lines.linePos(at).line);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) throw fail(withoutEnd(error.message.trimEnd(), '.'), error.pos[0]);
  let value: unknown;
  try {
    value = document.toJS() ?? undefined;
  } catch (problem) {
    throw fail(problem instanceof Error ? problem.message : String(problem), 0);
  }
  return {
    value,
    place(path) {
      let [at, node]: [number, unknown] = [0, document.contents];
      for (const key of path) {
        const found: unknown = isMap(node)
          ? node.items.find((item) => String(item.key) === String(key))?.key
          : undefined;
        const next: unknown = isCollection(node) ? node.get(key, true) : undefined;
        at = startOf(found) ?? startOf(next) ?? at;
        node = next;
      }
      return `${name}:${lineOf(at)}`;
    },
  };
}
