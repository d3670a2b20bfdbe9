import { describe, expect, it } from '@jest/globals';
import type { GitHubContext } from '@slipway/shared/action/github';
import fc from 'fast-check';
import { computeTags } from '../../src/tags/compute-tags.ts';
import { InvalidTags } from '../../src/tags/invalid-tags.ts';
import { parseRules } from '../../src/tags/parse-rules.ts';
import {
  branch,
  factsOf,
  gitTag,
  mergedPullRequest,
  outsideOfARunner,
  pullRequest,
  pullRequestTarget,
  pushDev,
  pushMain,
  schedule,
  sha,
  workflowDispatch,
} from './events.ts';

const compute = (github: GitHubContext, rules = '') =>
  computeTags(parseRules(rules), factsOf(github));

async function tagsOf(github: GitHubContext, rules = ''): Promise<string[]> {
  return (await compute(github, rules)).map(({ tag }) => tag);
}

/** A moving tag is shown with `?`: it still has to be the highest. */
async function movesOf(github: GitHubContext, rules = ''): Promise<string[]> {
  const tags = await compute(github, rules);
  return tags.map(({ tag, moves }) => (moves === 'always' ? tag : `${tag}?`));
}

async function problemsOf(github: GitHubContext, rules: string): Promise<string[]> {
  try {
    return [`no error but ${await tagsOf(github, rules)}`];
  } catch (error) {
    if (error instanceof InvalidTags) return error.problems;
    throw error;
  }
}

const commit = ['sha-860c190', `sha-${sha}`];
const head = ['sha-1f2e3d4', 'sha-1f2e3d4c5b6a79880716253443526170fedcba98'];
const semver = [
  'type=semver,pattern={{version}}',
  'type=semver,pattern={{major}}.{{minor}}',
  'type=semver,pattern={{major}}',
].join('\n');

describe('without rules', () => {
  it.each([
    ['a branch', pushDev, ['dev', ...commit]],
    ['a pull request', pullRequest, ['pr-15', ...head]],
    ['a pull request from a fork, with secrets', pullRequestTarget, ['pr-15', ...head]],
    ['a merged pull request', mergedPullRequest, ['main', ...commit]],
    ['a schedule', schedule, ['nightly', 'main', ...commit]],
    ['a run by hand', workflowDispatch, ['main', ...commit]],
    ['a version', gitTag('v1.2.3'), ['1.2.3', '1.2?', '1?', ...commit, 'latest?']],
    ['a version without v', gitTag('1.2.3'), ['1.2.3', '1.2?', '1?', ...commit, 'latest?']],
    ['a 0.x version', gitTag('v0.3.0'), ['0.3.0', '0.3?', ...commit, 'latest?']],
    ['a prerelease', gitTag('v1.2.3-rc.1'), ['1.2.3-rc.1', ...commit]],
    [
      'a version with build data',
      gitTag('v1.2.3+5'),
      ['1.2.3', '1.2?', '1?', ...commit, 'latest?'],
    ],
    ['a Git tag that is no version', gitTag('release1'), ['release1', ...commit]],
    ['a Git tag with a slash', gitTag('app/v1.2.3'), ['app-v1.2.3', ...commit]],
    ['a Git tag named latest', gitTag('latest'), ['tag-latest', ...commit]],
  ])('%s', async (_, github, tags) => {
    expect(await movesOf(github)).toEqual(tags);
  });

  it('needs a commit at least', async () => {
    expect(await problemsOf(outsideOfARunner, '')).toEqual([
      expect.stringMatching(/^Input tags: no rule gives a tag for the event \(none\) on no ref: /),
    ]);
  });
});

