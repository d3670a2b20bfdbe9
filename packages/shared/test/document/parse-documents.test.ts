import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { BadInput } from '../../src/action/input.ts';
import { parseDocuments } from '../../src/document/parse-document.ts';

const read = (text: string) => parseDocuments(text, { example: 'deploy', longest: 1_000_000 });
const written = async (text: string) =>
  (await read(text)).map(({ value }) => JSON.stringify(value)).join('\n');

describe('a scalar means what it means to kubectl', () => {
  // Read by kubectl 1.32: `kubectl annotate --local -f FILE a=b -o json`.
  it.each([
    ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
      (word) => [word, 'true'] as const,
    ),
    ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
      (word) => [word, 'false'] as const,
    ),
    ...['yES', 'tRUE', 'oN', 'nO', 'fALSE', 'oFF', 'truE'].map(
      (word) => [word, `"${word}"`] as const,
    ),
    ['', 'null'],
    ['~', 'null'],
    ['null', 'null'],
    ['NULL', 'null'],
    ['nULL', '"nULL"'],
    ['0644', '420'],
    ['0o644', '420'],
    ['-0644', '-420'],
    ['019', '19'],
    ['0x1F', '31'],
    ['-0x1F', '-31'],
    ['0b101', '5'],
    ['1_000', '1000'],
    ['+12', '12'],
    ['1:30', '"1:30"'],
    ['190:20:30', '"190:20:30"'],
    ['2001-01-01', '"2001-01-01"'],
    ['2001-12-14t21:59:43.10-05:00', '"2001-12-14t21:59:43.10-05:00"'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e1_0', '1e10'],
    ['100m', '"100m"'],
    ['1Gi', '"1Gi"'],
    ['1.2.3', '"1.2.3"'],
    ['0x', '"0x"'],
    ['1e', '"1e"'],
    ['"yes"', '"yes"'],
    ["'0644'", '"0644"'],
    ['!!str 0644', '"0644"'],
    ['<<', '"<<"'],
  ])('%s', async (word, json) => {
    expect(await written(`a: ${word}\n`)).toBe(`{"a":${json}}`);
  });

  it.each([
    ['yes: 1', '{"true":1}'],
    ['off: 1', '{"false":1}'],
    ['0644: 1', '{"420":1}'],
    ['8080: 1', '{"8080":1}'],
    ['1.5: 1', '{"1.5":1}'],
  ])('as a key: %s', async (line, json) => {
    expect(await written(`${line}\n`)).toBe(json);
  });
});

describe('documents', () => {
  it('keep the spelling of numbers that JSON has', async () => {
    expect(await written('a: 12345678901234567890\nb: 1.0\nc: 1e3\n')).toBe(
      '{"a":12345678901234567890,"b":1.0,"c":1e3}',
    );
  });

  it('say the line that they begin in; empty ones are left out', async () => {
    const found = await read('# first\na: 1\n---\n---\n# only a comment\n---\n\nb: 2\n...\n');
    expect(found.map(({ line }) => line)).toEqual([2, 8]);
  });

  it('of a text without any are none', async () => {
    expect(await read('')).toEqual([]);
  });

  it('that JSON writes are read as they were', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1 }),
        async (all) => {
          const text = all.map((one) => JSON.stringify(one)).join('\n---\n');
          expect(await written(text)).toBe(
            all.map((one) => JSON.stringify(JSON.parse(JSON.stringify(one)))).join('\n'),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('that a program writes for YAML 1.1 are read as they were', async () => {
    const values = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()));
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const text = stringify(value, { version: '1.1' });
        const [found] = await read(text);
        expect(found?.value).toEqual({ ...value });
      }),
      { numRuns: 200 },
    );
  });

  it('of any text are read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const found = await read(text).catch((error: unknown) => error);
        expect(Array.isArray(found) || found instanceof BadInput).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
