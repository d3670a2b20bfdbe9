import type { JsonObject } from '@slipway/shared/document/json-object';
import { podTemplateOf, withContainer, within, withPodTemplate } from '../workload/pod-template.ts';
import type { WorkloadKind } from '../workload/workload-name.ts';
import { withSameImage } from './image.ts';
import { type Variables, withVariables } from './variables.ts';

/** What inputs change of a workload. */
export interface InputChange {
  readonly container: string;
  /** By digest. */
  readonly image: string;
  readonly variables: Variables;
  readonly replicas: number | undefined;
}

/**
 * What is applied of a workload, with the changes of inputs in it.
 * @param applied the whole of a manifest, or only the fields that earlier runs have applied
 * @param source says which containers there are, and which of them have the same image
 */
export function withInputs(
  kind: WorkloadKind,
  { applied, source }: { applied: JsonObject; source: JsonObject },
  { container, image, variables, replicas }: InputChange,
): JsonObject {
  const same = withSameImage(podTemplateOf(kind, source), container);
  const changed = withPodTemplate(kind, applied, (template) => {
    const withImages = same.reduce(
      (made, at) => withContainer(made, at, (one) => ({ ...one, image })),
      template,
    );
    return withContainer(withImages, { list: 'containers', name: container }, (one) =>
      withVariables(one, variables),
    );
  });
  return replicas === undefined
    ? changed
    : within(changed, ['spec'], (spec) => ({ ...spec, replicas }));
}
