import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../../../packages/local-cloud/src/any-character.ts';
import { linearTime, threadTime } from '../../../../packages/local-cloud/src/linear-time.ts';
import { InvalidTags } from '../../src/tags/invalid-tags.ts';
import { parseRules } from '../../src/tags/parse-rules.ts';

function problemsOf(text: string): string[] {
  try {
    parseRules(text);
    return [];
  } catch (error) {
    if (error instanceof InvalidTags) return error.problems;
    throw error;
  }
}

describe('parseRules reads', () => {
  it.each([
    ['type=schedule', { type: 'schedule', priority: 1000 }],
    ['type=semver,pattern={{version}}', { type: 'semver', priority: 900, match: undefined }],
    ['type=pep440,pattern={{version}}', { type: 'pep440', priority: 900 }],
    ['type=match,pattern=\\d{8}', { type: 'match', priority: 800, group: 0, pattern: /\d{8}/ }],
    ['type=match,pattern=/V(.*)/i,group=1', { pattern: /V(.*)/i, group: 1 }],
    ['type=match,"pattern=v\\d{1,3}"', { pattern: /v\d{1,3}/ }],
    ['"type=match,""pattern=v\\d{1,3}"""', { pattern: /v\d{1,3}/ }],
    ['type=semver,pattern={{version}},match=app-(.*)', { match: /app-(.*)/ }],
    ['type=semver,pattern={{version}},value=v1=2', { value: [{ kind: 'text', text: 'v1=2' }] }],
    ['type=semver,pattern={{version}},value=,match=', { value: [], match: undefined }],
    ['type=edge', { type: 'edge', priority: 700, branch: '' }],
    ['type=edge,branch=dev', { branch: 'dev' }],
    ['type=ref,event=branch', { type: 'ref', priority: 600, event: 'branch', prefix: [] }],
    ['type=ref,event=pr', { event: 'pr', prefix: [{ kind: 'text', text: 'pr-' }] }],
    ['type=ref,event=pr,prefix=', { event: 'pr', prefix: [] }],
    ['type=raw,value=foo', { type: 'raw', priority: 200, enable: undefined }],
    ['type=raw,foo', { type: 'raw', value: [{ kind: 'text', text: 'foo' }] }],
    ['foo', { type: 'raw', value: [{ kind: 'text', text: 'foo' }] }],
    ['foo,enable=false', { type: 'raw', enable: false }],
    ['value=foo', { type: 'raw' }],
    ['type=sha', { type: 'sha', priority: 100, format: 'short' }],
    ['type=sha,format=long,prefix=', { format: 'long', prefix: [] }],
    ['type=sha,priority=-5', { priority: -5 }],
    ['type=sha,enable=true', { enable: true }],
    ['type=sha,enable={{is_default_branch}}', { enable: 'is_default_branch' }],
    ['type=sha,enable={{ is_not_default_branch }}', { enable: 'is_not_default_branch' }],
    ['type = sha , Format = long', { format: 'long' }],
    ['type=ref,event=tag,latest=false', { latest: false }],
    [
      "type=raw,value={{date 'YYYYMMDD' tz='Europe/Berlin'}}",
      { value: [{ kind: 'date', name: 'date', format: 'YYYYMMDD', zone: 'Europe/Berlin' }] },
    ],
    [
      "type=schedule,pattern={{ commit_date 'X' tz='' }}",
      { pattern: [{ kind: 'date', name: 'commit_date', format: 'X', zone: 'UTC' }] },
    ],
    [
      'type=raw,value=a-{{branch}}{{sha}}',
      {
        value: [
          { kind: 'text', text: 'a-' },
          { kind: 'fact', name: 'branch' },
          { kind: 'fact', name: 'sha' },
        ],
      },
    ],
    // A rule that is off may hold what a ${{ }} of another event left behind.
    ['type=raw,value=,enable=false', { enable: false, value: [] }],
    ['type=raw,value=feature/x,enable=false', { enable: false }],
  ])('%s', (text, expected) => {
    expect(parseRules(text)).toEqual([expect.objectContaining(expected)]);
  });

  it('leaves out comment lines and blank lines, but no # inside of a value', () => {
    const text = '# all tags\r\n\r\n  type=sha\r\n   # type=nope\r\n\ttype=edge,branch=a#b\r\n';
    expect(parseRules(text).map(({ line, text }) => [line, text])).toEqual([
      [3, 'type=sha'],
      [5, 'type=edge,branch=a#b'],
    ]);
  });

  it.each(['', '\n \n', '# nothing'])('no rule out of %j', (text) => {
    expect(parseRules(text)).toEqual([]);
  });
});