describe('a version that the input says', () => {
  it.each<[string, GitHubContext, string, string, string[]]>([
    ['on a branch', pushMain, '1.2.3', '', ['1.2.3', '1.2', '1', 'main', ...commit, 'latest']],
    ['below 1.0.0', pushMain, '0.2.0', '', ['0.2.0', '0.2', 'main', ...commit, 'latest']],
    ['a prerelease', pushMain, '1.2.3-rc.1', '', ['1.2.3-rc.1', 'main', ...commit]],
    ['with rules', pushMain, '1.2.3', semver, ['1.2.3', '1.2', '1', 'latest']],
    [
      'before that of the Git tag',
      gitTag('v9.9.9'),
      '1.2.3',
      semver,
      ['1.2.3', '1.2', '1', 'latest'],
    ],
    [
      'after a value=',
      pushMain,
      '1.2.3',
      'type=semver,pattern={{version}},value=2.0.0',
      ['2.0.0', 'latest'],
    ],
  ])('%s', async (_, github, version, rules, tags) => {
    const computed = await computeTags(parseRules(rules), factsOf(github, version));
    expect(computed.map(({ tag }) => tag)).toEqual(tags);
  });
});

describe('the rules of docker/metadata-action', () => {
  it.each<[string, GitHubContext, string, string[]]>([
    ['branch', pushDev, 'type=ref,event=branch', ['dev']],
    ['semver', gitTag('v1.1.1'), semver, ['1.1.1', '1.1', '1', 'latest']],
    [
      'the same tag twice',
      gitTag('v1.1.1'),
      'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}.{{patch}}',
      ['1.1.1', 'latest'],
    ],
    [
      'semver by value on a branch',
      pushDev,
      'type=semver,pattern={{version}},value=v1.2.3',
      ['1.2.3', 'latest'],
    ],
    [
      'value wins over the Git tag',
      gitTag('v9.9.9'),
      'type=semver,pattern={{version}},value=v1.2.3',
      ['1.2.3', 'latest'],
    ],
    [
      'an empty value does not',
      gitTag('v9.9.9'),
      'type=semver,pattern={{raw}},value=',
      ['v9.9.9', 'latest'],
    ],
    [
      'value by expression',
      gitTag('v1.2.3'),
      'type=semver,pattern={{version}},value={{tag}}',
      ['1.2.3', 'latest'],
    ],
    ['raw', gitTag('v1.2.3'), 'type=semver,pattern={{raw}}', ['v1.2.3', 'latest']],
    ['text in a pattern', gitTag('v1.2.3'), 'type=semver,pattern=v{{major}}', ['v1', 'latest']],
    ['minor', gitTag('v1.2.3'), 'type=semver,pattern={{minor}}', ['2', 'latest']],
    ['patch', gitTag('v1.2.3'), 'type=semver,pattern={{patch}}', ['3', 'latest']],
    [
      'prerelease, raw',
      gitTag('v2.0.8-beta.67'),
      'type=semver,pattern={{raw}}',
      ['v2.0.8-beta.67'],
    ],
    [
      'prerelease, version',
      gitTag('v2.0.8-beta.67'),
      'type=semver,pattern={{version}}',
      ['2.0.8-beta.67'],
    ],
    [
      'prerelease, minor',
      gitTag('v2.0.8-beta.67'),
      'type=semver,pattern={{major}}.{{minor}}',
      ['2.0.8-beta.67'],
    ],
    ['prerelease, all patterns', gitTag('v2.0.8-beta.67'), semver, ['2.0.8-beta.67']],
    [
      'build data of a fork',
      gitTag('v9.5.7-alpha.2+fork.3.1.8'),
      'type=semver,pattern={{version}}\ntype=semver,pattern={{raw}}',
      ['9.5.7-alpha.2', 'v9.5.7-alpha.2-fork.3.1.8'],
    ],
    [
      'semver by match',
      gitTag('app/v1.0.0'),
      'type=semver,pattern={{version}},match=app/(.*)',
      ['1.0.0', 'latest'],
    ],
    ['pep440', gitTag('1.2'), 'type=pep440,pattern={{version}}', ['1.2', 'latest']],
    [
      'pep440 minor',
      gitTag('v1.2.3'),
      'type=pep440,pattern={{major}}.{{minor}}',
      ['1.2', 'latest'],
    ],
    [
      'pep440 prerelease',
      gitTag('1.2.3rc2'),
      'type=pep440,pattern={{major}}.{{minor}}',
      ['1.2.3rc2'],
    ],
    ['pep440 spelling', gitTag('1.1beta2'), 'type=pep440,pattern={{version}}', ['1.1b2']],
    ['pep440 raw', gitTag('1.1beta2'), 'type=pep440,pattern={{raw}}', ['1.1beta2']],
    [
      'pep440 development release',
      gitTag('1.0dev4'),
      'type=pep440,pattern={{version}}',
      ['1.0.dev4'],
    ],
    ['pep440 post release', gitTag('1.2post1'), 'type=pep440,pattern={{version}}', ['1.2.post1']],
    ['match', gitTag('20200110-RC2'), 'type=match,pattern=\\d{8}', ['20200110']],
    ['match by group', gitTag('20200110-RC2'), 'type=match,pattern=(.*)-RC,group=1', ['20200110']],
    [
      'match with flags',
      gitTag('V1.2.3'),
      'type=match,pattern=/v(.*)/i,group=1',
      ['1.2.3', 'latest'],
    ],
    [
      'match of a path',
      gitTag('p1/v1.2.3'),
      'type=match,pattern=p1/v(\\d.\\d.\\d),group=1',
      ['1.2.3', 'latest'],
    ],
    [
      'match on a prerelease',
      gitTag('v2.0.8-beta.67'),
      'type=match,pattern=v(.*),group=1',
      ['2.0.8-beta.67'],
    ],
    [
      'match by value',
      pushDev,
      'type=match,pattern=v(.*),group=1,value=v1.0.0',
      ['1.0.0', 'latest'],
    ],
    ['pull request', pullRequest, 'type=ref,event=pr', ['pr-15']],
    ['its prefix taken away', pullRequest, 'type=ref,event=pr,prefix=', ['pr-15']],
    ['its suffix', pullRequest, 'type=ref,event=pr,suffix=-bal', ['pr-15-bal']],
    ['pull_request_target', pullRequestTarget, 'type=ref,event=pr', ['pr-15']],
    ['sha', pushDev, 'type=sha', ['sha-860c190']],
    ['long sha', pushDev, 'type=sha,format=long', [`sha-${sha}`]],
    ['bare sha', pushDev, 'type=sha,prefix=', ['860c190']],
    ['schedule', schedule, 'type=schedule', ['nightly']],
    [
      'schedule in a time zone',
      schedule,
      "type=schedule,pattern={{date 'YYYYMMDD-HHmmss' tz='Asia/Tokyo'}}",
      ['20200110-093000'],
    ],
    ['edge on the default branch', pushMain, 'type=edge', ['edge']],
    ['edge on its own branch', pushDev, 'type=edge,branch=dev', ['edge']],
    ['edge with a suffix', pushDev, 'type=edge,branch=dev,suffix=-x', ['edge-x']],
    ['edge by schedule', schedule, 'type=edge', ['edge']],
    ['Git tag', gitTag('v1.2.3'), 'type=ref,event=tag', ['v1.2.3', 'latest']],
    ['raw text', pushDev, 'foo', ['foo']],
    ['raw date', pushDev, "type=raw,value={{date 'YYYYMMDD'}}", ['20200110']],
    ['commit date', pushDev, "type=raw,value={{commit_date 'YYYYMMDD-HHmm'}}", ['20200109-2130']],
    [
      'commit date in a zone',
      pushDev,
      "type=raw,value={{commit_date 'HH' tz='Asia/Tokyo'}}",
      ['06'],
    ],
    [
      'branch and sha',
      branch('feature/x'),
      'type=raw,value={{branch}}-{{sha}}',
      ['feature-x-860c190'],
    ],
    ['base of a pull request', pullRequest, 'type=raw,value=to-{{base_ref}}', ['to-main']],
    ['no base', pushDev, 'type=raw,value=to-{{base_ref}}', ['to-']],
    [
      'expressions in prefix and suffix',
      pushDev,
      "type=sha,prefix={{branch}}-,suffix=-{{date 'YYYY'}}",
      ['dev-860c190-2020'],
    ],
    ['a fact as text', pushMain, 'type=raw,value=default-{{is_default_branch}}', ['default-true']],
    [
      'priority',
      pushDev,
      'type=sha\nx,priority=50\ntype=ref,event=branch',
      ['dev', 'sha-860c190', 'x'],
    ],
    ['order within a priority', pushDev, 'b\na\nc', ['b', 'a', 'c']],
    ['latest on the default branch', pushMain, 'latest,enable={{is_default_branch}}', ['latest']],
    ['not on another', pushDev, 'type=sha\nlatest,enable={{is_default_branch}}', ['sha-860c190']],
    ['the other way round', pushDev, 'x,enable={{is_not_default_branch}}', ['x']],
    ['no default branch on a Git tag', gitTag('x'), 'x,enable={{is_not_default_branch}}', ['x']],
    ['switched off', pushDev, 'type=sha\nx,enable=false', ['sha-860c190']],
    ['either of two conditions', pushMain, 'x,enable=true\nx,enable={{is_default_branch}}', ['x']],
  ])('%s', async (_, github, rules, tags) => {
    expect(await tagsOf(github, rules)).toEqual(tags);
  });

  it('name the rule and its priority', async () => {
    expect(await compute(pushDev, 'type=sha,priority=7')).toEqual([
      { tag: 'sha-860c190', rule: 'type=sha,priority=7', priority: 7, moves: 'always' },
    ]);
  });
});

