import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import { fieldManager } from '../api/kubernetes-api.ts';
import { ownersOf } from '../workload/field-owners.ts';
import {
  containersOf,
  nameOf,
  podTemplateOf,
  templatePath,
  withContainers,
  withPodTemplate,
} from '../workload/pod-template.ts';
import type { WorkloadKind } from '../workload/workload-name.ts';

/**
 * A workload that is applied, whose variables can take the place of what is there. A variable has a value
 * or a source, and an apply leaves the one that somebody else has set, so that it would have both, which
 * the server refuses. An empty value takes a value away; nothing takes a source away.
 * @throws Failure `k8s/variable-source`
 */
export function withVariableForms(
  { kind, applied, live }: { kind: WorkloadKind; applied: JsonObject; live: JsonObject },
  workload: string,
): JsonObject {
  const running = podTemplateOf(kind, live);
  const path = templatePath(kind).map((field) => `f:${field}`);
  return withPodTemplate(kind, applied, (template) =>
    withContainers(template, (container, list) => {
      const entries = container['env'];
      const there = containersOf(running, list).find((one) => nameOf(one) === nameOf(container));
      if (!isJsonList(entries) || there === undefined) return container;
      const own = [...path, 'f:spec', `f:${list}`, item(nameOf(container)), 'f:env'];
      const othersOf = (variable: string) =>
        ownersOf(live, [...own, item(variable), 'f:valueFrom']).filter(
          (owner) => owner !== fieldManager,
        );
      const old = new Map(objectsIn(there, 'env').map((one) => [nameOf(one), one]));
      const env = entries.map((entry) => {
        const before = isJsonObject(entry) ? old.get(nameOf(entry)) : undefined;
        if (!isJsonObject(entry) || before === undefined) return entry;
        if (entry['valueFrom'] !== undefined) {
          return textIn(before, 'value') ? { ...entry, value: '' } : entry;
        }
        const [owner] = before['valueFrom'] === undefined ? [] : othersOf(nameOf(entry));
        if (owner === undefined) return entry;
        throw Failure.of('k8s/variable-source', {
          variable: oneLine(nameOf(entry)),
          container: nameOf(container),
          workload,
          manager: oneLine(owner),
        });
      });
      return { ...container, env };
    }),
  );
}

function item(name: string): string {
  return `k:${JSON.stringify({ name })}`;
}
