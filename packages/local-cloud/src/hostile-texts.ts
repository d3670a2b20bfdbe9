/** A text of at least so many characters, out of one part. */
export const much = (part: string, length: number): string =>
  part.repeat(Math.ceil(length / part.length));

/** Makes a text of about so many characters. */
export type MakeText = (length: number) => string;

const repeated =
  (part: string): MakeText =>
  (length) =>
    much(part, length);

/** What a careless expression, or a reader that starts again with each chunk, goes over and over. */
export const hostileTexts: ReadonlyArray<readonly [what: string, make: MakeText]> = [
  ['blanks with a word behind them', (length) => `a${much(' ', length)}b`],
  ['blanks', repeated(' ')],
  ['line breaks', repeated('\n')],
  ['line breaks with a word behind them', (length) => `${much('\n', length)}::b`],
  ['blanks and line breaks', (length) => `a${much(' \n', length)}::b`],
  ['carriage returns', (length) => `a${much('\r', length)}b`],
  ['both kinds of line ends', repeated('\r\n')],
  ['one line without an end', repeated('x')],
  ['a colon and one word', (length) => `:${much('x', length)}`],
  ['colons', repeated(':')],
  ['digits', repeated('1')],
  ['dots with a word behind them', (length) => `${much('.', length)}b`],
  ['dots and blanks', (length) => `a${much(' .', length)}b`],
  ['[', repeated('[')],
  ['<', repeated('<')],
  ['(', repeated('(')],
  ['{', repeated('{')],
  ['double quotes', repeated('"')],
  ['single quotes', repeated("'")],
  ['backticks', repeated('`')],
  ['backslashes', repeated('\\')],
  ['a quote that never ends', (length) => `err="${much('\\"', length)}`],
  ['zero bytes', repeated('\0')],
  ['escape characters', repeated('\x1b')],
  ['a colour that never ends', (length) => `\x1b[${much('1;', length)}`],
  ['combining characters', (length) => `e${much('\u0301', length)}`],
  ['halves of surrogate pairs', repeated('\ud83d')],
  ['line separators', repeated('\u2028 ')],
  ['commands', repeated('##[ ::')],
  ['links', repeated('[a](http://a.b)')],
  ['headers', repeated('feat(a): b\n\n')],
  ['list items', repeated('* fix: a\n')],
];