describe('where docker/metadata-action pushes what nobody wants', () => {
  it.each<[string, GitHubContext, string, string[]]>([
    [
      'no latest for a prerelease by ref',
      gitTag('v1.2.3-rc.1'),
      'type=ref,event=tag',
      ['v1.2.3-rc.1'],
    ],
    [
      'no latest for a prerelease by match',
      gitTag('v1.2.3-rc.1'),
      'type=match,pattern=\\d.\\d.\\d',
      ['1.2.3'],
    ],
    [
      'the same of a component',
      gitTag('app/v1.2.3-rc.1'),
      'type=match,pattern=\\d.\\d.\\d',
      ['1.2.3'],
    ],
    [
      'but for a version of one',
      gitTag('app/v1.2.3'),
      'type=match,pattern=\\d.\\d',
      ['1.2?', 'latest?'],
    ],
    ['no latest for what is no version', gitTag('release1'), 'type=ref,event=tag', ['release1']],
    ['no 0', gitTag('v0.3.0'), `type=sha\n${semver}`, ['0.3.0', '0.3?', 'sha-860c190', 'latest?']],
    ['no v0', gitTag('v0.3.0'), 'type=sha\ntype=semver,pattern=v{{major}}', ['sha-860c190']],
    ['a branch that begins with -', branch('-weird'), 'type=ref,event=branch', ['weird']],
    ['a branch that begins with .', branch('.dot'), 'type=ref,event=branch', ['dot']],
    ['a branch named latest', branch('latest'), 'type=ref,event=branch', ['branch-latest']],
    ['the same by expression', branch('latest'), 'type=raw,value={{branch}}', ['branch-latest']],
    ['head commit of a pull request', pullRequest, 'type=sha', ['sha-1f2e3d4']],
    ['the same by expression', pullRequest, 'type=raw,value={{sha}}', ['1f2e3d4']],
    [
      'the other component of a repository',
      gitTag('v1.0.0'),
      'type=sha\ntype=semver,pattern={{version}},match=app/(.*)',
      ['sha-860c190'],
    ],
  ])('%s', async (_, github, rules, tags) => {
    expect(await movesOf(github, rules)).toEqual(tags);
  });

  it('a branch of 140 characters', async () => {
    const [tag = ''] = await tagsOf(branch('x'.repeat(140)), 'type=ref,event=branch');
    expect(tag).toMatch(/^x{117}-[0-9a-f]{10}$/);
  });
});

