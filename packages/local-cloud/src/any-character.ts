import fc from 'fast-check';

const [surrogates, all] = [0x800, 0x110000];
const firstSurrogate = 0xd800;

/**
 * Any character of Unicode: unit of `fc.string`. The unit `binary` of fast-check means the same, and
 * makes a table of all 1.1 million of them in each test file that uses it.
 */
export const anyCharacter: fc.Arbitrary<string> = fc.nat(all - surrogates - 1).map(
  (index) => String.fromCodePoint(index < firstSurrogate ? index : index + surrogates),
  (character) => {
    const [only = '', ...more] = String(character);
    const point = only.codePointAt(0);
    if (point === undefined || more.length > 0) throw new Error('not one character');
    return point < firstSurrogate ? point : point - surrogates;
  },
);
