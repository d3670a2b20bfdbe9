import { expect, it } from '@jest/globals';
import { readCommits } from '../src/git/read-commits.ts';

const person = 'Ada <ada@example.com> 1767827400 +0000';
const a = 'a'.repeat(40);
const b = 'b'.repeat(40);
const record = (sha: string, head: string[], message: string) =>
  `${[sha, `tree ${'0'.repeat(40)}`, ...head, `author ${person}`, `committer ${person}`].join('\n')}\n\n${message}\0`;

it.each<[string, string, object[]]>([
  ['nothing', '', []],
  ['a root', record(a, [], '    feat: x\n'), [{ sha: a, parents: [], message: 'feat: x' }]],
  [
    'a merge with a body',
    record(b, [`parent ${a}`, `parent ${b}`], '    Merge\n    \n        indented\n'),
    [{ sha: b, parents: [a, b], message: 'Merge\n\n    indented' }],
  ],
  [
    'two, of which one is signed and one says nothing',
    record(a, ['gpgsig -----BEGIN SSH SIGNATURE-----', ' parent x', ' -----END'], '') +
      record(b, [`parent ${a}`], '    fix: y\n'),
    [
      { sha: a, parents: [], message: '' },
      { sha: b, parents: [a], message: 'fix: y' },
    ],
  ],
])('reads %s', (_, printed, commits) => {
  expect(readCommits(printed)).toEqual(commits);
});
