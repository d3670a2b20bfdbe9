/** Text that shows as itself in GitHub's Markdown: no markup, no HTML, no mention, no link. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[\\`*_{}[\]()#+!|<>~&$:-]/g, (mark) => `&#${mark.charCodeAt(0)};`)
    .replaceAll('@', '&#64;<!---->')
    .replace(/\b(https?|www)(?=&#58;|\.)/gi, '$1<!---->');
}

/** Text in a code span; the fence is longer than any run of backticks in it. */
export function codeSpan(text: string): string {
  const line = text.replace(/[\x00-\x1f\x7f]+/g, ' ');
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = /^`|`$|^ .* $/.test(line) ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Lines in a code block; the fence is longer than any run of backticks in them. */
export function codeBlock(text: string, language = 'text'): string {
  const clean = text.replace(/\x1b\[[\d;]*m/g, '').replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '');
  const fence = '`'.repeat(Math.max(3, longestRun(clean) + 1));
  return `${fence}${language}\n${clean.replace(/\n$/, '')}\n${fence}`;
}

/** A Markdown table; cells are Markdown already, a `|` in a code span is escaped. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
