import { expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { needs } from '../../actions/deploy-k8s/src/check/needs.ts';
import { kubernetesRole, needsTable } from './kubernetes-role.ts';

const [role, nodes] = parseAllDocuments(kubernetesRole()).map((one) => one.toJS());

it('has everything in a Role, and what is asked for in the whole cluster in a ClusterRole', () => {
  expect([role.kind, nodes.kind]).toEqual(['Role', 'ClusterRole']);
  expect(role.rules.length + nodes.rules.length).toBe(needs.length);
  expect(role.rules).toContainEqual({
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    verbs: ['get', 'create', 'update', 'delete'],
  });
  expect(nodes.rules).toEqual([{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] }]);
});

it('says of each rule what it is for', () => {
  expect(kubernetesRole()).toContain(
    '  # to ask each new pod for health-path; where health-path is given\n',
  );
});

it('is a table of the README too', () => {
  expect(needsTable()).toContain(
    '| `leases.coordination.k8s.io` | get, create, update, delete | for the lock, so that two runs do not deploy at once | **yes** |',
  );
});
