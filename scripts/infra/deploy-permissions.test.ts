import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  deployPermissions,
  deployRoles,
  type Permission,
  permissionsOf,
} from './deploy-permissions.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

// As a cloud writes what a role may do.
const forms: Readonly<Record<string, RegExp>> = {
  aws: /^[a-z]+(?:-[a-z]+)*:[A-Z][A-Za-z]+$/,
  azure: /^Microsoft\.[A-Z][A-Za-z]+(?:\/[A-Za-z]+)+\/(?:read|write|delete|action)$/,
};

test('what a deploy role may do is written as terraform fmt has it', () => {
  const role = { action: 'deploy-ecs', module: 'aws', checkedBy: 'IAM' };
  const text = deployPermissions(role, [
    { action: 'ecs:StopTask', why: 'to stop\nit', optional: true, resources: ['task'] },
    {
      action: 'ecs:DescribeTasks',
      why: 'to see',
      optional: false,
      resources: ['task', 'service'],
    },
  ]);
  expect(
    text,
  ).toBe(`# Generated from actions/deploy-ecs/src/api/permissions.json by \`make generate\`.

# What deploy-ecs calls, and the kinds of resources that IAM checks it against (deploy-role.tf).
locals {
  deploy_permissions = {
    "ecs:StopTask"      = ["task"]            # to stop it
    "ecs:DescribeTasks" = ["task", "service"] # to see (always needed)
  }
}
`);
});

describe.each(deployRoles)('what the role of $action may do', (role) => {
  const generated = read(`infra/${role.module}/deploy-permissions.tf`);
  const granted = [...generated.matchAll(/^ {4}"([^"]+)" += \[(.*?)\] *# (.*)$/gm)].map(
    ([, action = '', kinds = '', why = '']): Permission => ({
      action,
      why: why.replace(/ \(always needed\)$/, ''),
      optional: !why.endsWith(' (always needed)'),
      resources: kinds.split(', ').map((kind) => kind.slice(1, -1)),
    }),
  );
  const called: readonly Permission[] = JSON.parse(read(permissionsOf(role)));

  test('is what the action calls, nothing more and nothing less', () => {
    const grants = (all: readonly Permission[]) =>
      all.map(({ action, resources }) => `${action} on ${resources.join(', ')}`).sort();
    expect(grants(granted)).toEqual(grants(called));
    expect(granted.length).toBeGreaterThan(8);
  });

  test('is one action an entry, each once, in the form of the cloud, with a reason', () => {
    const actions = called.map(({ action }) => action);
    expect(new Set(actions).size).toBe(actions.length);
    for (const action of actions) expect(action).toMatch(forms[role.module] ?? /^$/);
    for (const { why } of called) expect(why).toMatch(/^[a-z].*[^.]$/s);
  });

  test('has a scope in deploy-role.tf for each kind of resource, and none is left over', () => {
    const scopes = read(`infra/${role.module}/deploy-role.tf`).split('deploy_scope = ')[1] ?? '';
    const own = scopes.split(/^ {2}[a-z_]+ += /m)[0] ?? '';
    const kinds = [...own.matchAll(/"([a-z*-]+)"\s+= /g)].map(([, kind]) => kind);
    expect(kinds.sort()).toEqual([...new Set(called.flatMap((one) => one.resources))].sort());
  });
});
