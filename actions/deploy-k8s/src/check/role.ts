import type { Permission } from '../api/kubernetes-api.ts';

/** A rule of RBAC. */
interface Rule {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * Roles that allow some permissions, as YAML that `kubectl apply` takes: one for each namespace, and one
 * for what is asked for in the whole cluster.
 */
export function rolesFor(permissions: readonly Permission[]): string {
  const namespaces = [...new Set(permissions.map(({ namespace }) => namespace))];
  return namespaces
    .map((namespace) =>
      role(
        namespace,
        permissions.filter((one) => one.namespace === namespace),
      ),
    )
    .join('\n---\n');
}

function role(namespace: string | undefined, permissions: readonly Permission[]): string {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${kind}`,
    'metadata:',
    '  name: slipway-deploy',
    ...(namespace === undefined ? [] : [`  namespace: ${namespace}`]),
    'rules:',
    ...rulesOf(permissions).map(
      ({ group, resources, verbs }) =>
        `  - {apiGroups: [${quoted(group)}], resources: [${resources.join(', ')}], verbs: [${verbs.join(', ')}]}`,
    ),
  ].join('\n');
}

function quoted(group: string): string {
  return group === '' ? '""' : group;
}

/** Rules with the same verbs in the same group are one. */
function rulesOf(permissions: readonly Permission[]): readonly Rule[] {
  const verbs = new Map<string, Set<string>>();
  for (const { group, resource, verb } of permissions) {
    const key = `${group} ${resource}`;
    verbs.set(key, new Set([...(verbs.get(key) ?? []), verb]));
  }
  const rules = new Map<string, Rule>();
  for (const [key, some] of verbs) {
    const [group = '', resource = ''] = key.split(' ');
    const own = [...some];
    const same = `${group} ${own.join(' ')}`;
    const resources = [...(rules.get(same)?.resources ?? []), resource];
    rules.set(same, { group, resources, verbs: own });
  }
  return [...rules.values()];
}
