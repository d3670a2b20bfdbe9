import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../../../packages/local-cloud/src/any-character.ts';
import { joinTag, type Segment } from '../../src/tags/git-name.ts';
import { isReserved } from '../../src/tags/reserved.ts';

const legal = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const branchTag = (text: string, prefix = '', suffix = '') =>
  joinTag([{ text: prefix }, { text, git: 'branch' }, { text: suffix }]);

describe('joinTag', () => {
  it.each([
    ['dev', 'dev'],
    ['feature/x', 'feature-x'],
    ['Feature/X!', 'Feature-X-'],
    ['releases/v1', 'releases-v1'],
    ['a///b@@c', 'a-b-c'],
    ['user/über/straße', 'user-ber-stra-e'],
    ['dependabot/npm_and_yarn/@types/node-24', 'dependabot-npm_and_yarn-types-node-24'],
    ['-weird', 'weird'],
    ['.dot', 'dot'],
    ['-.-x', 'x'],
    ['/x', 'x'],
    ['_x', '_x'],
    ['x;rm -rf', 'x-rm--rf'],
    ['latest', 'branch-latest'],
    ['.latest', 'branch-latest'],
    ['Latest', 'Latest'],
    ['日本', 'branch-cf2abf0c5b'],
    ['中国', 'branch-f0e9521611'],
    ['---', 'branch-cb3f91d54e'],
  ])('branch %s', (name, tag) => {
    expect(branchTag(name)).toBe(tag);
  });

  it('says of a Git tag that it is one', () => {
    expect(joinTag([{ text: 'latest', git: 'tag' }])).toBe('tag-latest');
  });

  it.each([
    '1.2.3',
    'v1.2.3',
    'v1',
    '1',
    '1.2',
    '1/2/3',
    '1.2.3-rc.1',
    '1-alpine',
    '1.2.3_x',
    '1.0rc1',
    '1.0.post1',
    'latest',
    'buildcache',
    'slipway-staging-7-1',
    `sha256-${'0'.repeat(64)}`,
    `sha256:${'0'.repeat(64)}`,
    'sha256-abc.sig',
    'SHA512-abc',
    'sha-860c190',
    '860c190',
    '860c1904a1ce19322e91ac35af1ab07466440c37',
    'pr-7',
    'nightly',
    'edge',
  ])('a branch %s overwrites nothing of that name', (name) => {
    const written = name.replace(/[:/]/g, '-');
    expect(branchTag(name)).toBe(`branch-${written}`);
  });

  it.each([
    ['1.2.3', '1.2.3'],
    ['v1', 'v1'],
    ['2024010', '2024010'],
    ['buildcache', 'tag-buildcache'],
    ['sha256-abc', 'tag-sha256-abc'],
    ['pr-7', 'tag-pr-7'],
  ])('a Git tag %s may be a version, and nothing else that is reserved', (name, tag) => {
    expect(joinTag([{ text: name, git: 'tag' }])).toBe(tag);
  });

  it.each([
    ['pr-', 'pr-7'],
    ['', 'pr-7'],
    ['v', 'pr-v7'],
  ])('a pull request with the prefix %j does not become a version', (prefix, tag) => {
    expect(joinTag([{ text: prefix }, { text: '7', git: 'pr' }])).toBe(tag);
  });

  it('judges the whole tag, and what the rule says in front of the name', () => {
    expect(branchTag('1.2', 'v')).toBe('branch-v1.2');
    expect(branchTag('256-abc', 'sha')).toBe('branch-sha256-abc');
    expect(branchTag('1.2.3', 'app-')).toBe('app-1.2.3');
    expect(branchTag('main', '860c190-')).toBe('860c190-main');
    expect(branchTag('3d-render')).toBe('3d-render');
  });

  it('keeps a name as it is in the middle of a tag', () => {
    expect(branchTag('-x', 'a')).toBe('a-x');
    expect(branchTag('latest', '', '-dev')).toBe('latest-dev');
  });

  it('does not touch what the rule says literally', () => {
    expect(joinTag([{ text: '-x' }, { text: 'y', git: 'branch' }])).toBe('-xy');
    expect(joinTag([{ text: 'latest' }])).toBe('latest');
  });

  it('cuts a long name, keeps prefix and suffix, and tells two of them apart', () => {
    const [one, two] = ['a', 'b'].map((end) => branchTag('x'.repeat(300) + end, 'p-', '-alpine'));
    expect(one).toMatch(/^p-x{108}-[0-9a-f]{10}-alpine$/);
    expect(one).toHaveLength(128);
    expect(two).not.toBe(one);
  });

  it('leaves a name of exactly 128 characters alone', () => {
    expect(branchTag('x'.repeat(128))).toBe('x'.repeat(128));
  });

  it('gives a legal tag for 10,000 names', () => {
    const name = fc.oneof(
      fc.string({ minLength: 1, maxLength: 300 }),
      fc.string({ unit: anyCharacter, minLength: 1, maxLength: 300 }),
      fc.string({ unit: fc.constantFrom('.', '-', '/', 'x', 'é'), minLength: 1, maxLength: 300 }),
    );
    const affix = fc.constantFrom('', 'p-', 'x'.repeat(127));
    fc.assert(
      fc.property(name, affix, fc.constantFrom('', '-s'), (text, prefix, suffix) => {
        const tag = branchTag(text, prefix, suffix);
        expect(tag).toMatch(legal);
        expect(isReserved(tag, 'branch', prefix)).toBe(false);
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);

  it('never gives two long names that share their beginning the same tag', () => {
    const end = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(end, end, (a, b) => {
        fc.pre(a !== b);
        const tag = (text: string): Segment => ({ text: 'x'.repeat(130) + text, git: 'branch' });
        expect(joinTag([tag(a)])).not.toBe(joinTag([tag(b)]));
      }),
      { numRuns: 1_000 },
    );
  });
});
