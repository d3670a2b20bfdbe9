import { describe, expect, it } from '@jest/globals';
import { diffSettings } from '../../src/document/diff-settings.ts';
import { by, type Flattening, flatten } from '../../src/document/flatten.ts';
import { parseJsonAsIs } from '../../src/document/json-number.ts';
import type { JsonObject } from '../../src/document/json-object.ts';

const how: Flattening = {
  keyed: { env: by('name', 'environment') },
  sets: ['zones'],
  ofOthers: ['env', 'options'],
};
const diff = (before: JsonObject, after: JsonObject, moved = (_: string) => false) =>
  diffSettings(flatten([['web: ', before]], how), flatten([['web: ', after]], how), moved);

describe('the difference of two documents', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['the order of fields', { a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } }],
    ['the order of a set', { zones: ['1', '2'] }, { zones: ['2', '1'] }],
    [
      'the order of items with a name',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
      {
        env: [
          { name: 'B', value: '2' },
          { name: 'A', value: '1' },
        ],
      },
    ],
    ['an empty list', { command: [] }, {}],
    ['the spelling of a whole number', { a: 1 }, Object(parseJsonAsIs('{"a": 1.0}'))],
    ['the spelling of a fraction', { a: 1.5 }, Object(parseJsonAsIs('{"a": 1.50}'))],
  ])('has no line for %s', (_, before, after) => {
    expect(diff(before, after)).toEqual([]);
  });

  it('tells numbers apart that JavaScript does not', () => {
    const numbers = ['0.12345678901234567890', '0.12345678901234567891'];
    const [one, other] = numbers.map((text) => Object(parseJsonAsIs(`{"a": ${text}}`)));
    expect(diff(one, other)).toEqual([{ what: 'web: a', before: numbers[0], after: numbers[1] }]);
  });

  it('shows neither side of what may be a secret', () => {
    const env = (name: string, value: string) => ({ env: [{ name, value }] });
    expect(diff(env('TOKEN', 'hunter2'), env('TOKEN', 'hunter3'))).toEqual([
      { what: 'web: environment TOKEN', before: '***', after: '*** (changed)' },
    ]);
    expect(diff(env('A', 'hunter2'), {}, () => true)).toEqual([
      { what: 'web: environment A', before: '***', after: '' },
    ]);
    expect(diff({}, { options: { password: 'hunter2', size: '1' } })).toEqual([
      { what: 'web: options password', before: '', after: '***' },
      { what: 'web: options size', before: '', after: '1' },
    ]);
  });
});
