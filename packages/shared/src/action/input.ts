import { parseDuration } from '../time/duration.ts';
import { nearest } from './nearest.ts';

/** Thrown by a parser: what is wrong with the text, and a valid example. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
  readonly example: string;

  constructor(wrong: string, example: string) {
    super(wrong);
    this.example = example;
  }
}

/** How the text of one input becomes a value. */
export interface Input<T> {
  /** @throws BadInput; its words must never contain the text of a secret */
  parse(text: string): T;
  /** The parts of the text that must never be shown; masked before anything is parsed. */
  secrets?(text: string): string[];
  /** Longest text in characters; 1,000 when not given. */
  longest?: number;
  /** Line breaks are allowed. */
  multiline?: boolean;
  /** A valid text, shown when a required input is missing. */
  example?: string;
}

/** Any single line. */
export const text: Input<string> = { parse: (value) => value };

/** A text that matches; `wrong` and `example` go into the error. */
export function matching(pattern: RegExp, wrong: string, example: string): Input<string> {
  return {
    example,
    parse(value) {
      if (!pattern.test(value)) throw new BadInput(wrong, example);
      return value;
    },
  };
}

/** `true` or `false`, nothing else. */
export const boolean: Input<boolean> = {
  example: 'true',
  parse(value) {
    if (value !== 'true' && value !== 'false')
      throw new BadInput('is neither true nor false', 'true');
    return value === 'true';
  },
};

/** A duration such as `45s`, `10m`, `1h`; in milliseconds. */
export function duration(least: string, most: string): Input<number> {
  const [low, high] = [parseDuration(least) ?? 0, parseDuration(most) ?? 0];
  const usual = 600_000;
  const example = low <= usual && usual <= high ? '10m' : most;
  return {
    example,
    parse(value) {
      const ms = parseDuration(value);
      if (ms === undefined) throw new BadInput('is not a duration', example);
      if (ms < low || ms > high) throw new BadInput(`is not between ${least} and ${most}`, example);
      return ms;
    },
  };
}

/** A whole number between two bounds, both included; at most six digits. */
export function count(least: number, most: number): Input<number> {
  const example = String(Math.min(Math.max(5, least), most));
  return {
    example,
    parse(value) {
      const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
      if (!(number >= least && number <= most)) {
        throw new BadInput(`is not a number from ${least} to ${most}`, example);
      }
      return number;
    },
  };
}

/** One of a few words; the error shows the one that was probably meant. */
export function choice<const T extends string>(...words: T[]): Input<T> {
  const example: string = words[0] ?? '';
  return {
    example,
    parse(value) {
      const word = words.find((candidate) => candidate === value);
      if (word !== undefined) return word;
      throw new BadInput(`is not one of ${words.join(', ')}`, nearest(value, words) ?? example);
    },
  };
}

/** One item a line; blank lines and lines that start with `#` are left out. */
export function lines<T>(item: Input<T>): Input<T[]> {
  return {
    multiline: true,
    longest: 100_000,
    ...(item.example === undefined ? {} : { example: item.example }),
    parse: (value) => fullLines(value).map((line) => item.parse(line)),
  };
}

/** A secret of one piece: masked, never shown. */
export function secret<T>(input: Input<T>): Input<T> {
  return { ...input, secrets: (value) => [value] };
}

const address = 'https://app.example.com/health';

/** An http or https address without credentials in it. */
export const webAddress: Input<URL> = {
  example: address,
  parse(value) {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw new BadInput('is not an http(s) address', address);
    }
    if (url.username || url.password) throw new BadInput('carries credentials', address);
    return url;
  },
};

/** Accepted HTTP statuses: `200`, `200-299`, or several with commas. */
export const statuses: Input<(status: number) => boolean> = {
  example: '200-299',
  parse(value) {
    const ranges = value
      .split(',')
      .map((part) => /^\s*([1-5]\d\d)(?:-([1-5]\d\d))?\s*$/.exec(part));
    const bounds = ranges.map(
      (range) => [Number(range?.[1]), Number(range?.[2] ?? range?.[1])] as const,
    );
    if (bounds.some(([low, high]) => !(low <= high))) {
      throw new BadInput('is not a list of HTTP statuses', '200-299');
    }
    return (status) => bounds.some(([low, high]) => status >= low && status <= high);
  },
};

/** Lines that say something. */
export function fullLines(value: string): string[] {
  return value
    .split(/\r?\n/)
    .map(trim)
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/**
 * Without ASCII blanks at its ends. Nothing else is trimmed: a BOM or NBSP that goes away unseen
 * could turn a hostile name into another one. Not by an expression: one that looks for blanks at the
 * end goes over a hundred thousand of them in the middle for twenty seconds.
 */
export function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && blanks.includes(text.charAt(start))) start += 1;
  while (end > start && blanks.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const blanks = ' \t\r\n';
