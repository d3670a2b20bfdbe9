import fc from 'fast-check';
import type { Made } from './made-history.ts';

/** What each of these messages asks for, by the specification: 0 nothing … 3 major. */
export const weights: Readonly<Record<string, number>> = {
  'docs: a': 0,
  'Merge branch x': 0,
  'fix: b': 1,
  'fix(scope): b\n\nbody': 1,
  'feat: c': 2,
  'FEAT(scope): c': 2,
  'refactor!: d': 3,
  'fix: e\n\nBREAKING CHANGE: e': 3,
};

const numbers = fc.tuple(fc.nat(2), fc.nat(3), fc.nat(3));

/** Any shape of history: roots, lines, merges; tags anywhere; any commit looked at. */
export const histories: fc.Arbitrary<Made> = fc
  .integer({ min: 1, max: 14 })
  .chain((size) =>
    fc.record({
      messages: fc.array(fc.constantFrom(...Object.keys(weights)), {
        minLength: size,
        maxLength: size,
      }),
      parents: fc.array(fc.array(fc.nat(3), { maxLength: 2 }), {
        minLength: size,
        maxLength: size,
      }),
      tags: fc.uniqueArray(fc.tuple(numbers, fc.nat(size - 1), fc.constantFrom('', '-rc.1')), {
        maxLength: 8,
        selector: ([version, , suffix]) => `${version.join('.')}${suffix}`,
      }),
      head: fc.nat(size - 1),
    }),
  )
  .map(({ messages, parents, tags, head }) => {
    const name = (index: number) => index.toString(16).padStart(40, '0');
    return {
      commits: messages.map((message, index) => {
        const back = (parents[index] ?? []).map((steps) => index - 1 - steps);
        const known = [...new Set(back.filter((parent) => parent >= 0))];
        return { sha: name(index), message, parents: known.map(name) };
      }),
      tags: tags.map(([version, commit, suffix]) => ({
        name: `v${version.join('.')}${suffix}`,
        oid: name(commit),
      })),
      head: name(head),
    };
  });
