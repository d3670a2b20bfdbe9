import { isReadable, readable } from './readable.ts';
import { maskable, shortest, spellings } from './spellings.ts';

/**
 * Every secret of this process: of the inputs, and of the tokens that the run obtained. One register
 * for all, as the runner has one list of masks: code that writes a text need not know which secrets
 * may be in it.
 */
const kept = new Set<string>();
/** Spellings by their first characters, so that any number of them is found in one pass. */
const byStart = new Map<number, string[]>();
/** Which starts there are, by their low bits: most characters of a text begin nothing. */
const starts = new Uint8Array(0x10000);
let longest = 0;

/**
 * Remembers a secret: from now on {@link redact} takes it out of every text.
 * @returns its parts, for the masks of the runner
 */
export function keepSecret(secret: string): string[] {
  const parts = maskable(secret);
  for (const part of parts) {
    if (part.length < shortest || kept.has(part)) continue;
    kept.add(part);
    for (const spelling of spellings(part)) {
      const own = new Set([spelling, readable(spelling).text.trim()]);
      for (const text of own) if (text.length >= shortest) remember(text);
    }
  }
  return parts;
}

/** The length of the longest text that {@link redact} takes out; where a text is cut, so much may be open. */
export function longestSecret(): number {
  return longest;
}

/**
 * A text with `***` for each secret in it, also where it was escaped for Markdown, JSON, an address or
 * a shell, where it is in base64, where its blanks were collapsed, and where only one of its lines is
 * there. Takes time linear in the text.
 */
export function redact(text: string): string {
  if (byStart.size === 0 || text.length < shortest) return text;
  const spans = found(text).map(([start, end]): Span => [start, end]);
  if (!isReadable(text)) {
    const seen = readable(text);
    for (const [start, end] of found(seen.text)) {
      spans.push([seen.offsets[start] ?? 0, seen.offsets[end] ?? text.length]);
    }
  }
  return spans.length === 0 ? text : replaced(text, spans);
}

type Span = [start: number, end: number];

function remember(spelling: string): void {
  const start = startOf(spelling, 0);
  const others = byStart.get(start) ?? [];
  if (others.includes(spelling)) return;
  byStart.set(
    start,
    [...others, spelling].sort((a, b) => b.length - a.length),
  );
  starts[start & 0xffff] = 1;
  longest = Math.max(longest, spelling.length);
}

// Of the `shortest` characters from there on, four of them.
function startOf(text: string, at: number): number {
  const [first, second] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  const [third, fourth] = [text.charCodeAt(at + 2), text.charCodeAt(at + 3)];
  return ((first * 31 + second) * 31 + third) * 31 + fourth;
}

// The longest one at a place counts; one that begins inside of it may reach beyond it.
function found(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = 0; at + shortest <= text.length; at += 1) {
    const start = startOf(text, at);
    if (starts[start & 0xffff] === 0) continue;
    const spelling = byStart.get(start)?.find((one) => text.startsWith(one, at));
    if (spelling !== undefined) spans.push([at, at + spelling.length]);
  }
  return spans;
}

function replaced(text: string, spans: Span[]): string {
  spans.sort(([a], [b]) => a - b);
  const parts: string[] = [];
  let open: Span | undefined;
  let end = 0;
  const close = () => {
    if (!open) return;
    parts.push(text.slice(end, open[0]), '***');
    end = open[1];
  };
  for (const [start, stop] of spans) {
    if (open && start < open[1]) {
      open[1] = Math.max(open[1], stop);
      continue;
    }
    close();
    open = [start, stop];
  }
  close();
  return parts.join('') + text.slice(end);
}
