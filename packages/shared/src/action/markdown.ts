import { redact } from '../secrets/redact.ts';
import { trim } from './input.ts';
import { plainText } from './plain-text.ts';

// GitHub looks for mentions, issues, emoji and addresses in the finished text, where an entity is a
// character again; an empty comment keeps the two halves apart.
const apart = '<!---->';

/**
 * Text that shows as itself in GitHub's Markdown, on one line: no markup, no HTML, no mention, no
 * issue, no emoji, no link.
 */
export function escapeMarkdown(text: string): string {
  return trim(oneLine(text))
    .replace(/[\\`*_{}[\]()#+!|<>~&$:@-]/g, (mark) => `&#${mark.charCodeAt(0)};`)
    .replace(/^(\d+)\./, '$1&#46;')
    .replace(/^=/, '&#61;')
    .replace(/&#64;|&#35;(?=\d)|&#58;(?=(?:\w|&#4[35];|&#95;)+&#58;)/g, `$&${apart}`)
    .replace(/\b(?:https?|ftp|www)(?=&#58;|\.)/gi, `$&${apart}`);
}

/** Text in a code span, on one line; the fence is longer than any run of backticks in it. */
export function codeSpan(text: string): string {
  const line = oneLine(text);
  if (line === '') return '';
  // In a table, renderers do not agree on a backslash before a pipe.
  if (line.includes('\\|')) return `<code>${escapeMarkdown(line)}</code>`;
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = /^`|`$|^ .* $/.test(line) ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Lines in a code block; the fence is longer than any run of backticks in them. */
export function codeBlock(text: string, language = 'text'): string {
  const clean = plainText(redact(text));
  const fence = '`'.repeat(Math.max(3, longestRun(clean) + 1));
  return `${fence}${language}\n${clean.replace(/\n$/, '')}\n${fence}`;
}

/** A Markdown table; cells are Markdown already, a `|` in a code span is escaped. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function oneLine(text: string): string {
  // Runs of blanks as a whole: an expression that begins each run anew needs minutes for a long one.
  return plainText(redact(text)).replace(/\s+/g, (run) =>
    /[\n\u2028\u2029]/.test(run) ? ' ' : run,
  );
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
