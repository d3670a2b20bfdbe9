import { parseDuration } from '../time/duration.ts';

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
}

/** Any single line. */
export const text: Input<string> = { parse: (value) => value };

/** A text that matches; `wrong` and `example` go into the error. */
export function matching(pattern: RegExp, wrong: string, example: string): Input<string> {
  return {
    parse(value) {
      if (!pattern.test(value)) throw new BadInput(wrong, example);
      return value;
    },
  };
}

/** `true` or `false`, nothing else. */
export const boolean: Input<boolean> = {
  parse(value) {
    if (value !== 'true' && value !== 'false')
      throw new BadInput('is neither true nor false', 'true');
    return value === 'true';
  },
};

/** A duration such as `45s`, `10m`, `1h`; in milliseconds. */
export function duration(least: string, most: string): Input<number> {
  const [low, high] = [parseDuration(least) ?? 0, parseDuration(most) ?? 0];
  return {
    parse(value) {
      const ms = parseDuration(value);
      if (ms === undefined) throw new BadInput('is not a duration', '10m');
      if (ms < low || ms > high) throw new BadInput(`is not between ${least} and ${most}`, '10m');
      return ms;
    },
  };
}

/** One of a few words. */
export function choice<const T extends string>(...words: T[]): Input<T> {
  return {
    parse(value) {
      const word = words.find((candidate) => candidate === value);
      if (word === undefined)
        throw new BadInput(`is not one of ${words.join(', ')}`, words[0] ?? '');
      return word;
    },
  };
}

/** One item a line; blank lines and lines that start with `#` are left out. */
export function lines<T>(item: Input<T>): Input<T[]> {
  return {
    multiline: true,
    longest: 100_000,
    parse: (value) => itemLines(value).map((line) => item.parse(line)),
  };
}

/** `KEY=VALUE` a line; everything after the first `=` is kept as it is. */
export function map(
  keys: RegExp = /^[A-Za-z_][A-Za-z0-9_]*$/,
  example = 'LOG_LEVEL=info',
): Input<Map<string, string>> {
  return {
    multiline: true,
    longest: 100_000,
    parse(value) {
      const entries = new Map<string, string>();
      for (const [number, line] of numberedLines(value)) {
        const equals = line.indexOf('=');
        const key = line.slice(0, Math.max(equals, 0)).trim();
        // The line itself may be half a secret: only its number is said.
        if (equals < 0) throw new BadInput(`has no = in line ${number}`, example);
        if (!keys.test(key)) throw new BadInput(`has no usable key in line ${number}`, example);
        if (entries.has(key)) throw new BadInput(`has the key ${key} twice`, example);
        entries.set(key, line.slice(equals + 1));
      }
      return entries;
    },
  };
}

/** A secret of one piece: masked, never shown. */
export function secret<T>(input: Input<T>): Input<T> {
  return { ...input, secrets: (value) => [value] };
}

/** A map whose values are secrets. A line without `=` is masked whole: it may be a value that lost its key. */
export function secretMap(example?: string): Input<Map<string, string>> {
  return {
    ...map(undefined, example),
    secrets: (value) => numberedLines(value).map(([, line]) => line.slice(line.indexOf('=') + 1)),
  };
}

/** An http or https address without credentials in it. */
export const webAddress: Input<URL> = {
  parse(value) {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw new BadInput('is not an http(s) address', 'https://app.example.com/health');
    }
    if (url.username || url.password) {
      throw new BadInput('carries credentials', 'https://app.example.com/health');
    }
    return url;
  },
};

/** Accepted HTTP statuses: `200`, `200-299`, or several with commas. */
export const statuses: Input<(status: number) => boolean> = {
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

function itemLines(value: string): string[] {
  return numberedLines(value).map(([, line]) => line.trim());
}

function numberedLines(value: string): Array<[number, string]> {
  return value
    .split(/\r?\n/)
    .map((line, index): [number, string] => [index + 1, line.trimStart()])
    .filter(([, line]) => line.trim() !== '' && !line.startsWith('#'));
}
