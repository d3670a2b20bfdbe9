import { describe, expect, it } from '@jest/globals';
import { Failure } from '@slipway/shared/failure/failure';
import { parse } from 'yaml';
import { checkPermissions } from '../../src/check/check-permissions.ts';
import { type NeedingRun, needs } from '../../src/check/needs.ts';
import { FakeKubernetes, resources } from '../fake-kubernetes.ts';

const signal = new AbortController().signal;
const update: NeedingRun = { kind: 'Deployment', isNew: false, inputs: new Set(['rollback']) };

/** What a run asks for, `verb group/resource namespace`. */
async function askedBy(run: NeedingRun): Promise<readonly string[]> {
  const asked: string[] = [];
  const cluster = new FakeKubernetes();
  const api = cluster.api({
    denied: async (all) => {
      asked.push(
        ...all.map(({ verb, group, resource }) => `${verb} ${group && `${group}/`}${resource}`),
      );
      return [];
    },
  });
  await checkPermissions({ api, run, namespace: 'shop', others: [] }, signal);
  return asked;
}

async function check(denied: readonly string[], run = update) {
  const cluster = new FakeKubernetes();
  for (const one of denied) cluster.denied.add(one);
  const others = [{ resource: resources.service, namespace: 'shop', name: 'shop' }];
  return checkPermissions({ api: cluster.api(), run, namespace: 'shop', others }, signal);
}

describe('permissions', () => {
  it('of an update are those of the apply, the watch, the lock and the way back', async () => {
    const asked = await askedBy(update);
    expect(asked).toEqual(
      expect.arrayContaining([
        'patch apps/deployments',
        'watch apps/replicasets',
        'watch pods',
        'update coordination.k8s.io/leases',
      ]),
    );
    expect(asked).not.toContain('create apps/deployments');
    expect(asked).not.toContain('delete pods');
    expect(asked).not.toContain('create secrets');
  });

  it.each<[string, NeedingRun, string]>([
    ['to create', { ...update, isNew: true }, 'create apps/deployments'],
    ['to go back to nothing', { ...update, isNew: true }, 'delete apps/deployments'],
    ['a Job is a new one each time', { ...update, kind: 'Job' }, 'create batch/jobs'],
    ['a stuck pod is replaced', { ...update, kind: 'StatefulSet' }, 'delete pods'],
    ['secrets', { ...update, inputs: new Set(['secrets']) }, 'create secrets'],
    ['run-before', { ...update, inputs: new Set(['run-before']) }, 'create batch/jobs'],
    ['health-path', { ...update, inputs: new Set(['health-path']) }, 'get pods/proxy'],
    [
      'canary',
      { ...update, inputs: new Set(['route']) },
      'update gateway.networking.k8s.io/httproutes',
    ],
  ])('are asked for: %s', async (_, run, permission) => {
    expect(await askedBy(run)).toContain(permission);
  });

  it('that are missing are one failure, with the Role as it can be applied', async () => {
    const failure = await check(['patch deployments', 'watch pods', 'patch services']).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(Failure);
    if (!(failure instanceof Failure)) return;
    const [sentence, ...yaml] = failure.message.split('\n');
    expect(failure.code).toBe('k8s/permissions');
    expect(sentence).toBe(
      'This identity lacks permissions that the run or its rollback needs: patch deployments in namespace shop, watch pods in namespace shop, patch services/shop in namespace shop.',
    );
    expect(parse(yaml.join('\n'))).toEqual({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'slipway-deploy', namespace: 'shop' },
      rules: [
        { apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['watch'] },
        { apiGroups: [''], resources: ['services'], verbs: ['patch'] },
      ],
    });
  });

  it('that a run can do without are said', async () => {
    expect(await check(['list nodes', 'create pods'])).toEqual([
      'This identity may not create pods in namespace shop, which a run can do without.',
      'This identity may not list nodes in the cluster, which a run can do without.',
    ]);
  });

  it('are each in the list with a reason, and with people’s words where they are not always needed', () => {
    for (const need of needs) {
      expect(need.why).toMatch(/^(?:to|for) /);
      expect(need.where === undefined).toBe(need.when === undefined);
    }
  });
});
