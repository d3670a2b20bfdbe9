import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../../packages/local-cloud/src/any-character.ts';
import { linearTime, threadTime } from '../../../packages/local-cloud/src/linear-time.ts';
import { analyse } from '../src/analyse.ts';
import { plainNotes, releaseNotes } from '../src/notes.ts';
import type { Bump } from '../src/version/bump.ts';

const bumpOf = (...messages: string[]): Bump =>
  analyse(
    messages.map((message, index) => ({
      sha: String(index).padStart(40, '0'),
      parents: [],
      message,
    })),
  ).bump;

describe('what one commit asks for', () => {
  it.each<[Bump, string]>([
    ['minor', 'feat: x'],
    ['minor', 'feat(api): x'],
    ['minor', 'feat(a, b): x'],
    ['minor', 'feat(@scope/pkg:part): x'],
    ['minor', 'feat(): x'],
    ['minor', 'feature: x'],
    ['minor', 'Feat: x'],
    ['minor', 'FEAT(API): x'],
    ['patch', 'fix: x'],
    ['patch', 'Fix: x'],
    ['patch', 'perf: x'],
    ['none', 'chore: x'],
    ['none', 'refactor: x'],
    ['none', 'docs: x'],
    ['none', 'ci: x'],
    ['none', 'test: x'],
    ['none', 'whatever: x'],
    ['none', 'Update README'],
    ['none', ''],
    ['none', '\n\n'],
    ['major', 'feat!: x'],
    ['major', 'feat(api)!: x'],
    ['major', 'chore!: x'],
    ['major', 'chore(lala)!: foo'],
    ['major', 'Refactor!: x'],
    ['major', 'fix: x\n\nBREAKING CHANGE: y'],
    ['major', 'fix: x\n\nBREAKING-CHANGE: y'],
    ['major', 'fix: x\n\nbody\n\nReviewed-by: Z\nBREAKING CHANGE: y\nRefs: #1'],
    ['major', 'fix: x\r\n\r\nBREAKING CHANGE: y\r\n'],
    ['major', 'Update the API\n\nBREAKING CHANGE: y'],
    ['major', 'BREAKING CHANGE: y'],
    ['patch', 'fix: x\n\nBREAKING CHANGE y'],
    ['patch', 'fix: x\n\nBREAKING CHANGE was discussed'],
    ['patch', 'fix: x\n\nThis is not a BREAKING CHANGE: it only looks so'],
    ['patch', 'fix: x\n\n    BREAKING CHANGE: quoted'],
    ['none', 'feat:x'],
    ['none', 'feat : x'],
    ['none', 'feat (api): x'],
    ['none', 'feat:'],
    ['none', 'feat: '],
    ['none', 'fixup! feat: x'],
    ['none', 'squash! feat!: x'],
    ['none', 'docs: explain feat: usage'],
    ['none', 'docs: the !: operator'],
    ['none', '[JIRA-1] feat: x'],
    ['none', 'Merge remote-tracking branch'],
    ['none', "Merge branch 'feat: x'"],
    ['none', 'chore: bump x\n\n---\nupdated-dependencies:\n- dependency-name: x\n  feat: y\n...'],
    ['none', 'chore: sign\n\ngpg: feat: x'],
    ['none', 'feat: x [skip release]'],
    ['none', 'feat!: x\n\n[release skip]'],
    ['patch', 'revert: feat: x'],
    ['patch', 'revert: let us never again speak of the noodle incident\n\nRefs: 676104e'],
    ['patch', 'Revert "feat: x"'],
    ['patch', 'Revert "feat: x (#1)" (#2)'],
    ['none', 'Revert "docs: x"\n\nThis reverts commit 0123456789abcdef.'],
    ['none', 'Revert "Update README"'],
    ['none', 'Revert ""'],
    ['none', 'Revert " "\n\nThis reverts commit 0123456789abcdef.'],
    ['none', 'Reapply ""'],
    ['patch', 'revert: Revert ""'],
  ])('%s: %j', (bump, message) => {
    expect(bumpOf(message)).toBe(bump);
  });
});

