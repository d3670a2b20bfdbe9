import { describe, expect, it } from '@jest/globals';
import {
  BadInput,
  boolean,
  choice,
  duration,
  type Input,
  lines,
  matching,
  secret,
  statuses,
  text,
  webAddress,
} from '../../src/action/input.ts';

/** The value, or what is wrong with the text. */
function read<T>(input: Input<T>, value: string): T | string {
  try {
    return input.parse(value);
  } catch (error) {
    if (error instanceof BadInput) return `${error.message} (${error.example})`;
    throw error;
  }
}

describe('single values', () => {
  const port = matching(/^\d+$/, 'is not a number', '8080');
  const mode = choice('compose', 'release');
  const noDuration = 'is not a duration (10m)';
  const outside = 'is not between 1s and 6h (10m)';
  it.each<[name: string, input: Input<unknown>, given: string, value: unknown]>([
    ['text', text, ' "quoted"\tas it is ', ' "quoted"\tas it is '],
    ['matching', port, '80', '80'],
    ['matching', port, '80 ', 'is not a number (8080)'],
    ['boolean', boolean, 'true', true],
    ['boolean', boolean, 'false', false],
    ['boolean', boolean, 'TRUE', 'is neither true nor false (true)'],
    ['boolean', boolean, 'yes', 'is neither true nor false (true)'],
    ['duration', duration('1s', '6h'), '90s', 90_000],
    ['duration', duration('1s', '6h'), '1s', 1_000],
    ['duration', duration('1s', '6h'), '6h', 21_600_000],
    ['duration', duration('1s', '6h'), '0s', outside],
    ['duration', duration('1s', '6h'), '7h', outside],
    ['duration', duration('1s', '6h'), '10', noDuration],
    [
      'duration with another example',
      duration('1s', '30s'),
      '1m',
      'is not between 1s and 30s (30s)',
    ],
    ['choice', mode, 'release', 'release'],
    ['choice', mode, 'Release', 'is not one of compose, release (release)'],
    ['choice', mode, 'realese', 'is not one of compose, release (release)'],
    [
      'choice',
      choice('Never', 'OnFailure'),
      'onfailure',
      'is not one of Never, OnFailure (OnFailure)',
    ],
    ['choice', mode, 'git', 'is not one of compose, release (compose)'],
    ['choice', mode, 'toString', 'is not one of compose, release (compose)'],
  ])('%s: %s %s', (_, input, given, value) => {
    expect(read(input, given)).toEqual(value);
  });
});

describe('lines', () => {
  const nbsp = '\xa0';
  const bom = '\ufeff';
  it.each<[given: string, items: string[]]>([
    ['one', ['one']],
    ['one\ntwo\r\nthree', ['one', 'two', 'three']],
    ['\n  one\t\n\n \t \n two\n', ['one', 'two']],
    ['# a comment\n  # another\none', ['one']],
    ['one # no comment', ['one # no comment']],
    ['bar=qux#baz', ['bar=qux#baz']],
    ['type=local,src=path', ['type=local,src=path']],
    ['"a ""b"""', ['"a ""b"""']],
    [`${bom}one\n${nbsp}two${nbsp}`, [`${bom}one`, `${nbsp}two${nbsp}`]],
    [nbsp, [nbsp]],
    ['# nothing', []],
  ])('%j', (given, items) => {
    expect(lines(text).parse(given)).toEqual(items);
  });

  it('reads each item, and fails with the first that is wrong', () => {
    expect(read(lines(boolean), 'true\nfalse')).toEqual([true, false]);
    expect(read(lines(boolean), 'true\nmaybe')).toBe('is neither true nor false (true)');
  });
});

describe('secrets of a text, to be masked', () => {
  it.each<[what: string, input: Input<unknown>, given: string, secrets: string[]]>([
    ['a text', text, 'plain', []],
    ['a secret', secret(text), 'hunter22', ['hunter22']],
  ])('%s', (_, input, given, secrets) => {
    expect(input.secrets?.(given) ?? []).toEqual(secrets);
  });

  it('keeps what its input is', () => {
    expect(read(secret(boolean), 'x')).toBe('is neither true nor false (true)');
  });
});

describe('web addresses', () => {
  const example = '(https://app.example.com/health)';
  it.each([
    ['https://app.example.com/health?x=1', 'https://app.example.com/health?x=1'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/'],
    ['http://[::1]:3000/', 'http://[::1]:3000/'],
    ['HTTPS://Example.com', 'https://example.com/'],
    ['app.example.com', `is not an http(s) address ${example}`],
    ['/health', `is not an http(s) address ${example}`],
    ['ftp://example.com', `is not an http(s) address ${example}`],
    ['file:///etc/passwd', `is not an http(s) address ${example}`],
    ['javascript:alert(1)', `is not an http(s) address ${example}`],
    ['https://user:hunter22@example.com', `carries credentials ${example}`],
    ['https://user@example.com', `carries credentials ${example}`],
  ])('%s', (given, found) => {
    const url = read(webAddress, given);
    expect(typeof url === 'string' ? url : url.href).toBe(found);
  });
});

describe('statuses', () => {
  it.each<[given: string, accepted: number[], refused: number[]]>([
    ['200', [200], [199, 201]],
    ['200-299', [200, 204, 299], [199, 300]],
    ['200, 301-302,404', [200, 301, 302, 404], [300, 303, 403]],
    ['100-599', [100, 599], []],
  ])('%s', (given, accepted, refused) => {
    const accepts = statuses.parse(given);
    expect(accepted.map(accepts)).toEqual(accepted.map(() => true));
    expect(refused.map(accepts)).toEqual(refused.map(() => false));
  });

  it.each(['ok', '2xx', '99', '600', '299-200', '200,', '200-', '-200', '200 201', '2e2'])(
    '%s is none',
    (given) => {
      expect(read(statuses, given)).toBe('is not a list of HTTP statuses (200-299)');
    },
  );
});
