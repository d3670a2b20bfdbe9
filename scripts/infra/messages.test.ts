import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const files = globSync('infra/*/*.tf', { cwd: root });
const messages = files.flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^ *error_message = "((?:[^"\\]|\\.)*)"$/gm)].map(([, said]) => said);
});

// As of the inputs of an action: one sentence names the variable, what is wrong and what is right.
test.each(messages)('infra refuses with the name, the problem and an example: %s', (message) => {
  expect(message).toMatch(/^[a-z][a-z_.]*(?:(?:,| and) [a-z][a-z_.]*)*: \S.*[^.:]\. Example: \S/);
});

test('infra says it so for every check that it has', () => {
  const checks = files.map((file) => readFileSync(join(root, file), 'utf8'));
  expect(messages.length).toBe(checks.join('').match(/\b(?:validation|precondition) \{/g)?.length);
  expect(messages.length).toBeGreaterThan(30);
});
