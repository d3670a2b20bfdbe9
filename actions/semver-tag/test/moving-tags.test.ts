import { expect, it } from '@jest/globals';
import { type MovingTags, movesTo } from '../src/moving-tags.ts';
import { versionTags } from '../src/version/tags.ts';
import { parseVersion } from '../src/version/version.ts';

const moves = (text: string, which: MovingTags, existing: string[], prefix = 'v') => {
  const version = parseVersion(text);
  if (!version) throw new Error(text);
  const refs = existing.map((name) => ({ name, oid: `oid of ${name}` }));
  const all = movesTo(version, {
    head: 'head',
    which,
    prefix,
    refs,
    versions: versionTags(refs, prefix),
  });
  return all.map(({ name, before }) => (before ? `${name} from ${before}` : name));
};

it.each<[string, MovingTags, string[], string[]]>([
  ['1.2.3', 'none', [], []],
  ['1.2.3', 'major', [], ['v1']],
  ['1.2.3', 'minor', [], ['v1', 'v1.2']],
  ['1.2.3', 'minor', ['v1', 'v1.2', 'v1.2.2'], ['v1 from oid of v1', 'v1.2 from oid of v1.2']],
  ['1.2.4', 'minor', ['v1.3.0'], ['v1.2']],
  ['1.2.4', 'minor', ['v1.2.5'], []],
  ['1.2.4', 'minor', ['v2.0.0'], ['v1', 'v1.2']],
  ['1.2.4', 'minor', ['v1.2.5-rc.1', 'v1.3.0-beta.1'], ['v1', 'v1.2']],
  ['1.2.4', 'major', ['v1.10.0', 'v1.9.0'], []],
  ['0.3.0', 'minor', ['v0.2.9'], ['v0', 'v0.3']],
  ['1.2.3-rc.1', 'minor', [], []],
  ['1.2.3', 'minor', ['api-v1.9.0', '1.9.0'], ['v1', 'v1.2']],
])('%s with %s beside %j moves %j', (version, which, existing, wanted) => {
  expect(moves(version, which, existing)).toEqual(wanted);
});

it('has nothing to move where a tag is there already', () => {
  const version = parseVersion('1.2.3');
  const refs = [{ name: 'v1', oid: 'head' }];
  expect(
    version && movesTo(version, { head: 'head', which: 'major', prefix: 'v', refs, versions: [] }),
  ).toEqual([]);
});
