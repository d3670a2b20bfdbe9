import { whyIllegal } from './legal.ts';
import type { AnyRule } from './rule.ts';
import type { RuleProblem, Template } from './template.ts';

// Stands for a part that only the run knows.
const unknown: Template = [{ kind: 'fact', name: 'sha' }];

/**
 * Checks what a rule says literally: no text in it may be illegal in a tag, and when there is
 * nothing but text, the whole has to be a tag. Whether there is anything at all is for the reader of
 * the rule. A rule that is switched off is left in peace: its value may be an empty or foreign
 * `${{ expression }}` that belongs to another event.
 * @param body the part between prefix and suffix; undefined when only the run knows it
 */
export function checkText(
  { enable, prefix, suffix }: AnyRule,
  name: string,
  body: Template | undefined,
  problem: RuleProblem,
): void {
  if (enable === false) return;
  const wrong = new Set<string>();
  let whole: string | undefined = '';
  for (const [attribute, template] of [
    ['prefix', prefix],
    [name, body ?? unknown],
    ['suffix', suffix],
  ] as const) {
    for (const piece of template) {
      if (piece.kind !== 'text') {
        whole = undefined;
        continue;
      }
      const why = whyIllegal(piece.text, whole === '' ? 'start' : 'middle');
      if (why && !wrong.has(attribute)) {
        problem(`${attribute} "${piece.text.slice(0, 60)}" ${why}`);
        wrong.add(attribute);
      }
      if (whole !== undefined) whole += piece.text;
    }
  }
  const why = whole && wrong.size === 0 ? whyIllegal(whole, 'all') : undefined;
  if (why) problem(`${name} ${why}`);
}
