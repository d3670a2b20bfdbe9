import { Failure } from '@slipway/shared/failure/failure';
import type { KubernetesApi, ObjectName, Permission } from '../api/kubernetes-api.ts';
import { type NeedingRun, neededBy } from './needs.ts';
import { rolesFor } from './role.ts';

/** What is asked for. */
export interface Asked {
  readonly api: KubernetesApi;
  readonly run: NeedingRun;
  /** Namespace of the workload. */
  readonly namespace: string | undefined;
  /** The other objects that are applied. */
  readonly others: readonly ObjectName[];
}

/**
 * Asks whether this identity may do all that a run needs, and what a rollback would need.
 * @returns what is not found out without a permission, one sentence each
 * @throws Failure `k8s/permissions` with the Role that is missing
 */
export async function checkPermissions(
  { api, run, namespace, others }: Asked,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const needed = [...neededBy(run, namespace, { isOptional: false }), ...others.flatMap(applying)];
  const wished = neededBy(run, namespace, { isOptional: true });
  const denied = new Set(await api.denied([...unique(needed), ...wished], signal));
  const missing = [...denied].filter((one) => !wished.includes(one));
  if (missing.length > 0) {
    const names = missing.map(permissionText);
    const failure = Failure.of('k8s/permissions', { permissions: list(names) });
    throw failure.followedBy(rolesFor(missing));
  }
  return wished
    .filter((one) => denied.has(one))
    .map((one) => `This identity may not ${permissionText(one)}, which a run can do without.`);
}

function applying({ resource, namespace, name }: ObjectName): readonly Permission[] {
  const [group = ''] = resource.apiVersion.includes('/') ? resource.apiVersion.split('/') : [];
  return ['get', 'patch', 'create'].map((verb) => ({
    verb,
    group,
    resource: resource.plural,
    namespace,
    // Who may write some objects alone is allowed them by name; nobody can be to create one.
    ...(verb !== 'create' && { name }),
  }));
}

function unique(all: readonly Permission[]): readonly Permission[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

const most = 15;

function list(names: readonly string[]): string {
  const shown = [...new Set(names)];
  const more = shown.length > most ? [`${shown.length - most} more`] : [];
  return [...shown.slice(0, most), ...more].join(', ');
}

/** `patch deployments in namespace shop` */
function permissionText({ verb, resource, namespace, name }: Permission): string {
  const which = name === undefined ? resource : `${resource}/${name}`;
  return `${verb} ${which} in ${namespace === undefined ? 'the cluster' : `namespace ${namespace}`}`;
}