describe('a break that is announced in a form that people use', () => {
  const filler = 'Much other text about all of it, in lines of this length.\n'.repeat(2_000);
  it.each<[string, string]>([
    ['text on the next line', 'fix: x\n\nBREAKING CHANGE:\ny is gone'],
    ['text behind a blank line', 'fix: x\n\nBREAKING CHANGE:\n\ny is gone'],
    ['no blank', 'fix: x\n\nBREAKING CHANGE:y'],
    ['no text at all', 'fix: x\n\nBREAKING CHANGE:'],
    ['an item of a list', 'fix: x\n\n- BREAKING CHANGE: y'],
    ['another item', 'fix: x\n\nThis does:\n* a\n* BREAKING CHANGE: y\n* b'],
    ['a numbered item', 'fix: x\n\n1. a\n2. BREAKING CHANGE: y'],
    ['an item of a squash', 'Cart (#12)\n\n* fix: x\n\n* BREAKING CHANGE: y'],
    ['a heading', 'fix: x\n\n## BREAKING CHANGES\n\n- y is gone'],
    ['a line of its own', 'fix: x\n\nBREAKING CHANGE\ny is gone'],
    ['bold type', 'fix: x\n\n**BREAKING CHANGE**: y'],
    ['all in bold type', 'fix: x\n\n**BREAKING CHANGE: y**'],
    ['an emoji', 'fix: x\n\n\u26a0\ufe0f BREAKING CHANGES: y'],
    ['an emoji by name', 'fix: x\n\n:boom: BREAKING CHANGE: y'],
    ['the plural', 'fix: x\n\nBREAKING CHANGES: y'],
    ['an underscore', 'fix: x\n\nBREAKING_CHANGE: y'],
    ['a scope', 'fix: x\n\nBREAKING CHANGE(api): y'],
    ['a blank before the colon', 'fix: x\n\nBREAKING CHANGE : y'],
    ['a dash', 'fix: x\n\nBREAKING CHANGE - y'],
    ['a number', 'fix: x\n\nBREAKING CHANGE #12'],
    ['one word', 'fix: x\n\nBREAKING: y'],
    ['another case', 'fix: x\n\nBreaking change: y'],
    ['small letters', 'fix: x\n\nbreaking change: y'],
    ['a mixed case', 'fix: x\n\nBREAKING change: y'],
    ['the title', 'BREAKING_CHANGE: y'],
    ['a title in small letters', 'breaking-change: y'],
    ['after other footers', 'fix: x\n\nRefs: #1\nReviewed-by: Z\nBreaking-Change: y'],
    ['a mark before the scope', 'feat!(api): x'],
    ['a mark behind a blank', 'feat(api) !: x'],
    ['a mark without a blank', 'feat!:x'],
    ['a mark behind a ticket', '[JIRA-1] feat!: x'],
    ['behind much other text', `fix: x\n\n${filler}\nBREAKING CHANGE: y`],
    ['behind much other text, in a list', `fix: x\n\n${filler}\n* BREAKING CHANGE:\n  y`],
    ['in a revert', 'Revert "fix: x"\n\nThis reverts commit 0123456.\n\nBREAKING CHANGE: y'],
  ])('%s', (_, message) => {
    expect(bumpOf(message)).toBe('major');
  });

  it.each<[string, Bump, string]>([
    ['that says there is none', 'patch', 'fix: x\n\n### Breaking changes: none'],
    ['of a template', 'patch', 'fix: x\n\n## BREAKING CHANGES\n\nNone.'],
    ['that is mentioned', 'patch', 'fix: x\n\nBreaking changes were discussed: none is here'],
    ['whose words begin a line', 'patch', 'fix: x\n\nNo\nbreaking changes\nin here'],
    ['that is quoted', 'patch', 'fix: x\n\n> BREAKING CHANGES: y'],
    [
      'of a dependency',
      'none',
      'chore(deps): bump y\n\n<details>\n<summary>Release notes</summary>\n\n## BREAKING CHANGES\n\n* theirs\n</details>',
    ],
    ['of a commit to be squashed', 'none', 'squash! feat!: x'],
  ])('is none: one %s', (_, bump, message) => {
    expect(bumpOf(message)).toBe(bump);
  });

  it('has its text in the notes', () => {
    const [first] = analyse([
      { sha: 'a'.repeat(40), parents: [], message: 'fix: x\n\n- BREAKING CHANGE:\n  y is gone' },
    ]).read;
    expect(first?.changes[0]?.breakingNote).toContain('y is gone');
  });
});

describe('commits that were made of several', () => {
  it.each<[Bump, string]>([
    ['major', 'fix: pr (#12)\n\n* feat!: x\n\n* docs: y'],
    ['minor', 'Cart (#12)\n\n* wip\n\n* feat: x'],
    ['major', 'Cart (#12)\n\n* feat: x\n\nBREAKING CHANGE: y\n\n* docs: z'],
    ['none', 'chore(deps): bump x (#12)\n\nRelease notes:\n\n* feat!: theirs\n* fix: theirs'],
    ['minor', 'fix: x\n\nfeat: y'],
    ['major', 'fix: x\n\nfeat: y\n\nchore(api)!: z'],
    ['patch', 'fix: x\nfeat: y'],
    ['patch', 'fix: x\n\nNote: feat: y'],
    ['none', 'docs: x\n\nFixes: #12'],
    ['minor', 'Merge pull request #1 from octo/cart\n\nfeat: x'],
    ['none', 'Merge pull request #1 from octo/feat\n\nA cart'],
  ])('%s: %j', (bump, message) => {
    expect(bumpOf(message)).toBe(bump);
  });
});

