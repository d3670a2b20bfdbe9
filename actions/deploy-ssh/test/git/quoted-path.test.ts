import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../../../packages/local-cloud/src/any-character.ts';
import { unquotedPath } from '../../src/git/quoted-path.ts';

const letters = new Map([...'abtnvfr'].map((letter, index) => ['\x07\b\t\n\v\f\r'[index], letter]));

/** As git's quote.c does it. */
function quoted(path: string): string {
  const bytes = [...Buffer.from(path).toString('latin1')].map((byte) => {
    const letter = letters.get(byte);
    if (letter !== undefined) return `\\${letter}`;
    if (byte === '"' || byte === '\\') return `\\${byte}`;
    const octal = byte.charCodeAt(0).toString(8).padStart(3, '0');
    return byte < ' ' || byte > '~' ? `\\${octal}` : byte;
  });
  const text = bytes.join('');
  return text === path ? path : `"${text}"`;
}

describe('a path that git printed', () => {
  it.each([
    ['plain name', 'plain name'],
    ['"a\\tb"', 'a\tb'],
    ['"\\303\\251\\"\\\\"', 'é"\\'],
    ['"\\a\\b\\v\\f\\r\\n\\177"', '\x07\b\v\f\r\n\x7f'],
  ])('%s is %j', (printed, path) => {
    expect(unquotedPath(printed)).toBe(path);
  });

  it('is the path that it was, whatever that is', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, minLength: 1 }), (path) => {
        expect(unquotedPath(quoted(path))).toBe(path);
      }),
    );
  });
});
