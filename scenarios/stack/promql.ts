// PromQL as a tree: which series an expression reads, and what can be changed in it.
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

export interface Selector {
  readonly metric: string;
  /** What it asks for by `label="value"`; other operators are left out. */
  readonly equal: ReadonlyMap<string, string>;
}

/** All nodes of an expression with one of these names, in the order of the text. */
export function nodesOf(expr: string, ...names: readonly string[]): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  parser.parse(expr).iterate({
    enter({ type, node }) {
      if (type.isError) throw new Error(`no PromQL at '${expr.slice(node.from, node.from + 30)}'`);
      if (names.includes(type.name)) found.push(node);
    },
  });
  return found;
}

/** The selectors of an expression; throws where it is no PromQL. */
export function selectorsOf(expr: string): Selector[] {
  return nodesOf(expr, 'VectorSelector').map((selector) => {
    const name = selector.getChild('Identifier');
    const matchers = selector.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
    const pairs = matchers.flatMap(({ from, to }) => {
      const [, label, value] = /^(\w+)\s*=\s*"(.*)"$/s.exec(expr.slice(from, to)) ?? [];
      return label === undefined || value === undefined ? [] : [[label, value] as const];
    });
    return { metric: name ? expr.slice(name.from, name.to) : '', equal: new Map(pairs) };
  });
}
