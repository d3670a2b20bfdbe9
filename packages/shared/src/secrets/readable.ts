/** A text as a reader sees it, and where each of its characters comes from. */
export interface Readable {
  text: string;
  /** Offset in the source of each character, and behind the last one the length of the source. */
  offsets: Uint32Array;
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

// Colours and control characters, the empty comment of our Markdown, entities, an escaped pipe, blanks.
const marks =
  /\x1b\[[0-?]*[ -/]*[@-~]|<!---->|&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp));|\\(\|)|(\s+)|[\x00-\x1f\x7f-\x9f]/g;

/**
 * A text without what Markdown, HTML and a terminal add to it: entities are characters again, colours
 * and control characters are gone, a run of blanks is one blank. Takes time linear in the text.
 */
export function readable(source: string): Readable {
  const offsets = new Uint32Array(source.length + 1);
  const parts: string[] = [];
  let length = 0;
  let blank = false;
  const add = (text: string, from: number, step: number) => {
    parts.push(text);
    for (let at = 0; at < text.length; at += 1) offsets[length + at] = from + at * step;
    length += text.length;
    blank = false;
  };
  const addBlank = (from: number) => {
    if (blank) return;
    add(' ', from, 0);
    blank = true;
  };
  let end = 0;
  for (const found of source.matchAll(marks)) {
    if (found.index > end) add(source.slice(end, found.index), end, 1);
    end = found.index + found[0].length;
    const [, decimal, hex, name, pipe, blanks] = found;
    const shown = pipe ?? (name === undefined ? character(decimal, hex) : (named[name] ?? ''));
    if (blanks !== undefined || shown === ' ') addBlank(found.index);
    else if (shown !== '') add(shown, found.index, 0);
  }
  if (source.length > end) add(source.slice(end), end, 1);
  offsets[length] = source.length;
  return { text: parts.join(''), offsets };
}

function character(decimal: string | undefined, hex: string | undefined): string {
  const code = decimal === undefined ? Number.parseInt(hex ?? '0', 16) : Number(decimal);
  if (!(code > 0 && code <= 0x10ffff)) return '';
  return /\s/.test(String.fromCodePoint(code)) ? ' ' : String.fromCodePoint(code);
}
