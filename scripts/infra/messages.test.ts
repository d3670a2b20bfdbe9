import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { deployRoles } from './deploy-permissions.ts';

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

test.each(deployRoles)('the settings that infra/$module gives are inputs of $action', (role) => {
  const outputs = readFileSync(join(root, 'infra', role.module, 'outputs.tf'), 'utf8');
  const settings = outputs.split('output "settings"')[1]?.split('yamlencode(')[1] ?? '';
  const schema: { properties: object } = JSON.parse(
    readFileSync(join(root, 'actions', role.action, 'settings.schema.json'), 'utf8'),
  );
  const names = [...(settings.split('\n  }')[0] ?? '').matchAll(/^ {4}([a-z-]+) +=/gm)];
  expect(names.length).toBeGreaterThan(6);
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining(names.map(([, name]) => name)),
  );
});
