import { describe, expect, it } from '@jest/globals';
import { slowTexts } from '../../../../packages/local-cloud/src/linear-time.ts';
import { BadInput } from '../../src/action/input.ts';
import { parseDocument } from '../../src/document/parse-document.ts';

const read = (text: string) => parseDocument(text, 'deploy/task-definition.json');
const written = async (text: string) => JSON.stringify(await read(text));

describe('a document', () => {
  it.each([
    ['numbers as JSON has them', '{"a":1.0,"b":12345678901234567890,"c":[1e3,-0,0.5,-7]}'],
    ['a key that JavaScript uses itself', '{"__proto__":{"a":1},"constructor":"b"}'],
    ['characters of all kinds', '{"a":"é😀\\u0000\\ttab","":"empty key"}'],
    ['empty things', '{"a":"","b":[],"c":{},"d":null,"e":false,"f":0}'],
    ['a key of 2,000 characters', `{"${'k'.repeat(2_000)}":1}`],
  ])('of JSON is written again as it was: %s', async (_, text) => {
    expect(await written(text)).toBe(text);
  });

  it.each([
    [
      'blocks',
      'family: shop\ncontainerDefinitions:\n  - name: web\n',
      '{"family":"shop","containerDefinitions":[{"name":"web"}]}',
    ],
    ['numbers that JSON has not', 'a: 0x1F\nb: .5\nc: +3\n', '{"a":31,"b":0.5,"c":3}'],
    [
      'words that are no booleans',
      'a: yes\nb: on\nc: 2001-01-01\n',
      '{"a":"yes","b":"on","c":"2001-01-01"}',
    ],
    [
      'anchors',
      'a: &m {k: 1}\nb: *m\nc: {<<: *m, z: 2}',
      '{"a":{"k":1},"b":{"k":1},"c":{"k":1,"z":2}}',
    ],
    ['a comment in JSON', '{\n  # why\n  "a": 1,\n}', '{"a":1}'],
    ['nothing behind a key', 'a:\nb: {c: null, d: ~}\n', '{"a":null,"b":{"c":null,"d":null}}'],
    ['a key that is a number', '80: x', '{"80":"x"}'],
  ])('of YAML may have %s', async (_, text, json) => {
    expect(await written(text)).toBe(json);
  });

  it.each([
    ['a list', '[]', 'is a list instead of an object'],
    ['a text', 'shop', 'is a string instead of an object'],
    ['nothing', '# nothing\n', 'is empty instead of an object'],
    ['an end too early', '{"a": 1', 'is neither JSON nor YAML, in line 1, column 8: Flow map'],
    ['a key twice', '{"a": {"b": 1,\n"b": 2}}', 'has the key b twice, in line 2, column 1'],
    ['a key twice in YAML', 'a: 1\nb: 2\na: 3\n', 'has the key a twice, in line 3, column 1'],
    ['a key that is a list', '? [a]\n: b\n', 'has a key that is no text'],
    ['no value', '{"cpu": }', 'has the key cpu without a value, in line 1, column 2'],
    ['a key alone', '{\n"a": {"cpu", "b": 1}}', 'has the key cpu without a value, in line 2'],
    ['no value within YAML', 'a: {cpu: , b: 1}\n', 'has the key cpu without a value'],
    ['a tag', 'a: !Sub x\n', 'Unresolved tag: !Sub'],
    ['two documents', 'a: 1\n---\nb: 2\n', 'is neither JSON nor YAML'],
    ['no number', 'a: .inf\n', 'has .inf, which JSON has not, in line 1, column 4'],
    ['a circle', 'a: &x {b: *x}\n', 'nested too deep'],
    ['a thousand levels', `${'['.repeat(20_000)}`, 'nested too deep'],
    ['sixty levels', `${'{a: '.repeat(60)}1${'}'.repeat(60)}`, 'is nested too deep'],
    ['aliases of aliases', laughs(9), 'is neither JSON nor YAML (Excessive alias count'],
    ['too much', `{"a":"${'x'.repeat(140_000)}"}`, 'is longer than 131072 characters'],
  ])('is refused with %s', async (_, text, said) => {
    await expect(read(text)).rejects.toThrow(BadInput);
    await expect(read(text)).rejects.toThrow(said);
  });

  it('of hostile text is read in one pass', async () => {
    const refused = (error: unknown) => error instanceof BadInput;
    expect(await slowTexts(read, { refused, lengths: [10_000] })).toEqual([]);
  });
});

/** A list of ten names for the list before, and so on. */
function laughs(levels: number): string {
  const line = (level: number) => {
    const items =
      level === 0
        ? 'x'
        : Array(10)
            .fill(`*a${level - 1}`)
            .join(', ');
    return `a${level}: &a${level} [${items}]`;
  };
  return Array.from({ length: levels }, (_, level) => line(level)).join('\n');
}
