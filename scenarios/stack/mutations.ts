// Alert rules with one mistake each, as a hand may make it: tests that stay green with one of them
// do not hold the rule.
import type { SyntaxNode } from '@lezer/common';
import type { Rule } from './alert-rules.ts';
import { nodesOf } from './promql.ts';

export interface Mutation {
  /** The mistake, and at which place of those where it can be made: `threshold ×10: > 0.85`. */
  readonly what: string;
  readonly rule: Rule;
}

interface Change {
  readonly what: string;
  readonly node: SyntaxNode;
  readonly text: string;
  /** More places of the same change. */
  readonly also?: readonly SyntaxNode[];
}

const flipped: Readonly<Record<string, string>> = {
  '>': '<',
  '>=': '<',
  '<': '>',
  '<=': '>',
  '==': '!=',
  '!=': '==',
};

/** Each mistake that can be made in a rule, one at a time. */
export function mutationsOf(rule: Rule): Mutation[] {
  const { expr, for: time, ...rest } = rule;
  const changed = [thresholds, windows, comparators, halves, matchers, groupings].flatMap((list) =>
    list(expr).map(({ what, node, text, also = [] }) => ({
      what,
      rule: { ...rule, expr: replaced(expr, [node, ...also], text) },
    })),
  );
  const waits =
    time === undefined ? [] : [{ what: `for removed: ${time}`, rule: { ...rest, expr } }];
  const longer =
    time === undefined
      ? []
      : [{ what: `for doubled: ${time}`, rule: { ...rule, for: twice(time) } }];
  return numbered([...changed, ...waits, ...longer]);
}

function replaced(expr: string, nodes: readonly SyntaxNode[], text: string): string {
  return nodes
    .toSorted((a, b) => b.from - a.from)
    .reduce((whole, { from, to }) => whole.slice(0, from) + text + whole.slice(to), expr);
}

/** The same mistake at a second place gets a number. */
function numbered(mutations: readonly Mutation[]): Mutation[] {
  const seen = new Map<string, number>();
  return mutations.map(({ what, rule }) => {
    const times = (seen.get(what) ?? 0) + 1;
    seen.set(what, times);
    return { what: times === 1 ? what : `${what} (${times})`, rule };
  });
}

const sides = (node: SyntaxNode) => ({ left: node.firstChild, right: node.lastChild });
const textOf = (expr: string, { from, to }: { readonly from: number; readonly to: number }) =>
  expr.slice(from, to).replace(/\s+/g, ' ');

/** The operator of two sides, without `on` and `ignoring`. */
function operatorOf(expr: string, node: SyntaxNode): string {
  const operator = node.firstChild?.nextSibling;
  return operator ? expr.slice(operator.from, operator.to) : '';
}

function comparisons(expr: string): SyntaxNode[] {
  return nodesOf(expr, 'BinaryExpr').filter((node) => operatorOf(expr, node) in flipped);
}

function thresholds(expr: string): Change[] {
  return comparisons(expr).flatMap((node) => {
    const operator = operatorOf(expr, node);
    // The number itself, or the first of a product: 14.4 * 0.001.
    const right = sides(node).right;
    const number = right?.name === 'BinaryExpr' ? right.firstChild : right;
    if (number?.name !== 'NumberDurationLiteral') return [];
    const value = Number(expr.slice(number.from, number.to));
    const where = `${operator} ${textOf(expr, right ?? number)}`;
    if (value === 0) return [{ what: `threshold +1: ${where}`, node: number, text: '1' }];
    return [
      { what: `threshold ×10: ${where}`, node: number, text: `${value * 10}` },
      { what: `threshold ÷10: ${where}`, node: number, text: `${value / 10}` },
    ];
  });
}

function windows(expr: string): Change[] {
  return nodesOf(expr, 'NumberDurationLiteralInDurationContext').map((node) => {
    const time = expr.slice(node.from, node.to);
    return { what: `window doubled: ${time}`, node, text: twice(time) };
  });
}

function twice(time: string): string {
  return time.replace(/^\d+/, (number) => `${2 * Number(number)}`);
}

function comparators(expr: string): Change[] {
  return comparisons(expr).flatMap((node) => {
    const operator = node.firstChild?.nextSibling;
    if (!operator) return [];
    const sign = expr.slice(operator.from, operator.to);
    const where = `${sign} ${textOf(expr, sides(node).right ?? operator)}`;
    return [{ what: `comparator flipped: ${where}`, node: operator, text: flipped[sign] ?? sign }];
  });
}

/** What two sides make, without one of them: a floor, a second window, a deduction. */
function halves(expr: string): Change[] {
  return nodesOf(expr, 'BinaryExpr').flatMap((node) => {
    const operator = operatorOf(expr, node);
    const { left, right } = sides(node);
    const number = right?.name === 'NumberDurationLiteral';
    if (operator in flipped || number || left === null || right === null) return [];
    return [
      {
        what: `dropped from ${operator}: ${textOf(expr, left)}`,
        node,
        text: expr.slice(right.from, right.to),
      },
      {
        what: `dropped from ${operator}: ${textOf(expr, right)}`,
        node,
        text: expr.slice(left.from, left.to),
      },
    ];
  });
}

// `{a="b",,c="d"}` is no PromQL: what each series has stands for a matcher that is gone.
const any = 'job!="no such job"';

/** A selector that asks for less: without one label, or with one of `a|b` left out. */
function matchers(expr: string): Change[] {
  const all = nodesOf(expr, 'UnquotedLabelMatcher');
  const same = Map.groupBy(all, ({ from, to }) => expr.slice(from, to));
  const everywhere = [...same].flatMap(([text, [node, ...also]]) =>
    node === undefined || also.length === 0
      ? []
      : [{ what: `matcher dropped everywhere: ${text}`, node, also, text: any }],
  );
  const single = all.flatMap((node) => {
    const text = expr.slice(node.from, node.to);
    const [, start = '', list = ''] = /^(\w+\s*[!=]~\s*)"(.*)"$/s.exec(text) ?? [];
    const choices = list.split('|');
    const shorter = choices.map((choice) => ({
      what: `choice dropped: ${choice} of ${text}`,
      node,
      text: `${start}"${choices.filter((other) => other !== choice).join('|')}"`,
    }));
    const dropped = { what: `matcher dropped: ${text}`, node, text: any };
    return [dropped, ...(choices.length > 1 ? shorter : [])];
  });
  return [...single, ...everywhere];
}

function groupings(expr: string): Change[] {
  return nodesOf(expr, 'GroupingLabels').flatMap((node) => {
    const labels = node.getChildren('LabelName').map(({ from, to }) => expr.slice(from, to));
    // A match on no label is another thing than a sum by none: both change the labels of the result.
    return labels.map((label) => ({
      what: `label dropped: ${label} of ${node.prevSibling?.name.toLowerCase()} (${labels.join(', ')})`,
      node,
      text: `(${labels.filter((other) => other !== label).join(', ')})`,
    }));
  });
}
