import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { histories, weights } from './any-history.ts';
import { decideOn, type Made } from './made-history.ts';

type Numbers = [number, number, number];

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
  // What a released version has in it gets none of its own.
  const later = stable.filter(
    ({ oid, version }) => isBefore(head, oid) && (!base || higher(version, base.version)),
  );
  const holder = later.find((one) =>
    later.every((other) => one === other || higher(other.version, one.version)),
  );
  if (holder) return `v${holder.version.join('.')}`;
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
