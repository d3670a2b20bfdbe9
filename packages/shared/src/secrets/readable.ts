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

// Colours, the empty comment of our Markdown, entities, an escaped pipe.
const mark =
  /\x1b\[[0-?]*[ -/]*[@-~]|<!---->|&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp));|\\(\|)/y;
// A text without any of these is read as it is.
const unreadable =
  /[\x00-\x1f\x7f-\xa0<&\\\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]| {2}/;
const beginsMark = new Uint8Array(0x80);
for (const one of ['\x1b', '<', '&', '\\']) beginsMark[one.charCodeAt(0)] = 1;
/** What `\s` matches beyond U+00A0. */
const spaces = new Set([0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000]);
for (let code = 0x2000; code <= 0x200a; code += 1) spaces.add(code);
const blank = 0x20;

/** Whether {@link readable} would give another text. */
export function isReadable(source: string): boolean {
  return !unreadable.test(source);
}

/**
 * A text without what Markdown, HTML and a terminal add to it: entities are characters again, colours
 * and control characters are gone, a run of blanks is one blank. Takes time linear in the text, and
 * little of it, as each line of a log goes through here.
 */
export function readable(source: string): Readable {
  const codes = new Uint16Array(source.length);
  const offsets = new Uint32Array(source.length + 1);
  let length = 0;
  let from = 0;
  const add = (code: number) => {
    if (code === blank && codes[length - 1] === blank) return;
    codes[length] = code;
    offsets[length] = from;
    length += 1;
  };
  while (from < source.length) {
    const code = source.charCodeAt(from);
    const found = beginsMark[code] === 1 ? markAt(source, from) : undefined;
    if (found) {
      for (let at = 0; at < found.shown.length; at += 1) add(found.shown.charCodeAt(at));
      from += found.length;
      continue;
    }
    const shown = plain(code);
    if (shown > 0) add(shown);
    from += 1;
  }
  offsets[length] = source.length;
  return { text: Buffer.from(codes.buffer, 0, length * 2).toString('utf16le'), offsets };
}

/** A blank for all of them, 0 for what a terminal does not show. */
function plain(code: number): number {
  if (code > blank && code < 0x7f) return code;
  if (code <= blank) return code === blank || (code >= 9 && code <= 13) ? blank : 0;
  if (code < 0xa0) return 0;
  return code === 0xa0 || (code >= 0x1680 && code < 0xd800 && spaces.has(code)) || code === 0xfeff
    ? blank
    : code;
}

function markAt(source: string, at: number): { shown: string; length: number } | undefined {
  mark.lastIndex = at;
  const found = mark.exec(source);
  if (!found) return undefined;
  const [all, decimal, hex, name, pipe] = found;
  return { shown: pipe ?? entity(decimal, hex, name), length: all.length };
}

function entity(decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return named[name] ?? '';
  const code = decimal === undefined ? Number.parseInt(hex ?? '0', 16) : Number(decimal);
  return code > blank && code <= 0x10ffff ? String.fromCodePoint(code) : code > 0 ? ' ' : '';
}
