// What may stand before the words: a list, a heading, an emoji, bold type. Four blanks are a quotation.
const lead = String.raw`^ {0,3}(?:(?:[-*+]|\d{1,3}[.)]|#{1,6}) {1,3})?(?:(?:\p{Extended_Pictographic}\ufe0f?|:[a-z_]{1,30}:) {0,2}){0,2}(?:\*\*|__)?`;
const change = 'BREAKING[ _-]CHANGES?';
const behind = String.raw`(?: {0,1}\([^()]{0,100}\))?!?(?:\*\*|__)?`;

const footer = new RegExp(`${lead}(?:${change}|BREAKING)${behind} ?:(?:\\*\\*|__)?(.*)$`, 'u');
const anyCase = new RegExp(`${lead}${change}${behind} ?:(?:\\*\\*|__)?(.*)$`, 'iu');
const dash = new RegExp(`${lead}${change}${behind} (?:[-–—] |(?=#))(.*)$`, 'u');
const alone = new RegExp(`${lead}${change}${behind} {0,3}$`, 'u');
/** What templates of pull requests are filled in with. */
const none = /^[\s*_-]*(?:no|none|nope|nothing|n\/a|not applicable|false)?[\s.!*_-]*$/i;
/** A type with the `!` at another place than the specification has it, or behind a ticket. */
const marked =
  /^(?:\[[^\]]{1,60}\] ?|(?:\p{Extended_Pictographic}\ufe0f?|:[a-z_]{1,30}:) ?)?([\p{L}\p{N}_][\p{L}\p{N}_-]{0,60}) ?(\([^()]{0,200}\))? ?! ?(\([^()]{0,200}\))? ?: *(\S.*)$/u;

/**
 * Rewrites lines that announce a break in a form that people use into the one of the specification:
 * `BREAKING CHANGE: text`. A break that is announced is never less than one, so this takes more than
 * the specification does: text on the next line, an item of a list, a heading, bold type, the
 * plural, another case, an exclamation mark at another place. What only mentions the words, what is
 * quoted, and what says that there is none stays as it is; so does what a bot quotes from the notes
 * of a dependency (`<details>`).
 */
export function withPlainBreaks(lines: readonly string[]): string[] {
  let folded = 0;
  return lines.map((line, index) => {
    if (/^ {0,3}<details\b/i.test(line)) folded += 1;
    if (folded > 0) {
      if (/<\/details>/i.test(line)) folded -= 1;
      return line;
    }
    const text = announcement(line, () => nextText(lines, index));
    if (text !== undefined) return `BREAKING CHANGE: ${text}`;
    return index === 0 ? plainMark(line) : line;
  });
}

/** What the first break of a text of any length says; undefined without one. */
export function firstBreak(text: string): string | undefined {
  for (const { index } of text.matchAll(/breaking/gi)) {
    // The words are near the beginning of their line, and no more of it is looked at than that.
    const gap = text.slice(Math.max(0, index - 60), index).search(/[^\r\n]*$/);
    const start = Math.max(0, index - 60) + gap;
    if (start > 0 && !/[\r\n]/.test(text.charAt(start - 1))) continue;
    const lines = text.slice(start, index + 2_000).split(/\r\n?|\n/, 7);
    const found = announcement(lines[0] ?? '', () => nextText(lines, 0));
    if (found !== undefined) return found || nextText(lines, 0).trim();
  }
  return undefined;
}

function announcement(line: string, next: () => string): string | undefined {
  if (!/^[^\n]{0,60}BREAKING/i.test(line)) return undefined;
  const certain = footer.exec(line)?.[1] ?? dash.exec(line)?.[1];
  if (certain !== undefined) return certain.trim();
  const likely = anyCase.exec(line)?.[1]?.trim() ?? (alone.test(line) ? '' : undefined);
  if (likely === undefined) return undefined;
  return none.test(likely || next()) ? undefined : likely;
}

function nextText(lines: readonly string[], index: number): string {
  return lines.slice(index + 1, index + 6).find((line) => line.trim() !== '') ?? '';
}

function plainMark(header: string): string {
  const [, type, before = '', after = '', subject] = marked.exec(header.slice(0, 2_000)) ?? [];
  return type === undefined ? header : `${type}${before || after}!: ${subject}`;
}
