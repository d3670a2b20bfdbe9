import { redactable } from '../secrets/spellings.ts';
import { BadInput, type Input, trim } from './input.ts';

/** One entry of a map. */
interface KeyValueLine {
  /** Line that it begins in, counted from 1. */
  line: number;
  key: string;
  value: string;
  /** What is wrong with its form; never has text of the input in it, which may be half a secret. */
  wrong?: string;
}

/** What a map is made of. */
export interface MapOptions {
  /** What a key looks like; the name of a variable when not given. */
  keys?: RegExp;
  example?: string;
  /** Longest text in characters. */
  longest?: number;
}

const variable = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * `KEY=VALUE` a line, everything after the first `=` kept as it is; a value of several lines between
 * `KEY<<END` and a line `END`, as in the file of GITHUB_OUTPUT. A value of several lines without that
 * form would be split in silence, so what looks like one is refused (docs/decisions/0016).
 */
export function map(options: MapOptions = {}): Input<Map<string, string>> {
  const { keys = variable, example = 'LOG_LEVEL=info', longest = 100_000 } = options;
  return {
    multiline: true,
    longest,
    example,
    parse(text) {
      const values = new Map<string, string>();
      for (const { line, key, value, wrong } of entriesOf(text)) {
        if (wrong === severalLines) throw new BadInput(`${wrong} ${line}`, blockExample(example));
        if (wrong !== undefined) throw new BadInput(`${wrong} ${line}`, example);
        if (!keys.test(key)) throw new BadInput(`has no usable key in line ${line}`, example);
        if (values.has(key)) throw new BadInput(`has the key of line ${line} twice`, example);
        values.set(key, value);
      }
      return values;
    },
  };
}

/**
 * A map whose values are secrets. Each line is masked as well, whatever it is taken for: it may be part
 * of a value that lost its form. A text of less than four characters is in every log: masked, it would
 * make GitHub drop each job output that happens to contain it, such as a digest.
 */
export function secretMap(options: MapOptions = {}): Input<Map<string, string>> {
  return {
    ...map(options),
    secrets: (text) => {
      const values = entriesOf(text).map(({ value }) => value);
      const lines = text.split('\n').map(trim);
      const all = [...new Set([...values, ...lines])].filter(redactable);
      // The frame of a key is no secret, and in the words of others.
      return all.filter((part) => !/^-----(?:BEGIN|END) [A-Z ]+-----$/.test(part));
    },
  };
}

const severalLines = 'has a value of several lines without the form for it in line';

function blockExample(example: string): string {
  const key = example.split('=', 1)[0] ?? '';
  return `a line ${key}<<END, the lines of the value, a line END`;
}

function entriesOf(text: string): KeyValueLine[] {
  const lines = text.split('\n');
  const closing = lastClosingLine(lines);
  const entries: KeyValueLine[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = at + 1;
    const content = (lines[at] ?? '').replace(/^[ \t]+|\r$/g, '');
    if (trim(content) === '' || content.startsWith('#')) continue;
    const [, key, end] = /^([^\s=<]+)[ \t]*<<(\S+)[ \t]*$/.exec(content) ?? [];
    if (key === undefined || end === undefined) {
      const entry = { line, ...entryOf(content) };
      const goesOn = opens(entry.value) || (closing.get(openQuote(entry.value)) ?? 0) > line;
      const continues = entries.at(-1)?.line === at && endOfBase64.test(content);
      entries.push(goesOn || continues ? { ...entry, wrong: entry.wrong ?? severalLines } : entry);
      continue;
    }
    const rest = lines.slice(at + 1);
    const length = rest.findIndex((candidate) => candidate.trim() === end);
    const value = rest.slice(0, length < 0 ? rest.length : length).join('\n');
    const wrong = 'has no end of the value that begins in line';
    entries.push({ line, key, value, ...(length < 0 && { wrong }) });
    at += length < 0 ? rest.length : length + 1;
  }
  return entries;
}

// A line that is no entry may be part of a secret that lost its form: all of it counts as one.
function entryOf(content: string): Omit<KeyValueLine, 'line'> {
  const equals = content.indexOf('=');
  if (equals < 0) return { key: '', value: content, wrong: 'has no = in line' };
  return { key: trim(content.slice(0, equals)), value: content.slice(equals + 1) };
}

const endOfBase64 = /^[A-Za-z0-9+/]{16,}={1,2}$/;

/** Whether a value begins something that ends on another line. */
function opens(value: string): boolean {
  const text = trim(value);
  if (text === '{' || text === '[') return true;
  return text.startsWith('-----BEGIN ') && !text.includes('-----END ');
}

/** The quote that a value opens and does not close; empty when there is none. */
function openQuote(value: string): string {
  const quote = trim(value).charAt(0);
  if (quote !== '"' && quote !== "'") return '';
  return value.indexOf(quote) === value.lastIndexOf(quote) ? quote : '';
}

/** For each quote the last line that ends with one that no other on that line opens. */
function lastClosingLine(lines: readonly string[]): Map<string, number> {
  const last = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const quote = trim(line).at(-1) ?? '';
    if (quote !== '"' && quote !== "'") continue;
    if (line.split(quote).length % 2 === 0) last.set(quote, index + 1);
  }
  return last;
}
