import { describe, expect, it } from '@jest/globals';
import type { GitHubContext } from '@slipway/shared/action/github';
import { computeTags } from '../../src/tags/compute-tags.ts';
import { keepHighest } from '../../src/tags/keep-highest.ts';
import { parseRules } from '../../src/tags/parse-rules.ts';
import { factsOf, gitTag, pushMain } from './events.ts';

async function decide(github: GitHubContext, rules: string, existing: string[]) {
  const { kept, held } = await keepHighest(
    await computeTags(parseRules(rules), factsOf(github)),
    existing,
  );
  return { kept: kept.map(({ tag }) => tag), held: held.map(({ tag }) => tag), why: held[0]?.why };
}

const semver = [
  'type=semver,pattern={{version}}',
  'type=semver,pattern={{major}}.{{minor}}',
  'type=semver,pattern={{major}}',
].join('\n');

describe('keepHighest', () => {
  it.each<[string, string, string, string[], string[], string[]]>([
    ['first version', 'v1.2.3', semver, [], ['1.2.3', '1.2', '1', 'latest'], []],
    [
      'next version',
      'v1.3.0',
      semver,
      ['1.2.3', '1.2', 'latest'],
      ['1.3.0', '1.3', '1', 'latest'],
      [],
    ],
    ['same version again', 'v1.2.3', semver, ['1.2.3'], ['1.2.3', '1.2', '1', 'latest'], []],
    [
      'fix for the old major',
      'v1.9.1',
      semver,
      ['1.9.0', '2.0.0'],
      ['1.9.1', '1.9', '1'],
      ['latest'],
    ],
    [
      'fix for an old minor',
      'v1.2.4',
      semver,
      ['1.2.3', '1.3.0'],
      ['1.2.4', '1.2'],
      ['1', 'latest'],
    ],
    ['late fix', 'v1.2.2', semver, ['1.2.3'], ['1.2.2'], ['1.2', '1', 'latest']],
    ['10 is more than 9', 'v1.10.0', semver, ['1.9.0'], ['1.10.0', '1.10', '1', 'latest'], []],
    ['old 0.x', 'v0.7.3', semver, ['0.11.0'], ['0.7.3', '0.7'], ['latest']],
    ['prerelease', 'v2.0.0-rc.1', semver, ['1.0.0'], ['2.0.0-rc.1'], []],
    [
      'a newer prerelease does not count',
      'v1.2.3',
      semver,
      ['2.0.0-rc.1'],
      ['1.2.3', '1.2', '1', 'latest'],
      [],
    ],
    [
      'nor other tags',
      'v1.2.3',
      semver,
      ['main', 'sha-9999999', '20300101', '9', '9.9', 'latest', 'v', ''],
      ['1.2.3', '1.2', '1', 'latest'],
      [],
    ],
    ['nor a variant', 'v1.2.3', semver, ['9.0.0-alpine'], ['1.2.3', '1.2', '1', 'latest'], []],
    ['nor another component', 'v1.2.3', semver, ['app-9.0.0'], ['1.2.3', '1.2', '1', 'latest'], []],
    ['a v does', 'v1.2.3', semver, ['v1.3.0'], ['1.2.3', '1.2'], ['1', 'latest']],
    [
      'v tags',
      'v1.2.3',
      'type=ref,event=tag\ntype=semver,pattern=v{{major}}',
      ['v1.3.0'],
      ['v1.2.3'],
      ['v1', 'latest'],
    ],
    [
      'v tags among plain ones',
      'v1.2.3',
      'type=sha\ntype=semver,pattern={{major}},prefix=v',
      ['1.3.0'],
      ['sha-860c190'],
      ['v1', 'latest'],
    ],
    [
      'its own variant',
      'v1.2.3',
      'type=sha\ntype=semver,pattern={{major}},suffix=-alpine',
      ['1.3.0-alpine'],
      ['sha-860c190'],
      ['1-alpine'],
    ],
    [
      'another variant',
      'v1.2.3',
      'type=semver,pattern={{major}},suffix=-alpine',
      ['1.3.0', '1.3.0-slim'],
      ['1-alpine'],
      [],
    ],
    [
      'its own component',
      'v1.2.3',
      'type=sha\ntype=semver,pattern={{major}},prefix=app-',
      ['app-1.3.0'],
      ['sha-860c190'],
      ['app-1'],
    ],
    [
      'another component',
      'v1.2.3',
      'type=semver,pattern={{major}},prefix=app-',
      ['1.3.0', 'web-1.3.0'],
      ['app-1'],
      [],
    ],
    [
      'a fixed name in a pattern',
      'v1.2.3',
      'type=sha\ntype=semver,pattern=stable',
      ['1.3.0'],
      ['sha-860c190'],
      ['stable', 'latest'],
    ],
    [
      'match on a prerelease',
      'v2.0.8-beta.67',
      'type=sha\ntype=match,pattern=v(\\d.\\d),group=1',
      [],
      ['sha-860c190'],
      ['2.0'],
    ],
    ['latest by name', 'v1.2.3', 'type=sha\nlatest', ['1.3.0'], ['sha-860c190'], ['latest']],
    [
      'latest by name for a prerelease',
      'v1.2.3-rc.1',
      'type=sha\nlatest',
      [],
      ['sha-860c190'],
      ['latest'],
    ],
    ['latest by name for no version', 'release1', 'latest', ['1.3.0'], ['latest'], []],
    ['pep440', '1.9', 'type=pep440,pattern={{version}}', ['1.10', '2.0rc1'], ['1.9'], ['latest']],
    [
      'pep440 with a date beside',
      '1.9',
      'type=pep440,pattern={{version}}',
      ['20300101', '9'],
      ['1.9', 'latest'],
      [],
    ],
  ])('%s', async (_, tag, rules, existing, kept, held) => {
    expect(await decide(gitTag(tag), rules, existing)).toMatchObject({ kept, held });
  });

  it('lets the default branch have latest when a rule says so', async () => {
    const rules = 'latest,enable={{is_default_branch}}';
    expect((await decide(pushMain, rules, ['9.0.0'])).kept).toEqual(['latest']);
  });

  it.each([
    [
      'v1.9.1',
      ['1.9.0', '2.1.0', '2.0.0'],
      'latest stays, as 1.9.1 is older than 2.1.0 in the registry',
    ],
    ['v1.2.3-rc.1', [], '1.2.3-rc.1 is a prerelease, and latest is for stable ones'],
  ])('says why: %s', async (tag, existing, why) => {
    expect((await decide(gitTag(tag), 'type=sha\nlatest', existing)).why).toBe(why);
  });

  it('looks through 100,000 tags quickly', async () => {
    const existing = Array.from({ length: 100_000 }, (_, index) => `1.${index % 400}.${index}`);
    const start = performance.now();
    const { held } = await decide(gitTag('v1.2.3'), semver, existing);
    expect(held).toEqual(['1.2', '1', 'latest']);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