describe('automatic latest', () => {
  const version = 'type=semver,pattern={{version}}';
  it.each<[string, string, string[]]>([
    ['comes last', `${version}\ntype=sha,priority=-5`, ['1.2.3', 'sha-860c190', 'latest?']],
    ['goes with a v', `${version},prefix=v`, ['v1.2.3', 'latest?']],
    ['not with a variant', `${version},suffix=-alpine`, ['1.2.3-alpine']],
    ['not with a variant in the pattern', `${version}-alpine`, ['1.2.3-alpine']],
    ['not with a component', `${version},prefix=app-`, ['app-1.2.3']],
    ['not when a rule says so', `${version},latest=false\ntype=ref,event=tag`, ['1.2.3', 'v1.2.3']],
    ['is one with a rule for it', `latest,priority=999\n${version}`, ['latest?', '1.2.3']],
    ['a rule for it alone is careful too', 'latest', ['latest?']],
    ['and for a variant', 'type=raw,value=latest,suffix=-alpine', ['latest-alpine?']],
    [
      'beside a rule for the default branch',
      `${version}\nlatest,enable={{is_default_branch}}`,
      ['1.2.3', 'latest?'],
    ],
  ])('%s', async (_, rules, tags) => {
    expect(await movesOf(gitTag('v1.2.3'), rules)).toEqual(tags);
  });
});

