import type { ObjectName } from '../api/kubernetes-api.ts';
import { checkPermissions } from '../check/check-permissions.ts';
import type { NeedingRun } from '../check/needs.ts';
import type { Settings } from '../settings.ts';
import { findWorkload } from './find-workload.ts';
import type { Preparation } from './preparation.ts';

/** The inputs that decide on what has to be allowed. */
export type NeedingSettings = Pick<
  Settings,
  'health-path' | 'rollback' | 'run-before' | 'secrets' | 'strategy'
>;

/** The workload of a run, and what this identity may not do although it would be of use. */
export interface CheckedWorkload {
  readonly name: ObjectName;
  readonly notes: readonly string[];
}

/**
 * Finds the workload, and whether this identity may do all that the run needs, a rollback included.
 * Reads only.
 * @throws Failure `k8s/permissions` with the Role that is missing; those of {@link findWorkload}
 */
export async function checkWorkload(
  o: Preparation,
  settings: NeedingSettings,
  signal: AbortSignal,
): Promise<CheckedWorkload> {
  const found = await findWorkload(o, signal);
  const { given, kind, live, located, name } = found;
  const others = located.filter((one) => one.name !== given?.name).map((one) => one.name);
  const run = { kind, isNew: live === undefined, inputs: inputsOf(settings) };
  const asked = { api: o.api, run, namespace: name.namespace, others };
  return { name, notes: await checkPermissions(asked, signal) };
}

function inputsOf(settings: NeedingSettings): NeedingRun['inputs'] {
  const inputs = new Set<'health-path' | 'rollback' | 'route' | 'run-before' | 'secrets'>();
  if (settings['health-path'] !== undefined) inputs.add('health-path');
  if (settings.rollback) inputs.add('rollback');
  if (settings.strategy === 'canary') inputs.add('route');
  if (settings['run-before'] !== undefined) inputs.add('run-before');
  if (settings.secrets !== undefined && settings.secrets.size > 0) inputs.add('secrets');
  return inputs;
}
