import type { DiffLine } from '@slipway/shared/deploy/target';
import { diffSettings } from '@slipway/shared/document/diff-settings';
import {
  by,
  type Flattening,
  flatten,
  plain,
  type Setting,
} from '@slipway/shared/document/flatten';
import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import type { ObjectName } from '../api/kubernetes-api.ts';
import { objectText } from '../api/object-text.ts';
import {
  containerLists,
  containersOf,
  nameOf,
  podTemplateOf,
  within,
  withPodTemplate,
} from '../workload/pod-template.ts';
import { workloadKinds } from '../workload/workload-name.ts';
import { comparable, without } from './comparable.ts';

/** An object as it is, and as it would be. */
export interface Compared {
  readonly name: ObjectName;
  readonly live: JsonObject | undefined;
  readonly after: JsonObject;
}

/** What would change, without secrets; empty only when nothing would. */
export function diffObjects(objects: readonly Compared[]): readonly DiffLine[] {
  const before = new Map<string, Setting>();
  const after = new Map<string, Setting>();
  for (const one of objects) {
    const old = one.live ? settingsOf(one.name, one.live) : new Map<string, Setting>();
    const now = settingsOf(one.name, one.after);
    if (differs(one) && isSame(old, now)) {
      const what = objectText(one.name);
      before.set(what, { value: 'before', text: 'in another order', hidden: false });
      now.set(what, { value: 'after', text: 'in this order', hidden: false });
    }
    addAll(before, old);
    addAll(after, now);
  }
  return diffSettings(before, after, () => false);
}

/** Whether an object would be another one: the order of a list counts here. */
export function differs({ live, after }: Compared): boolean {
  return live === undefined || plain(comparable(live)) !== plain(comparable(after));
}

function isSame(old: ReadonlyMap<string, Setting>, now: ReadonlyMap<string, Setting>): boolean {
  const names = new Set([...old.keys(), ...now.keys()]);
  return [...names].every((name) => old.get(name)?.value === now.get(name)?.value);
}

function addAll(all: Map<string, Setting>, more: ReadonlyMap<string, Setting>): void {
  for (const [name, setting] of more) all.set(name, setting);
}

/** How the settings of objects are told apart. */
const kubernetes: Flattening = {
  keyed: {
    env: by('name', 'environment'),
    ports: { label: 'port', key: portKey, in: ['port', 'containerPort', 'protocol'] },
    volumeMounts: by('mountPath', 'mount'),
    volumes: by('name', 'volume'),
    imagePullSecrets: by('name', 'pull secret'),
    httpHeaders: by('name', 'header'),
  },
  sets: ['add', 'drop', 'accessModes', 'finalizers'],
  ofOthers: ['env', 'data', 'stringData', 'binaryData', 'annotations', 'labels', 'httpHeaders'],
};

function portKey(port: JsonObject): string {
  const number = port['port'] ?? port['containerPort'];
  return `${JSON.stringify(number)}/${textIn(port, 'protocol') ?? 'TCP'}`;
}

function settingsOf({ name, resource }: ObjectName, object: JsonObject): Map<string, Setting> {
  const of = objectText({ name, resource });
  const shown = withoutNames(comparable(object));
  const kind = workloadKinds.find((one) => one === resource.kind);
  if (resource.kind === 'Secret' && resource.apiVersion === 'v1') return secretSettings(of, shown);
  if (kind === undefined) return flatten([[`${of}: `, shown]], kubernetes);
  const template = podTemplateOf(kind, shown);
  const rest = withPodTemplate(kind, shown, (inner) =>
    within(inner, ['spec'], (spec) => without(spec, containerLists)),
  );
  const containers = containerLists.flatMap((list) =>
    containersOf(template, list).map((one): readonly [string, JsonObject] => {
      const init = list === 'initContainers' ? 'init ' : '';
      return [`${of} ${init}${nameOf(one)}: `, without(one, ['name'])];
    }),
  );
  return flatten([[`${of}: `, rest], ...containers], kubernetes);
}

function withoutNames(object: JsonObject): JsonObject {
  const rest = without(object, ['apiVersion', 'kind', 'metadata']);
  const metadata = without(objectIn(object, 'metadata'), ['name', 'namespace']);
  return Object.keys(metadata).length > 0 ? { metadata, ...rest } : rest;
}

/** Whatever the keys of a Secret are called, their values are for nobody. */
function secretSettings(of: string, shown: JsonObject): Map<string, Setting> {
  const settings = flatten([[`${of}: `, shown]], kubernetes);
  for (const [name, setting] of settings) {
    if (/: (?:data|stringData|metadata\.annotations)\b/.test(name)) {
      settings.set(name, { ...setting, hidden: true });
    }
  }
  return settings;
}