describe('which tags move on', () => {
  it.each([
    ['{{version}}', undefined],
    ['{{raw}}', undefined],
    ['{{major}}.{{minor}}.{{patch}}', undefined],
    ["{{major}}-{{date 'YYYY'}}", undefined],
    ['{{major}}-{{sha}}', undefined],
    ['{{major}}.{{minor}}', { shares: { major: 1, minor: 2 }, prefix: '', suffix: '' }],
    ['{{major}}', { shares: { major: 1 }, prefix: '', suffix: '' }],
    ['{{minor}}', { shares: { minor: 2 }, prefix: '', suffix: '' }],
    ['stable', { shares: {}, prefix: '', suffix: '' }],
    ['v{{major}}-alpine', { shares: { major: 1 }, prefix: 'v', suffix: '-alpine' }],
  ])('%s', async (pattern, within) => {
    const [first] = await compute(gitTag('v1.2.3'), `type=semver,pattern=${pattern}`);
    expect(first?.within).toEqual(within && expect.objectContaining(within));
  });

  it.each([
    ['v(.*)', undefined],
    ['v(\\d.\\d)', { major: 1, minor: 2 }],
    ['(v\\d)', { major: 1 }],
  ])('match %s', async (pattern, shares) => {
    const [first] = await compute(gitTag('v1.2.3'), `type=match,pattern=${pattern},group=1`);
    expect(first?.within?.shares).toEqual(shares);
  });
});

