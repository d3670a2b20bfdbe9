import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildSecrets } from '../src/secret-input.ts';

const parse = (text: string) => Object.fromEntries(buildSecrets.parse(text));

describe('build secrets', () => {
  it.each([
    ['a line each', 'a=1\nb=2', { a: '1', b: '2' }],
    ['everything after the first =', 'a=b=c ', { a: 'b=c ' }],
    ['blanks around the id', '  a =1', { a: '1' }],
    ['comments and empty lines', '# a=1\n\n  \na=1\n', { a: '1' }],
    ['ids as files have them', '.npmrc=1\nnpm-token=2', { '.npmrc': '1', 'npm-token': '2' }],
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
    ['a line whose id is none', 'a=1\n"planted": "x=y"', 'has no usable id in line 2'],
    ['no id', '=planted', 'has no usable id in line 1'],
    ['an id twice', 'planted=1\nplanted=2', 'has the id of line 2 twice'],
    [
      'a block without end',
      'a=1\nb<<END\nplanted\n END.',
      'has no end of the value that begins in line 2',
    ],
  ])('refuses %s without a word of it', (_, text, message) => {
    expect(() => buildSecrets.parse(text)).toThrow(message);
    expect(() => buildSecrets.parse(text)).not.toThrow('planted');
  });

  it.each([
    ['values', 'a=planted\nb<<END\n1\nplanted 2\nEND', ['planted', '1\nplanted 2']],
    ['lines that lost their key', 'planted 1\n"planted": "x=y"', ['planted 1', '"planted": "x=y"']],
    ['a block without end', 'a<<END\nplanted\nlines', ['planted\nlines']],
    ['nothing that is in every log', 'a=1\nb=abc', []],
  ])('masks %s', (_, text, masks) => {
    expect(buildSecrets.secrets?.(text)).toEqual(masks);
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
        expect(buildSecrets.secrets?.(`a=1234\n${line}`)?.join('\n')).toContain(line.trim());
      }),
    );
  });
});
