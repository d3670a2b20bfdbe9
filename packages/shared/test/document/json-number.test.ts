import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJsonAsIs } from '../../src/document/json-number.ts';

const again = (text: string) => JSON.stringify(parseJsonAsIs(text));

describe('JSON comes back as it was', () => {
  test.each([
    '{"a":1.0}',
    '[1e5,1E+5,-0,12345678901234567890]',
    '{"a":"1.0","b":[0,-1,2.5]}',
    '{"a":"with a \\" and 1.0","b":1.0}',
    '{"1.0":1,"b":"\\\\"}',
    '1.50',
    '0',
  ])('%s', (text) => {
    expect(again(text)).toBe(text);
  });

  test('whatever it is', () => {
    const spelled = fc.constantFrom('1.0', '1e5', '-0', '12345678901234567890', '7', '0.10');
    const pieces = fc.array(fc.tuple(fc.string(), spelled), { maxLength: 8 });
    fc.assert(
      fc.property(pieces, (list) => {
        const text = `[${list.map(([word, number]) => `${JSON.stringify(word)},${number}`).join(',')}]`;
        expect(again(text)).toBe(text);
      }),
    );
  });

  test('what is no JSON is refused', () => {
    for (const text of ['{"a":', '"open', '"\\', '[1.0.0]', '']) {
      expect(() => parseJsonAsIs(text)).toThrow(SyntaxError);
    }
  });

  test('in linear time, also where a string does not end', () => {
    const start = performance.now();
    expect(() => parseJsonAsIs(`["${'\\"'.repeat(500_000)}`)).toThrow(SyntaxError);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