describe('an error', () => {
  it.each<[string, GitHubContext, string, string[]]>([
    [
      'when no rule gives a tag',
      pushDev,
      `${semver}\ntype=ref,event=pr\ntype=edge\nx,enable=false`,
      [
        'no rule gives a tag for the event push on refs/heads/dev',
        'line 1 `type=semver,pattern={{version}}` needs a Git tag',
        'line 4 `type=ref,event=pr` needs a pull request',
        'line 5 `type=edge` needs the branch that is the default one',
        'line 6 `x,enable=false` is switched off by enable=',
        'Valid: ',
      ],
    ],
    [
      'when the Git tag is no version',
      gitTag('release1'),
      semver,
      ['release1 is not a semantic version'],
    ],
    [
      'when only {{major}} is asked for of 0.x',
      gitTag('v0.3.0'),
      'type=semver,pattern={{major}}',
      ['leaves {{major}} out for the 0.x version 0.3.0'],
    ],
    [
      'when nothing matches',
      gitTag('release1'),
      'type=match,pattern=v(.*)',
      ['does not match release1'],
    ],
    [
      'when all expressions are empty',
      pushDev,
      'type=raw,value={{tag}}',
      ['only expressions that are empty'],
    ],
    [
      'when value is no version',
      pushDev,
      'type=semver,pattern={{version}},value=one',
      ['line 1', 'value "one" is not a semantic version', 'Valid: value=v1.2.3'],
    ],
    [
      'when value is no Python version',
      pushDev,
      'type=pep440,pattern={{version}},value=one',
      ['is not a PEP 440 version'],
    ],
    [
      'when an empty expression leaves a -',
      pullRequest,
      'type=sha,prefix={{branch}}-',
      ['gives the tag "-1f2e3d4"', 'begins with', 'empty on the event pull_request'],
    ],
    [
      'when a match is no tag',
      gitTag('p1/v1.2.3'),
      'type=match,pattern=.*',
      ['gives the tag "p1/v1.2.3"', 'has "/"'],
    ],
    [
      'when a tag gets too long',
      pushDev,
      `type=sha,prefix=${'x'.repeat(125)}`,
      ['has 132 characters'],
    ],
    [
      'when the time of the commit is not known',
      pullRequest,
      "type=raw,value={{commit_date 'YYYY'}}",
      ['pull_request does not tell the time of its commit', "{{date 'YYYY'}}"],
    ],
  ])('%s', async (_, github, rules, words) => {
    const problems = await problemsOf(github, rules);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^Input tags[:,] /);
    expect(problems[0]).toContain('Valid: ');
    for (const word of words) expect(problems[0]).toContain(word);
  });

  it('for each rule that cannot hold', async () => {
    const rules = 'type=sha,prefix={{branch}}-\ntype=sha\ntype=semver,pattern={{raw}},value=x';
    expect(await problemsOf(pullRequest, rules)).toHaveLength(2);
  });
});

describe('any rules on any run', () => {
  const attribute = fc.constantFrom(
    'prefix={{branch}}',
    'prefix=x-',
    'prefix=',
    'suffix=-{{tag}}',
    'suffix=-y',
    'suffix={{base_ref}}',
    'enable={{is_default_branch}}',
    'enable=true',
    'priority=950',
    'value={{branch}}',
    'value=v1.2.3-rc.1',
    'latest=false',
    'group=1',
    'match=(.*)',
  );
  const rule = fc
    .tuple(
      fc.constantFrom(
        'type=schedule',
        'type=semver,pattern={{version}}',
        'type=semver,pattern={{raw}}',
        'type=semver,pattern={{major}}.{{minor}}',
        'type=pep440,pattern={{major}}',
        'type=match,pattern=(\\d.*)',
        'type=match,pattern=v(\\d)|(.)',
        'type=edge',
        'type=ref,event=branch',
        'type=ref,event=tag',
        'type=ref,event=pr',
        'type=raw,value={{tag}}{{branch}}',
        'type=sha',
      ),
      fc.array(attribute, { maxLength: 2 }),
    )
    .map(([type, attributes]) => [type, ...attributes].join(','));
  const name = fc.oneof(
    fc.string({ minLength: 1, maxLength: 150 }),
    fc.constantFrom('v1.2.3', '0.1.0', '1.2.3-rc.1', '1!2.0', 'latest', 'main', '-x'),
  );
  const github = fc.oneof(
    name.map(branch),
    name.map(gitTag),
    fc.constantFrom(pullRequest, pullRequestTarget, schedule, workflowDispatch, outsideOfARunner),
  );

  it('gives legal tags or InvalidTags, 10,000 times', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rule, { maxLength: 4 }), github, async (rules, run) => {
        try {
          const tags = await tagsOf(run, rules.join('\n'));
          expect(tags.length).toBeGreaterThan(0);
          expect(new Set(tags).size).toBe(tags.length);
          for (const tag of tags) expect(tag).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/);
        } catch (error) {
          if (!(error instanceof InvalidTags)) throw error;
        }
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);
});
