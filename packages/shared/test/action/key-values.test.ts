import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../../local-cloud/src/any-character.ts';
import { much } from '../../../local-cloud/src/hostile-texts.ts';
import { slowTexts } from '../../../local-cloud/src/linear-time.ts';
import { BadInput, type Input } from '../../src/action/input.ts';
import { map, secretMap } from '../../src/action/key-values.ts';

/** The value, or what is wrong with the text. */
function read<T>(input: Input<T>, value: string): T | string {
  try {
    return input.parse(value);
  } catch (error) {
    if (error instanceof BadInput) return `${error.message} (${error.example})`;
    throw error;
  }
}

describe('map', () => {
  const example = '(LOG_LEVEL=info)';
  it.each<[given: string, entries: Record<string, string> | string]>([
    ['FOO=bar', { FOO: 'bar' }],
    ['FOO=bar=baz', { FOO: 'bar=baz' }],
    ['FOO=', { FOO: '' }],
    ['FOO= bar ', { FOO: ' bar ' }],
    ['  FOO =bar', { FOO: 'bar' }],
    ['FOO="bar"', { FOO: '"bar"' }],
    ['FOO=a # b', { FOO: 'a # b' }],
    ['FOO=a,BAR=b', { FOO: 'a,BAR=b' }],
    ['FOO=a\\nb', { FOO: 'a\\nb' }],
    ['FOO=$BAR `x`', { FOO: '$BAR `x`' }],
    ['FOO=a\r\nBAR=b\n', { FOO: 'a', BAR: 'b' }],
    ['# comment\n\n_x9=1', { _x9: '1' }],
    [
      '__proto__=x\nconstructor=y',
      Object.fromEntries([
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ]),
    ],
    ['FOO', `has no = in line 1 ${example}`],
    ['# comment\nFOO=1\nBAR', `has no = in line 3 ${example}`],
    ['=bar', `has no usable key in line 1 ${example}`],
    ['A-B=1', `has no usable key in line 1 ${example}`],
    ['1A=1', `has no usable key in line 1 ${example}`],
    ['\ufeffA=1', `has no usable key in line 1 ${example}`],
    ['A=1\nB=2\nA=3', `has the key of line 3 twice ${example}`],
  ])('%j', (given, entries) => {
    const found = read(map(), given);
    expect(typeof found === 'string' ? found : Object.fromEntries(found)).toEqual(entries);
  });

  it('has other keys where an action wants them', () => {
    const labels = map({
      keys: /^[a-z.]+$/,
      example: 'org.opencontainers.image.title=Shop',
    });
    expect(read(labels, 'a.b=c')).toEqual(new Map([['a.b', 'c']]));
    expect(read(labels, 'A=c')).toBe(
      'has no usable key in line 1 (org.opencontainers.image.title=Shop)',
    );
  });

  test('every value on one line comes back as it was given', () => {
    const value = fc
      .string({ unit: anyCharacter })
      .filter((given) => !/[\r\n]|^\s*["'{[]/.test(given));
    const entries = fc.dictionary(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/), value);
    fc.assert(
      fc.property(entries, (wanted) => {
        const given = Object.entries(wanted).map(([key, text]) => `${key}=${text}`);
        expect(Object.fromEntries(map().parse(given.join('\n')))).toEqual({ ...wanted });
      }),
    );
  });
});

// Keys as a Dockerfile names secrets.
const ids = { keys: /^[\w.-]+$/, example: 'npm_token=…', longest: 500_000 };
const parse = (text: string) => Object.fromEntries(secretMap(ids).parse(text));

describe('a value of several lines', () => {
  it.each([
    ['a line each', 'a=1\nb=2', { a: '1', b: '2' }],
    ['everything after the first =', 'a=b=c ', { a: 'b=c ' }],
    ['blanks around the key', '  a =1', { a: '1' }],
    ['comments and empty lines', '# a=1\n\n  \na=1\n', { a: '1' }],
    ['keys as files have them', '.npmrc=1\nnpm-token=2', { '.npmrc': '1', 'npm-token': '2' }],
    ['an empty value', 'a=', { a: '' }],
    ['line ends of Windows', 'a=1\r\nb=2\r\n', { a: '1', b: '2' }],
    ['a value that looks like a block', 'a=b<<END', { a: 'b<<END' }],
    ['several lines', 'a<<END\n{\n  "b": "c=d"\n}\nEND\nb=2', { a: '{\n  "b": "c=d"\n}', b: '2' }],
    ['a value that ends in a line break', 'a<<END\nkey\n\nEND', { a: 'key\n' }],
    ['an empty block', 'a<<END\nEND', { a: '' }],
    ['a block with line ends of Windows', 'a<<END\r\n1\r\n2\r\nEND\r\n', { a: '1\r\n2\r' }],
    ['a comment in a block', 'a<<END\n# 1\nEND', { a: '# 1' }],
  ])('reads %s', (_, text, values) => {
    expect(parse(text)).toEqual(values);
  });

  it.each([
    ['a line without =', 'a=1\nplanted', 'has no = in line 2'],
    ['a line whose key is none', 'a=1\n"planted": "x=y"', 'has no usable key in line 2'],
    ['no key', '=planted', 'has no usable key in line 1'],
    ['a key twice', 'planted=1\nplanted=2', 'has the key of line 2 twice'],
    [
      'a block without end',
      'a=1\nb<<END\nplanted\n END.',
      'has no end of the value that begins in line 2',
    ],
  ])('refuses %s without a word of it', (_, text, message) => {
    expect(() => secretMap(ids).parse(text)).toThrow(message);
    expect(() => secretMap(ids).parse(text)).not.toThrow('planted');
  });

  it.each([
    [
      'values',
      'a=planted\nb<<END\n1\nplanted 2\nEND',
      ['planted', '1\nplanted 2', 'a=planted', 'b<<END', 'planted 2'],
    ],
    ['lines that lost their key', 'planted 1\n"planted": "x=y"', ['planted 1', '"planted": "x=y"']],
    [
      'a block without end',
      'a<<END\nplanted\nlines',
      ['planted\nlines', 'a<<END', 'planted', 'lines'],
    ],
    ['nothing that is in every log', 'a=1\nb=', []],
  ])('masks %s', (_, text, masks) => {
    expect(secretMap(ids).secrets?.(text)).toEqual(masks);
  });

  it('keeps any value in a block as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (a, b) => {
        const value = `${a}\n${b}`;
        fc.pre(!value.split('\n').some((line) => line.trim() === 'END'));
        expect(parse(`before=1\nsecret<<END\n${value}\nEND\nafter=2`)).toEqual({
          before: '1',
          secret: value,
          after: '2',
        });
      }),
    );
  });

  it('masks every line that it does not take for a value', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), (line) => {
        fc.pre(!/[=\n\r]|^\s*#|<</.test(line) && line.trim().length >= 4);
        expect(secretMap(ids).secrets?.(`a=1234\n${line}`)?.join('\n')).toContain(line.trim());
      }),
    );
  });
});

