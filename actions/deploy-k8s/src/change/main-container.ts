import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { containersOf, nameOf, podTemplateOf } from '../workload/pod-template.ts';
import type { WorkloadKind } from '../workload/workload-name.ts';

/**
 * The container that gets image, env and secrets: the named one, or else the first.
 * @throws Failure `k8s/container-not-found`
 */
export function mainContainer(
  { kind, object, text }: { kind: WorkloadKind; object: JsonObject; text: string },
  named: string | undefined,
): string {
  const names = containersOf(podTemplateOf(kind, object)).map(nameOf);
  const [first = ''] = names;
  if (named === undefined) return first;
  if (names.includes(named)) return named;
  const has = names.join(', ') || 'none';
  throw Failure.of('k8s/container-not-found', { container: named, workload: text, has });
}
