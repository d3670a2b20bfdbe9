import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
  objectIn,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';
import type { WorkloadKind } from './workload-name.ts';

/** Where the template of the pods is. */
const paths: Readonly<Record<WorkloadKind, readonly string[]>> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** Where the template of the pods of a workload is. */
export function templatePath(kind: WorkloadKind): readonly string[] {
  return paths[kind];
}

/** Template of the pods of a workload; empty where there is none. */
export function podTemplateOf(kind: WorkloadKind, workload: JsonObject): JsonObject {
  return paths[kind].reduce(objectIn, workload);
}

/** A workload whose template of pods is changed. */
export function withPodTemplate(
  kind: WorkloadKind,
  workload: JsonObject,
  change: (template: JsonObject) => JsonObject,
): JsonObject {
  return within(workload, paths[kind], change);
}

/** An object with a change at a path; objects on the way that are not there are made. */
export function within(
  object: JsonObject,
  path: readonly string[],
  change: (inner: JsonObject) => JsonObject,
): JsonObject {
  const [field, ...rest] = path;
  if (field === undefined) return change(object);
  return { ...object, [field]: within(objectIn(object, field), rest, change) };
}

/** The lists of a pod that have containers. */
export const containerLists = ['containers', 'initContainers'] as const;
export type ContainerList = (typeof containerLists)[number];

/** Containers of a template of pods, in their order. */
export function containersOf(
  template: JsonObject,
  list: ContainerList = 'containers',
): readonly JsonObject[] {
  return objectsIn(objectIn(template, 'spec'), list);
}

/** One container of a template. */
export interface ContainerAt {
  readonly list: ContainerList;
  readonly name: string;
}

/** A template with a change of one container, which is added where it is not there. */
export function withContainer(
  template: JsonObject,
  { list, name }: ContainerAt,
  change: (container: JsonObject) => JsonObject,
): JsonObject {
  return within(template, ['spec'], (spec) => {
    const items = spec[list] ?? [];
    if (!isJsonList(items)) return spec;
    const isMeant = (item: Json) => isJsonObject(item) && nameOf(item) === name;
    const all = items.some(isMeant) ? items : [...items, { name }];
    return {
      ...spec,
      [list]: all.map((item) => (isJsonObject(item) && isMeant(item) ? change(item) : item)),
    };
  });
}

/** A template with a change of all its containers; what is no object stays. */
export function withContainers(
  template: JsonObject,
  change: (container: JsonObject, list: ContainerList) => JsonObject,
): JsonObject {
  return within(template, ['spec'], (spec) => {
    const changed = containerLists.flatMap((list) => {
      const items = spec[list];
      if (!isJsonList(items)) return [];
      return [[list, items.map((one) => (isJsonObject(one) ? change(one, list) : one))] as const];
    });
    return { ...spec, ...Object.fromEntries(changed) };
  });
}

/** Name of a container, empty where it has none. */
export function nameOf(object: JsonObject): string {
  return textIn(object, 'name') ?? '';
}
