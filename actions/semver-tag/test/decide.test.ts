import { describe, expect, it } from '@jest/globals';
import { Failure } from '@slipway/shared/failure/failure';
import type { VersionPolicy } from '../src/decide.ts';
import { parseRange } from '../src/version/range.ts';
import { decideOn, type Line, line, surveyOf } from './made-history.ts';

/** What a run gives: the tag, or why there is none. */
async function outcome(history: Line, policy: Partial<VersionPolicy> = {}): Promise<string> {
  try {
    const { kind, tag, version, previousTag } = await decideOn(history, policy);
    const name = tag || version.text;
    const words = kind === 'create' ? name : `${name} ${kind}`;
    return previousTag ? `${words} after ${previousTag}` : words;
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

const range = (text: string) => ({ range: parseRange(text) });

// A line of commits, oldest first; what begins with @ tags the commit before it.
describe('mode release', () => {
  it.each<[string, Line, Partial<VersionPolicy>?]>([
    ['v1.2.4 after v1.2.3', line('chore: a', '@v1.2.3', 'fix: b')],
    ['v1.3.0 after v1.2.3', line('chore: a', '@v1.2.3', 'fix: b', 'feat: c')],
    ['v2.0.0 after v1.2.3', line('chore: a', '@v1.2.3', 'feat!: b', 'fix: c')],
    ['v1.2.3 nothing after v1.2.3', line('chore: a', '@v1.2.3', 'chore: b')],
    ['v1.2.3 nothing after v1.2.3', line('chore: a', '@v1.2.3', 'feat: b', 'Revert "feat: b"')],

    // The first version.
    ['v0.1.0', line('chore: a')],
    ['v0.1.0', line('feat!: a', 'fix: b')],
    ['v1.0.0', line('feat: a'), { initialVersion: '1.0.0' }],
    ['v3.0.0', line('feat: a'), { bump: '3.0.0' }],
    ['v0.1.0', line('feat: a'), { bump: 'major' }],
    ['v0.1.0', line('feat: a', '@other-1.0.0', '@v1', '@1.2.3', '@vv1.2.3', '@v1.2', '@v01.2.3')],

    // The commit has its version already.
    ['v1.2.3 exists', line('chore: a', '@v1.2.3')],
    ['v7.6.5 exists after v7.6.4', line('a', '@v7.6.4', 'fix: b', '@v7.6.5')],
    ['v1.1.0 exists after v1.0.0', line('a', '@v1.0.0', 'feat: b', '@v1.1.0'), { bump: 'major' }],
    ['v1.15.0 exists', line('a', '@deployed-to-staging-1.15.0', '@v1.15.0')],
    ['v1.0.1 exists after v1.0.0', line('a', '@v1.0.0', '@v1.0.1')],

    // The highest by SemVer, not by name or time.
    ['v10.0.1 after v10.0.0', line('a', '@v9.9.9', 'fix: b', '@v10.0.0', 'fix: c')],
    ['v2.0.1 after v2.0.0', line('a', '@v2.0.0', 'fix: b', '@v1.9.0', 'fix: c')],
    ['v1.0.1 after v1.0.0', line('a', '@v1.0.0', 'fix: b', '@v1.0.1-rc.1', '@v2.0.0-beta.3')],
    ['v1.2.4 after v1.2.3+build.1', line('a', '@v1.2.3+build.1', 'fix: b')],

    // Below 1.0.0.
    ['v0.4.5 nothing after v0.4.5', line('a', '@v0.4.5', 'chore: b')],
    ['v0.4.6 after v0.4.5', line('a', '@v0.4.5', 'fix: b')],
    ['v0.5.0 after v0.4.5', line('a', '@v0.4.5', 'feat: b')],
    ['v0.6.0 after v0.5.5', line('a', '@v0.5.5', 'feat!: b')],
    ['v1.0.0 after v0.5.5', line('a', '@v0.5.5', 'feat!: b'), { zeroMajor: 'leave' }],
    ['v0.5.6 after v0.5.5', line('a', '@v0.5.5', 'feat: b'), { zeroMajor: 'shift' }],
    ['v0.6.0 after v0.5.5', line('a', '@v0.5.5', 'feat!: b'), { zeroMajor: 'shift' }],
    ['v1.6.0 after v1.5.5', line('a', '@v1.5.5', 'feat: b'), { zeroMajor: 'shift' }],

    // Commits that ask for nothing.
    ['v1.2.4 after v1.2.3', line('a', '@v1.2.3', 'chore: b'), { noBump: 'patch' }],
    ['v1.3.0 after v1.2.3', line('a', '@v1.2.3', 'chore: b'), { noBump: 'minor' }],
    ['v1.2.4 after v1.2.3', line('a', '@v1.2.3', 'fix: b'), { noBump: 'minor' }],
    ['tag/nothing', line('a', '@v1.2.3', 'chore: b'), { noBump: 'fail' }],

    // By hand.
    ['v1.2.4 after v1.2.3', line('a', '@v1.2.3', 'feat!: b'), { bump: 'patch' }],
    ['v2.0.0 after v1.2.3', line('a', '@v1.2.3', 'chore: b'), { bump: 'major' }],
    ['v1.0.0 after v0.3.0', line('a', '@v0.3.0', 'chore: b'), { bump: 'major' }],
    ['v5.0.0 after v1.2.3', line('a', '@v1.2.3', 'fix: b'), { bump: '5.0.0' }],
    ['tag/not-higher', line('a', '@v1.2.3', 'fix: b'), { bump: '1.2.3' }],
    ['tag/not-higher', line('a', '@v1.2.3', 'fix: b'), { bump: '1.0.0' }],
    ['v5.0.0 after v1.2.3', line('a', '@v1.2.3', 'chore: b\n\nRelease-As: 5.0.0', 'feat: c')],
    [
      'v6.0.0 after v1.2.3',
      line('a', '@v1.2.3', 'b\n\nRelease-As: 7.0.0', 'c\n\nRelease-As: v6.0.0'),
    ],
    ['v1.2.4 after v1.2.3', line('a', '@v1.2.3', 'fix: b\n\nRelease-As: soon')],
    ['tag/not-higher', line('a', '@v1.2.3', 'b\n\nRelease-As: 1.0.0')],

    // Prefixes are literal.
    [
      'api-v1.0.1 after api-v1.0.0',
      line('a', '@v2.0.0', '@api-v1.0.0', 'fix: b'),
      { prefix: 'api-v' },
    ],
    ['v2.0.1 after v2.0.0', line('a', '@v2.0.0', '@api-v3.0.0', 'fix: b')],
    ['1.0.1 after 1.0.0', line('a', '@v2.0.0', '@1.0.0', 'fix: b'), { prefix: '' }],
    [
      'sub.project/1.0.1 after sub.project/1.0.0',
      line('a', '@sub/project/2.0.0', '@sub.project/1.0.0', 'fix: b'),
      { prefix: 'sub.project/' },
    ],
    [
      '(.+)/1.0.1 after (.+)/1.0.0',
      line('a', '@x/2.0.0', '@(.+)/1.0.0', 'fix: b'),
      { prefix: '(.+)/' },
    ],
  ])('%s', async (expected, ...given) => {
    expect(await outcome(...given)).toBe(expected);
  });
});

describe('maintenance lines', () => {
  const old = line('a', '@v1.4.2', 'fix: b').beside('a', 'feat!: c', '@v2.0.0');
  it.each<[string, Line, Partial<VersionPolicy>]>([
    ['v1.4.3 after v1.4.2', old, range('1.x')],
    ['v1.4.3 after v1.4.2', old, range('1.4.x')],
    ['v1.5.0 after v1.4.2', line('a', '@v1.4.2', 'feat: b'), range('1.x')],
    ['tag/out-of-range', line('a', '@v1.4.2', 'feat: b'), range('1.4.x')],
    ['tag/out-of-range', line('a', '@v1.4.2', 'feat!: b'), range('1.x')],
    ['tag/out-of-range', line('a', '@v1.4.2', 'fix: b'), range('3.x')],
    ['v1.0.1 after v1.0.0', line('a', '@v1.0.0', 'b', '@v2.0.0', 'fix: c'), range('1.x')],
  ])('%s', async (expected, ...given) => {
    expect(await outcome(...given)).toBe(expected);
  });
});

describe('versions that others have', () => {
  it.each<[string, Line, Partial<VersionPolicy>?]>([
    // On a line that was never merged.
    ['v1.2.5 after v1.2.3', line('a', '@v1.2.3', 'fix: b').beside('a', 'fix: x', '@v1.2.4')],
    ['v1.4.0 after v1.2.3', line('a', '@v1.2.3', 'feat: b').beside('a', 'feat: x', '@v1.3.0')],
    ['v1.2.4 after v1.2.3', line('a', '@v1.2.3', 'fix: b').beside('a', 'feat: x', '@v1.3.0')],
    [
      'v4.0.0 after v1.2.3',
      line('a', '@v1.2.3', 'feat!: b').beside('a', 'x', '@v2.0.0', 'y', '@v3.0.0'),
    ],
    ['tag/taken', line('a', '@v1.2.3', 'b').beside('a', 'x', '@v2.0.0'), { bump: '2.0.0' }],
    ['v0.1.1', line('a').beside('x', '@v0.1.0')],
    // On a merged one.
    [
      'v1.3.1 after v1.3.0',
      line('a', '@v1.2.3', 'fix: b').beside('a', 'feat: x', '@v1.3.0').merged(),
    ],
  ])('%s', async (expected, ...given) => {
    expect(await outcome(...given)).toBe(expected);
  });
});

describe('a commit that a released version has in its history', () => {
  const late = line('a', '@v1.2.3', 'fix: b').beside('fix: b', 'fix: c', '@v1.2.4', 'd', '@v1.3.0');
  it.each<[string, Line, Partial<VersionPolicy>?]>([
    ['v1.2.4 nothing after v1.2.3', late],
    ['v1.2.4 nothing after v1.2.3', late, { noBump: 'patch' }],
    ['v1.2.4 nothing after v1.2.3', late, { mode: 'preview' }],
    ['v1.2.4 nothing after v1.2.3', late, { mode: 'prerelease' }],
    ['v1.2.4 nothing', line('feat: a').beside('feat: a', 'fix: b', '@v1.2.4')],
    // Over a merge.
    [
      'v2.0.0 nothing after v1.0.0',
      line('a', '@v1.0.0', 'fix: b').beside('fix: b', 'feat!: c', 'd', '@v2.0.0'),
    ],
    ['tag/contained', late, { bump: 'minor' }],
    ['tag/contained', late, { bump: '1.2.5' }],
    // A prerelease is none that everybody gets; one of the same channel counts for the channel.
    [
      'v1.2.4 after v1.2.3',
      line('a', '@v1.2.3', 'fix: b').beside('fix: b', 'fix: c', '@v1.2.4-rc.1'),
    ],
    [
      'v1.2.4-rc.1 nothing after v1.2.3',
      line('a', '@v1.2.3', 'fix: b').beside('fix: b', 'fix: c', '@v1.2.4-rc.1'),
      { mode: 'prerelease' },
    ],
    // Another line of versions, and a name for development, are none of that history's business.
    [
      'v1.2.4 after v1.2.3',
      line('a', '@v1.2.3', 'fix: b').beside('fix: b', 'feat!: c', '@v2.0.0'),
      range('1.x'),
    ],
    ['1.2.5-dev.20261121.42 nothing after v1.2.3', late, { mode: 'dev' }],
    // Its own version stays.
    ['v1.2.3 exists', line('a', '@v1.2.3').beside('a', 'fix: b', '@v1.2.4')],
  ])('%s', async (expected, ...given) => {
    expect(await outcome(...given)).toBe(expected);
  });

  it('is said to be older than the highest of them, also where it has its own', async () => {
    const newer = async (made: Line) => (await surveyOf(made)).newer?.name;
    expect(await newer(late)).toBe('v1.3.0');
    expect(await newer(line('a', '@v1.2.3').beside('a', 'b', '@v1.2.4', 'c', '@v1.3.0'))).toBe(
      'v1.3.0',
    );
    expect(await newer(line('a', '@v1.2.3', 'fix: b'))).toBeUndefined();
    expect(await newer(line('a', 'b', '@v1.0.0').beside('a', 'c', '@v1.1.0'))).toBeUndefined();
  });
});

describe('mode prerelease', () => {
  const rc = (more: Partial<VersionPolicy> = {}): Partial<VersionPolicy> => ({
    mode: 'prerelease',
    ...more,
  });
  const beta = rc({ channel: 'beta' });
  it.each<[string, Line, Partial<VersionPolicy>?]>([
    ['v1.0.1-beta.1 after v1.0.0', line('a', '@v1.0.0', 'fix: b'), beta],
    [
      'v1.0.1-beta.2 after v1.0.0',
      line('a', '@v1.0.0', 'fix: b', '@v1.0.1-beta.1', 'fix: c'),
      beta,
    ],
    [
      'v1.0.1-beta.11 after v1.0.0',
      line('a', '@v1.0.0', 'fix: b', '@v1.0.1-beta.9', 'fix: c', '@v1.0.1-beta.10', 'fix: d'),
      beta,
    ],
    [
      'v1.1.0-beta.1 after v1.0.0',
      line('a', '@v1.0.0', 'fix: b', '@v1.0.1-beta.1', 'feat: c'),
      beta,
    ],
    [
      'v2.0.0-beta.1 after v1.0.0',
      line('a', '@v1.0.0', 'feat: b', '@v1.1.0-beta.1', 'feat!: c'),
      beta,
    ],
    [
      'v1.2.0-beta.1 after v1.1.0',
      line('a', '@v1.0.0', 'feat: b', '@v1.1.0-beta.1', '@v1.1.0', 'feat: c'),
      beta,
    ],
    ['v1.0.1-beta.1 exists after v1.0.0', line('a', '@v1.0.0', 'fix: b', '@v1.0.1-beta.1'), beta],
    [
      'v1.0.1-beta.1 nothing after v1.0.0',
      line('a', '@v1.0.0', 'fix: b', '@v1.0.1-beta.1', 'docs: c'),
      beta,
    ],
    [
      'v1.0.1-beta.2 after v1.0.0',
      line('a', '@v1.0.0', 'fix: b', '@v1.0.1-beta.1', 'docs: c'),
      { ...beta, noBump: 'patch' },
    ],
    ['v1.0.0 nothing after v1.0.0', line('a', '@v1.0.0'), beta],
    // Each channel counts for itself; semantic-release would go on to 1.0.2-alpha.1 here.
    [
      'v1.0.1-alpha.1 after v1.0.0',
      line('a', '@v1.0.0', 'fix: b', '@v1.0.1-beta.1', 'fix: c'),
      rc({ channel: 'alpha' }),
    ],
    ['v0.1.0-rc.1', line('a'), rc()],
    ['v0.1.0-rc.2', line('feat: a', '@v0.1.0-rc.1', 'fix: b'), rc()],
    ['v0.1.0-rc.1 nothing', line('feat: a', '@v0.1.0-rc.1', 'docs: b'), rc()],
    [
      'v1.0.1-rc.3 after v1.0.0',
      line('a', '@v1.0.0', 'fix: b').beside('a', 'fix: x', '@v1.0.1-rc.2'),
      rc(),
    ],
    [
      'v1.0.2-rc.1 after v1.0.0',
      line('a', '@v1.0.0', 'fix: b').beside('a', 'fix: x', '@v1.0.1'),
      rc(),
    ],
    ['v2.0.0-rc.1 after v1.0.0', line('a', '@v1.0.0', 'fix: b'), rc({ bump: 'major' })],
    // Promotion: the same commit becomes the stable version.
    ['v1.0.1 after v1.0.0', line('a', '@v1.0.0', 'fix: b', '@v1.0.1-rc.4'), { mode: 'release' }],
  ])('%s', async (expected, ...given) => {
    expect(await outcome(...given)).toBe(expected);
  });
});

describe('modes that write nothing', () => {
  const dev: Partial<VersionPolicy> = { mode: 'dev' };
  it.each<[string, Line, Partial<VersionPolicy>]>([
    ['1.2.4-dev.20261121.42 nothing after v1.2.3', line('a', '@v1.2.3', 'chore: b'), dev],
    ['1.3.0-dev.20261121.42 nothing after v1.2.3', line('a', '@v1.2.3', 'feat: b'), dev],
    ['1.2.4-dev.20261121.42 nothing after v1.2.3', line('a', '@v1.2.3'), dev],
    ['0.1.0-dev.20261121.42 nothing', line('a'), dev],
    [
      '1.2.4-dev.20261121.42 nothing after v1.2.3',
      line('a', '@v1.2.3', 'b'),
      { ...dev, noBump: 'fail' },
    ],
    ['v1.3.0 after v1.2.3', line('a', '@v1.2.3', 'feat: b'), { mode: 'preview' }],
    ['v1.2.3 nothing after v1.2.3', line('a', '@v1.2.3', 'b'), { mode: 'preview', noBump: 'fail' }],
  ])('%s', async (expected, ...given) => {
    expect(await outcome(...given)).toBe(expected);
  });
});