describe('reverts', () => {
  const sha = (index: number) => String(index).padStart(40, '0');
  const revertOf = (header: string, index: number) =>
    `Revert "${header}"\n\nThis reverts commit ${sha(index)}.`;
  it.each<[string, Bump, string[]]>([
    ['cancel what they name', 'none', ['feat: x', revertOf('feat: x', 0)]],
    ['cancel by header', 'none', ['feat: x', 'Revert "feat: x"']],
    ['cancel over pull requests', 'none', ['feat: x (#1)', 'Revert "feat: x (#1)" (#2)']],
    ['cancel as a type', 'none', ['feat: x', 'revert: feat: x']],
    [
      'cancel by a short name',
      'none',
      ['feat: x', `revert: y\n\nThis reverts commit ${sha(0).slice(0, 9)}.`],
    ],
    ['leave others alone', 'minor', ['feat: x', 'feat: y', revertOf('feat: x', 0)]],
    [
      'of a revert bring it back',
      'minor',
      ['feat: x', revertOf('feat: x', 0), revertOf('Revert "feat: x"', 1)],
    ],
    [
      'of a revert, as git says it now',
      'minor',
      ['feat: x', 'Revert "feat: x"', 'Reapply "feat: x"'],
    ],
    ['take the newest of that header', 'minor', ['feat: x', 'feat: x', 'Revert "feat: x"']],
    ['do not reach forward', 'minor', ['Revert "feat: x"', 'feat: x']],
    ['of what was released stay', 'patch', [revertOf('feat: x', 99)]],
  ])('%s', (_, bump, messages) => {
    expect(bumpOf(...messages)).toBe(bump);
  });
});

it('takes the farthest of many', () => {
  expect(bumpOf('docs: a', 'fix: b', 'feat: c', 'fix: d')).toBe('minor');
  expect(bumpOf()).toBe('none');
});

it('survives any message', () => {
  const word = fc.constantFrom(
    'feat',
    'fix',
    '(',
    ')',
    '!',
    ':',
    ' ',
    '\n',
    '\n\n',
    '* ',
    '"',
    'Revert "',
    'BREAKING CHANGE: ',
    '\u0000',
    '{',
    '%0A',
    '::error::',
  );
  const text = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.array(word, { maxLength: 30 }).map((words) => words.join('')),
  );
  fc.assert(
    fc.property(text, (message) =>
      expect(['none', 'patch', 'minor', 'major']).toContain(bumpOf(message)),
    ),
  );
});

it.each([
  ['parentheses', `feat${'('.repeat(60_000)}`],
  ['blanks', `feat:${' '.repeat(60_000)}`],
  ['words', `a`.repeat(60_000)],
  ['quotes', `Revert "${'Revert "'.repeat(8_000)}`],
  ['colons', 'a: '.repeat(20_000)],
  ['lines', 'BREAKING CHANGE\n'.repeat(4_000)],
  ['breaks', 'BREAKING CHANGE: \n'.repeat(400_000)],
  ['equals signs', `fix: x\n\n${'='.repeat(4_000_000)}`],
  ['lines of equals signs', `fix: x\n\n${'=====\n'.repeat(400_000)}`],
  ['blanks in the body', `fix: x\n\n${' '.repeat(4_000_000)}x`],
  ['blank lines', `fix: x${'\n'.repeat(4_000_000)}x`],
  ['carriage returns', `fix: x${'\r'.repeat(4_000_000)}x`],
  ['blanks in a break', `fix: x\n\nBREAKING CHANGE:${' '.repeat(4_000_000)}x`],
  ['blanks in a version', `fix: x\n\nRelease-As: 1${' '.repeat(60_000)}x`],
  ['stars', `fix: x\n\n${'*'.repeat(4_000_000)}`],
  ['list items', `fix: x\n\n${'* \n'.repeat(1_000_000)}`],
  ['numbers of pull requests', `fix: x${' (#1'.repeat(1_000_000)}`],
])('takes no time for %s without end', (_, message) => {
  const commit = { sha: 'a'.repeat(40), parents: [], message };
  const links = { repositoryUrl: 'https://github.com/o/r', previousTag: '', tag: 'v1.0.0' };
  const took = threadTime(() => {
    const analysis = analyse([commit, commit]);
    expect(releaseNotes(analysis, true, links).length).toBeLessThan(125_000);
    expect(plainNotes(analysis).length).toBeLessThan(125_000);
  });
  expect(took).toBeLessThan(linearTime(message.length));
});
