import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseChallenges } from '../../src/image/challenge.ts';

function read(header: string) {
  return parseChallenges(header).map(({ scheme, parameters }) => [
    scheme,
    Object.fromEntries(parameters),
  ]);
}

describe('parseChallenges', () => {
  it.each<[string, ReturnType<typeof read>]>([
    [
      'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:a/b:pull,push"',
      [
        [
          'bearer',
          { realm: 'https://ghcr.io/token', service: 'ghcr.io', scope: 'repository:a/b:pull,push' },
        ],
      ],
    ],
    ['Basic realm="Registry Realm"', [['basic', { realm: 'Registry Realm' }]]],
    ['BASIC Realm = x', [['basic', { realm: 'x' }]]],
    ['Basic', [['basic', {}]]],
    [
      'Basic realm="a, b", charset="UTF-8", Bearer realm="https://x/"',
      [
        ['basic', { realm: 'a, b', charset: 'UTF-8' }],
        ['bearer', { realm: 'https://x/' }],
      ],
    ],
    [
      'Negotiate, Basic realm=x',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    ['Bearer realm="a \\"quoted\\" one"', [['bearer', { realm: 'a "quoted" one' }]]],
    ['Bearer realm="first",realm="second"', [['bearer', { realm: 'first' }]]],
    ['realm="nobody\'s"', []],
    [
      'Bearer realm="unclosed',
      [
        ['bearer', {}],
        ['realm', {}],
      ],
    ],
    ['', []],
    [', ,', []],
  ])('%s', (header, challenges) => {
    expect(read(header)).toStrictEqual(challenges);
  });

  it('reads back what a server may write', () => {
    const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const value = fc.string({ unit: fc.constantFrom(...'ab ,="\\:/'), maxLength: 12 });
    const quote = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(token, fc.dictionary(token, value)), { maxLength: 3 }),
        (all) => {
          const header = all
            .map(([scheme, parameters]) => {
              const list = Object.entries(parameters).map(
                ([name, text]) => `${name}=${quote(text)}`,
              );
              return `${scheme} ${list.join(', ')}`;
            })
            .join(', ');
          expect(read(header)).toEqual(all.map(([scheme, rest]) => [scheme, { ...rest }]));
        },
      ),
    );
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseChallenges(text)));
  });
});