const several = (line: number) =>
  `has a value of several lines without the form for it in line ${line} (a line TOKEN<<END, the lines of the value, a line END)`;

describe('a value of several lines without its form is not split in silence', () => {
  it.each<[what: string, text: string, line: number]>([
    ['a key', 'A=1\nKEY=-----BEGIN PRIVATE KEY-----\nMIIEvQ=\n-----END PRIVATE KEY-----', 2],
    ['the end of base64', 'KEY=MIIEvQIBADANBgkqhkiG\nc2VjcmV0c2VjcmV0c2VjcmV0==', 2],
    ['the end of base64, one =', 'KEY=MIIEvQIBADANBgkqhkiG\nc2VjcmV0c2VjcmV0c2VjcmV0=', 2],
    ['double quotes', 'KEY="first\nSECOND=2\nTHIRD=3"', 1],
    ['single quotes', "KEY='first\nSECOND='", 1],
    ['JSON', 'KEY={\nSECOND=2\n}', 1],
    ['a list', 'KEY=[\nSECOND=2\n]', 1],
  ])('%s', (_, text, line) => {
    for (const ends of [text, text.replaceAll('\n', '\r\n')]) {
      expect(read(map({ example: 'TOKEN=x' }), ends)).toBe(several(line));
      expect(read(secretMap({ example: 'TOKEN=x' }), ends)).toBe(several(line));
    }
  });

  it.each([
    ['a whole key on one line', 'KEY=-----BEGIN X-----a-----END X-----\nB=1'],
    ['quotes that are closed', 'A="x"\nB=\'y\'\nC="it\'s"\nD="'],
    ['a quote that nothing closes', 'A="x\nB=1'],
    ['JSON on one line', 'A={"b":1}\nB=[1]'],
    ['an empty value', 'A=1\nNAME_OF_SEVERAL_WORDS=\nB='],
    ['base64 that has a key', 'KEY=c2VjcmV0c2VjcmV0c2VjcmV0==\nB=1'],
  ])('but %s is read', (_, text) => {
    expect(map().parse(text).size).toBe(text.split('\n').length);
  });

  it('and each line is masked, whatever it was taken for', () => {
    const masks = secretMap().secrets?.(
      'KEY=first-half\r\nsecond=half\n# third=x\n  abc\n-----END X-----',
    );
    expect(masks).toEqual(['first-half', 'half', 'KEY=first-half', 'second=half', '# third=x']);
  });
});

const hostile = ['A="\n', 'A=\n', 'A<<\n', 'A<<B\n', '{\n', '"\n'].map(
  (part) => [part, (length: number) => much(part, length)] as const,
);

test('the longest text is read or refused in one pass', async () => {
  const input = secretMap(ids);
  const reading = (text: string) => [input.secrets?.(text), input.parse(text)];
  const refused = (error: unknown) => error instanceof BadInput;
  expect(await slowTexts(reading, { texts: hostile, lengths: [100_000], refused })).toEqual([]);
});
