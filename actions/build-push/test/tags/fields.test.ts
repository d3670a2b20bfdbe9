import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { linearTime, threadTime } from '../../../../packages/local-cloud/src/linear-time.ts';
import { splitFields } from '../../src/tags/fields.ts';

describe('splitFields', () => {
  it.each([
    ['type=sha', ['type=sha']],
    ['type=sha,format=long', ['type=sha', 'format=long']],
    ['type=sha, format=long ,prefix=', ['type=sha', 'format=long', 'prefix=']],
    ['type=match,"pattern=v(\\d{1,2})",group=1', ['type=match', 'pattern=v(\\d{1,2})', 'group=1']],
    ['"a,b","say ""hi"""', ['a,b', 'say "hi"']],
    ['"a" , b', ['a', 'b']],
    ['""', ['']],
    ['a,', ['a', '']],
    [',a', ['', 'a']],
    ['a,,b', ['a', '', 'b']],
    ['', ['']],
    ["{{date 'YYYY' tz='UTC'}}", ["{{date 'YYYY' tz='UTC'}}"]],
    ['a"b', undefined],
    ['"a', undefined],
    ['"a"b', undefined],
    ['a,"b', undefined],
  ])('%s', (line, fields) => {
    expect(splitFields(line)).toEqual(fields);
  });

  it('gives back whatever was quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (fields) => {
        const line = fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',');
        expect(splitFields(line)).toEqual(fields.map((field) => field.trim()));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['blanks', `a,${' '.repeat(100_000)}"x`],
    ['quotes', `"${'""'.repeat(50_000)}x`],
    ['commas', ','.repeat(100_000)],
  ])('takes no time for 100,000 %s', (_, line) => {
    expect(threadTime(() => splitFields(line))).toBeLessThan(linearTime(line.length));
  });
});
