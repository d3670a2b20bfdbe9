import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { commandInput } from '../../src/action/command-input.ts';

test.each([
  ['npm run migrate', ['npm', 'run', 'migrate']],
  ['  npm   run migrate ', ['npm', 'run', 'migrate']],
  [`node -e 'console.log("a b")'`, ['node', '-e', 'console.log("a b")']],
  ['rake "db:migrate RAILS"', ['rake', 'db:migrate RAILS']],
  [String.raw`echo a\ b`, ['echo', 'a b']],
  [`sh -c 'npm run migrate && npm run seed'`, ['sh', '-c', 'npm run migrate && npm run seed']],
  ['/bin/bash -c "echo $HOME; true"', ['/bin/bash', '-c', 'echo $HOME; true']],
  ['migrate --to=2024-01-01#3', ['migrate', '--to=2024-01-01#3']],
  ['grep a|b', ['grep', 'a|b']],
  // In single quotes a backslash is a backslash, whatever kind of quotes follows.
  [String.raw`sh -c '\"'"'"`, ['sh', '-c', String.raw`\"'`]],
  [String.raw`sh -c 'a\\b'"c"`, ['sh', '-c', String.raw`a\\bc`]],
])('%s', (text, words) => {
  expect(commandInput.parse(text)).toEqual(words);
});

describe('a command that would not do what it says is refused', () => {
  test.each([
    ['npm run migrate && npm run seed', 'has && in it, which needs a shell'],
    ['one || two', 'has || in it'],
    ['one | two', 'has | in it'],
    ['one; two', 'has one; in it'],
    ['one > log', 'has > in it'],
    ['one 2>&1', 'has 2>&1 in it'],
    ['migrate $DATABASE_URL', 'has $DATABASE_URL in it'],
    [`sh -c 'one`, 'has a quote or a backslash that does not end'],
    ['sh -c "one', 'has a quote or a backslash that does not end'],
    ['   ', 'has no command in it'],
    ["''", 'has no command in it'],
  ])('%s', (text, wrong) => {
    expect(() => commandInput.parse(text)).toThrow(wrong);
  });
});

test('words that are quoted come back, whatever is in them', () => {
  const special = fc.constantFrom('a', ' ', '\\', '"', "'", '$', '\n');
  const quoted = (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`;
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.string({ unit: special }))), (rest) => {
      const words = ['sh', ...rest];
      expect(commandInput.parse(words.map(quoted).join(' '))).toEqual(words);
    }),
    { numRuns: 2_000 },
  );
});
