import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { deployPermissions, type Permission } from './deploy-permissions.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const permissions: readonly Permission[] = JSON.parse(
  read('actions/deploy-ecs/src/api/permissions.json'),
);

describe('what the deploy role may do', () => {
  test('is written as terraform fmt has it', () => {
    const text = deployPermissions([
      { action: 'ecs:StopTask', why: 'to stop\nit', optional: true, resources: ['task'] },
      {
        action: 'ecs:DescribeTasks',
        why: 'to see',
        optional: false,
        resources: ['task', 'service'],
      },
    ]);
    expect(text.slice(text.indexOf('locals'))).toBe(`locals {
  deploy_permissions = {
    "ecs:StopTask"      = ["task"]            # to stop it
    "ecs:DescribeTasks" = ["task", "service"] # to see (always needed)
  }
}
`);
  });

  test('is one action an entry, each once, in the form of IAM, with a reason', () => {
    const actions = permissions.map(({ action }) => action);
    expect(new Set(actions).size).toBe(actions.length);
    for (const action of actions) expect(action).toMatch(/^[a-z]+(?:-[a-z]+)*:[A-Z][A-Za-z]+$/);
    for (const { why } of permissions) expect(why).toMatch(/^[a-z].*[^.]$/s);
  });

  test('has a scope in deploy-role.tf for each kind of resource, and none is left over', () => {
    const scopes = read('infra/aws/deploy-role.tf').split('deploy_scope = {')[1] ?? '';
    const kinds = [...scopes.matchAll(/^ {4}"([a-z*-]+)"\s+= \[/gm)].map(([, kind]) => kind);
    expect(kinds.sort()).toEqual([...new Set(permissions.flatMap((one) => one.resources))].sort());
  });
});