describe('parseRules refuses', () => {
  it.each([
    ['type=semvr,pattern={{version}}', ['"semvr" is not a type', 'nearest is semver']],
    ['type=', ['"" is not a type']],
    ['type=Raw,value=x', ['"Raw" is not a type', 'nearest is raw']],
    ['pattern={{version}}', ['has no type=']],
    ['type=sha,formt=long', ['no attribute "formt"', 'nearest is format', 'type=sha,format=long']],
    ['type=sha,branch=main', ['no attribute "branch"']],
    ['type=ref,event=branch,flavor=x', ['no attribute "flavor"']],
    ['type=sha,=long', ['no attribute ""']],
    ['flavor=latest=false', ['has no type=']],
    ['type=sha,long', ['"long" has no =']],
    ['type=sha,', ['comma too many']],
    ['type=sha,format=long,format=short', ['format is given twice']],
    ['type=sha,type=sha', ['type is given twice']],
    ['type=raw,foo,value=bar', ['value is given twice']],
    ['type=raw,"value=a', ['double quote']],
    ['type=raw,value=a"b', ['double quote']],
    ['type=semver', ['needs pattern=', 'type=semver,pattern={{version}}']],
    ['type=semver,pattern=', ['needs pattern=']],
    ['type=pep440', ['needs pattern=']],
    ['type=match', ['needs pattern=']],
    ['type=schedule,pattern=', ['needs pattern=']],
    ['type=ref', ['needs event=']],
    ['type=ref,event=push', ['event is "push"', 'branch, tag, pr']],
    ['type=raw', ['value is empty']],
    ['type=raw,value=', ['value is empty']],
    ['type=sha,format=medium', ['format is "medium"', 'short, long']],
    ['type=match,pattern=v(.*),group=one', ['group is "one"']],
    ['type=match,pattern=v(.*),group=-1', ['group is "-1"']],
    ['type=match,pattern=v(.*),group=2', ['no group 2']],
    ['type=match,pattern=v(.*', ['not a regular expression']],
    ['type=match,pattern=/v/q', ['not a regular expression']],
    ['type=semver,pattern={{version}},match=v.*', ['match has no group 1']],
    ['type=sha,enable=yes', ['enable is "yes"']],
    ['type=sha,enable=', ['enable is ""']],
    ['type=sha,enable={{branch}}', ['enable is "{{branch}}"']],
    ['type=sha,priority=high', ['priority is "high"']],
    ['type=sha,priority=1.5', ['priority is "1.5"']],
    ['type=sha,priority=', ['priority is ""']],
    ['type=ref,event=tag,latest=yes', ['latest is "yes"']],
    ['type=edge,branch={{branch}}', ['branch takes the name']],
    ['type=semver,pattern={{nope}}', ['{{nope}}', 'unknown expression']],
    ['type=semver,pattern={{verison}}', ['{{verison}}', 'nearest is {{version}}']],
    ['type=raw,value={{branhc}}', ['{{branhc}}', 'nearest is {{branch}}']],
    ['type=raw,value={{}}', ['unknown expression']],
    ['type=raw,value={{version}}', ['cannot use {{version}}', 'pattern={{version}}']],
    ['type=sha,prefix={{major}}-', ['prefix cannot use {{major}}']],
    ['type=raw,value={{branch main}}', ['{{branch}} takes no argument']],
    ['type=raw,value={version}', ['brace']],
    ['type=raw,value={{branch', ['brace']],
    ['type=raw,value={{{branch}}}', ['brace']],
    ['type=raw,value={{date}}', ['{{date}} needs a format']],
    ['type=raw,value={{date YYYY}}', ['{{date}} needs a format']],
    ["type=raw,value={{date ''}}", ['{{date}} needs a format']],
    ["type=raw,value={{date 'YYYY' zone='UTC'}}", ['may have tz=']],
    ["type=raw,value={{date 'YYYY' tz=UTC}}", ['may have tz= in quotes']],
    ["type=raw,value={{date 'YYYY' tz='Mars/Olympus'}}", ['unknown time zone Mars/Olympus']],
    ["type=raw,value={{date 'yyyyMMdd'}}", ['unknown yyyy, dd', 'YYYY']],
    ["type=raw,value={{date 'YYYY-MM-DD HH:mm'}}", ['the format of {{date}} has " ", ":"']],
    ['Feature/X!', ['has "/", "!"', '{{branch}}']],
    ['type=raw,value=a b', ['has " "']],
    ['type=raw,value=größe', ['has "ö", "ß"']],
    ['type=raw,value=-x', ['begins with']],
    ['type=raw,value=.x', ['begins with']],
    ['type=ref,event=branch,prefix=-', ['begins with']],
    ['type=ref,event=branch,suffix=+x', ['suffix "+x" has "+"']],
    ['type=semver,pattern=v/{{major}}', ['pattern "v/" has "/"']],
    [`type=raw,value=${'x'.repeat(129)}`, ['has 129 characters', 'at most 128']],
    [`sha256:${'a'.repeat(64)}`, ['is a digest, not a tag']],
    [`type=raw,value=app@sha256:${'a'.repeat(64)}`, ['is a digest, not a tag']],
    ['ghcr.io/octocat/app:1.2', ['has "/", ":"']],
  ])('%s', (text, words) => {
    const problems = problemsOf(`# first\n${text}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^Input tags, line 2 `.*`: .* Valid: ./);
    for (const word of words) expect(problems[0]).toContain(word);
  });

  it('all mistakes of a text at once, each with its line', () => {
    const text = 'type=sha,formt=long,enable=yes\ntype=sha\ntype=semver\nFeature/X!\ntype=nope';
    expect(problemsOf(text).map((problem) => /line \d/.exec(problem)?.[0])).toEqual([
      'line 1',
      'line 1',
      'line 3',
      'line 4',
      'line 5',
    ]);
  });

  it('a long or unprintable line without repeating all of it', () => {
    const [problem = ''] = problemsOf(`type=nope\u001b[31m,value=${'x'.repeat(5_000)}`);
    expect(problem.length).toBeLessThan(1_000);
    expect(problem).not.toContain('\u001b[31m,value');
  });
});

describe('two rules that say the same', () => {
  it.each([
    ['type=sha\ntype=sha', 1],
    ['type=sha\ntype=sha,format=short,prefix=sha-', 1],
    ['type=sha\ntype=sha,priority=5', 1],
    ['type=raw,value=x\nx', 1],
    ['type=raw,value=x-y\ntype=raw,prefix=x-,value=y', 1],
    ['x\nx\nx', 2],
    ['type=sha\ntype=sha,format=long', 0],
    ['type=raw,value=x\ntype=raw,value=X', 0],
    // Two conditions are how one writes "or", and a ${{ }} may leave the same word in both.
    ['latest,enable={{is_default_branch}}\nlatest,enable=false', 0],
    ['latest,enable=true\nlatest,enable=true', 0],
    // These meet on a prerelease, as they do in every pasted configuration.
    ['type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}', 0],
    ['type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}.{{patch}}', 0],
    ['type=match,pattern=v(.*),group=1\ntype=match,pattern=v(.*),group=0', 0],
  ])('%j: %d problems', (text, count) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(count);
    for (const problem of problems) expect(problem).toMatch(/gives the same tag as line 1 `/);
  });
});

describe('parseRules with any text', () => {
  const word = fc.constantFrom(
    ...'type= = , " "" # \n {{ }} {{branch}} {{version}} {{date \'YYYY\'}} ( ) [ * / \\ : @ sha256:'
      .split(' ')
      .concat(['raw', 'semver', 'match', 'sha', 'pattern=', 'value=', 'enable=', 'v1.2.3', ' ']),
  );
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.string({ unit: anyCharacter, maxLength: 200 }),
    fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
  );

  it('gives rules or InvalidTags, for 10,000 texts', () => {
    fc.assert(
      fc.property(text, (any) => {
        for (const problem of problemsOf(any)) {
          expect(problem).toMatch(/^Input tags, line \d+ `[\s\S]*`: [\s\S]* Valid: ./);
        }
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);

  it.each([
    ['lines', 'x/\n'.repeat(30_000)],
    ['fields', `type=sha${',a'.repeat(50_000)}`],
    ['quotes', '"'.repeat(100_000)],
    ['braces', '{'.repeat(100_000)],
    ['letters in a name', `type=${'a'.repeat(100_000)}`],
    ['expressions', `type=raw,value=${'{{branch}}'.repeat(10_000)}`],
    ['blanks in an expression', `type=raw,value={{branch${' '.repeat(90_000)}x}}`],
    ['blanks in a date', `type=raw,value={{date 'X'${' '.repeat(90_000)}x}}`],
    ['at signs', '@'.repeat(100_000)],
    ['slashes', `type=match,pattern=${'/'.repeat(90_000)}`],
  ])('takes little time for many %s', (_, any) => {
    expect(threadTime(() => problemsOf(any))).toBeLessThan(linearTime(any.length));
  });
});
