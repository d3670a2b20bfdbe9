import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideOn, type Made } from './made-history.ts';

// What each of these messages asks for, by the specification: 0 nothing … 3 major.
const weights: Readonly<Record<string, number>> = {
  'docs: a': 0,
  'Merge branch x': 0,
  'fix: b': 1,
  'fix(scope): b\n\nbody': 1,
  'feat: c': 2,
  'FEAT(scope): c': 2,
  'refactor!: d': 3,
  'fix: e\n\nBREAKING CHANGE: e': 3,
};

type Numbers = [number, number, number];

const numbers = fc.tuple(fc.nat(2), fc.nat(3), fc.nat(3));

/** Any shape of history: roots, lines, merges; tags anywhere; any commit looked at. */
const histories: fc.Arbitrary<Made> = fc
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

/** The same by the words of the specification, slowly: everything is looked up again each time. */
function slowly({ commits, tags, head }: Made): string {
  const isBefore = (old: string, sha: string): boolean => {
    const parents = commits.find((commit) => commit.sha === sha)?.parents ?? [];
    return old === sha || parents.some((parent) => isBefore(old, parent));
  };
  const stable = tags
    .filter(({ name }) => !name.includes('-'))
    .map(({ name, oid }) => ({ oid, version: name.slice(1).split('.').map(Number) as Numbers }));
  const higher = (a: Numbers, b: Numbers) =>
    a[0] !== b[0] ? a[0] > b[0] : a[1] !== b[1] ? a[1] > b[1] : a[2] > b[2];
  const highest = (some: typeof stable) =>
    some.find((one) => some.every((other) => one === other || higher(one.version, other.version)));

  const own = highest(stable.filter(({ oid }) => oid === head));
  if (own) return `v${own.version.join('.')}`;
  const base = highest(stable.filter(({ oid }) => isBefore(oid, head)));
  const since = commits.filter(
    ({ sha }) => isBefore(sha, head) && !(base && isBefore(sha, base.oid)),
  );
  const weight = Math.max(0, ...since.map(({ message }) => weights[message] ?? 0));
  if (base && weight === 0) return `v${base.version.join('.')}`;

  // "0.y.z: anything may change": a break there is one of the minor version.
  const step = ([x, y, z]: Numbers): Numbers => {
    if (weight === 3 && x > 0) return [x + 1, 0, 0];
    return weight >= 2 ? [x, y + 1, 0] : [x, y, z + 1];
  };
  let next: Numbers = base ? step(base.version) : [0, 1, 0];
  while (stable.some(({ version }) => version.join() === next.join())) next = step(next);
  return `v${next.join('.')}`;
}

it('gives random histories the version of the specification', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (made) => {
      expect((await decideOn(made)).tag).toBe(slowly(made));
    }),
    { numRuns: 500 },
  );
});

it('gives a commit its version once', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (made) => {
      const { tag, kind } = await decideOn(made);
      const tagged = kind === 'create' ? [...made.tags, { name: tag, oid: made.head }] : made.tags;
      const again = await decideOn({ ...made, tags: tagged });
      expect(again.tag).toBe(tag);
      expect(again.kind).not.toBe('create');
    }),
    { numRuns: 300 },
  );
});

it('gives versions of a prerelease channel that are new and sort right', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (made) => {
      const policy = { mode: 'prerelease', channel: 'rc' } as const;
      const { tag, kind } = await decideOn(made, policy);
      if (kind !== 'create') return;
      expect(made.tags.map(({ name }) => name)).not.toContain(tag);
      const again = await decideOn(
        { ...made, tags: [...made.tags, { name: tag, oid: made.head }] },
        policy,
      );
      expect(again).toMatchObject({ tag, kind: 'exists' });
    }),
    { numRuns: 300 },
  );
});
