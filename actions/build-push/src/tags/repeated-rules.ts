import { ruleName } from './invalid-tags.ts';
import type { Rule } from './rule.ts';
import type { Template } from './template.ts';

/**
 * Rules that say the same again, which is a slip of the pen: the second tag the writer had in mind
 * is missing. Two rules are the same when their attributes are, or when both are raw and spell the
 * same tag. A rule with `enable=` never counts: two of them with different conditions are how one
 * writes "or". Neither do rules that only meet on some event, such as `{{version}}` and
 * `{{major}}.{{minor}}` on a prerelease.
 */
export function repeatedRules(rules: readonly Rule[]): string[] {
  const first = new Map<string, Rule>();
  const problems: string[] = [];
  for (const rule of rules) {
    if (rule.enable !== undefined) continue;
    const meaning = meaningOf(rule);
    const earlier = first.get(meaning);
    if (earlier === undefined) first.set(meaning, rule);
    else {
      problems.push(
        `Input tags, ${ruleName(rule)}: gives the same tag as ${ruleName(earlier)}. ` +
          'Valid: each tag from one rule',
      );
    }
  }
  return problems;
}

function meaningOf(rule: Rule): string {
  if (rule.type === 'raw') {
    return JSON.stringify(['raw', joinTexts([...rule.prefix, ...rule.value, ...rule.suffix])]);
  }
  const { line, text, priority, latest, ...meaning } = rule;
  return JSON.stringify(meaning, (_, value) => (value instanceof RegExp ? String(value) : value));
}

// Text in prefix, value or suffix is all the same to the tag.
function joinTexts(template: Template): Template {
  const joined: Template[number][] = [];
  for (const piece of template) {
    const last = joined.at(-1);
    if (piece.kind === 'text' && last?.kind === 'text') {
      joined[joined.length - 1] = { kind: 'text', text: last.text + piece.text };
    } else joined.push(piece);
  }
  return joined;
}
