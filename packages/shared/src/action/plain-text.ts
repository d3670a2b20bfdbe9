/**
 * Text without colours (all of ECMA-48's CSI sequences) and control characters; tabs and line feeds
 * stay. Not node:util's, whose import alone costs 4 ms of an action's start.
 */
export function plainText(text: string): string {
  return text.replace(/\x1b\[[0-?]*[ -/]*[@-~]/g, '').replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');
}

/**
 * A text without some characters at its end. Not by an expression: one that looks for dots at the
 * end goes over a hundred thousand of them in the middle for seconds.
 */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
