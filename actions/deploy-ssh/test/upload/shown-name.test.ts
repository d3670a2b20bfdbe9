import { describe, expect, it } from '@jest/globals';
import { shownName } from '../../src/upload/shown-name.ts';

describe('a shown name', () => {
  it.each([
    ['a b', '"a b"'],
    ['é日本', '"é日本"'],
    ['a\n::error::b', '"a\\n::error::b"'],
    ['\x1b[2J', '"\\u001b[2J"'],
    ['a\x7fb\x9bc', '"a\\u{7f}b\\u{9b}c"'],
    ['exe\u202Etxt', '"exe\\u{202e}txt"'],
    ['a\u2028b', '"a\\u{2028}b"'],
    ['"\\', '"\\"\\\\"'],
  ])('%j is %s', (name, shown) => {
    expect(shownName(name)).toBe(shown);
  });
});
