import type { DiffLine } from '@slipway/shared/deploy/target';
import { diffSettings } from '@slipway/shared/document/diff-settings';
import { flatten, type Setting } from '@slipway/shared/document/flatten';
import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { propertiesOf } from '../document/parts.ts';
import { snapshot } from '../document/snapshot.ts';
import type { GroupChange } from '../prepared-group.ts';
import { normal } from './normal.ts';
import { settingsOf } from './settings-of.ts';

/** How two container groups differ, and what Azure does about it. */
export interface Comparison {
  readonly change: GroupChange;
  /** For people, without secrets; empty where there is nothing to change. */
  readonly diff: readonly DiffLine[];
}

/**
 * Compares what is wanted with what runs. Neither order nor what Azure fills in counts. A secret that is
 * given counts as changed, as Azure does not tell what it has.
 * @param live the answer of Azure; undefined where nothing runs
 */
export function compare(live: JsonObject | undefined, wanted: JsonObject): Comparison {
  const now = settingsOf(wanted);
  if (!live) return { change: { kind: 'create' }, diff: linesOf(new Map(), now) };
  const runs = snapshot(live, wanted);
  const old = settingsOf(runs);
  const state = stateLine(live);
  const diff = [...(state ? [state.line] : []), ...linesOf(old, now)];
  const because = [
    ...(state?.ended ? ['instanceView.state'] : []),
    ...changedImmutables(old, now),
    ...changedSizes(runs, wanted),
  ];
  if (because.length > 0) return { change: { kind: 'recreate', because }, diff };
  return { change: { kind: diff.length > 0 ? 'update' : 'none' }, diff };
}

function linesOf(
  old: ReadonlyMap<string, Setting>,
  now: ReadonlyMap<string, Setting>,
): readonly DiffLine[] {
  return diffSettings(old, now, (name) => {
    const secret = name.replace(variable, '$1: secret ');
    return variable.test(name) && (old.has(secret) || now.has(secret));
  });
}

const variable = /^((?:init )?[\w-]*): environment /;

/**
 * A group that does not run is not what is wanted, whatever it says. One that has ended cannot be updated.
 * Source: https://learn.microsoft.com/azure/container-instances/container-instances-update
 */
function stateLine(live: JsonObject): { line: DiffLine; ended: boolean } | undefined {
  const properties = propertiesOf(live);
  const state = textIn(objectIn(properties, 'instanceView'), 'state') ?? '';
  const ended = state === 'Succeeded' || state === 'Failed';
  const line = { what: 'state', before: state, after: 'Running' };
  if (ended || state === 'Stopped') return { line, ended };
  const provisioning = textIn(properties, 'provisioningState') ?? '';
  if (provisioning !== 'Failed' && provisioning !== 'Canceled') return undefined;
  return { line: { what: 'provisioningState', before: provisioning, after: 'Succeeded' }, ended };
}

/**
 * What Azure changes only by a new group. Source: as above; Log Analytics: the service refuses it.
 */
const immutables: ReadonlyArray<readonly [setting: RegExp, property: string]> = [
  [/^location$/, 'location'],
  [/^osType$/, 'osType'],
  [/^restartPolicy$/, 'restartPolicy'],
  [/^sku$/, 'sku'],
  [/^priority$/, 'priority'],
  [/^zones$/, 'zones'],
  [/^subnet /, 'subnetIds'],
  [/^diagnostics\.logAnalytics\.(?!workspaceKey$)/, 'diagnostics.logAnalytics'],
  [/^ipAddress\.type$/, 'ipAddress.type'],
];

function changedImmutables(
  old: ReadonlyMap<string, Setting>,
  now: ReadonlyMap<string, Setting>,
): readonly string[] {
  const names = [...new Set([...now.keys(), ...old.keys()])];
  const changed = names.filter((name) => old.get(name)?.value !== now.get(name)?.value);
  const found = changed.flatMap((name) =>
    immutables.flatMap(([setting, property]) => (setting.test(name) ? property : [])),
  );
  // An address that comes or goes is no other kind of address.
  const hasAddress = old.has('ipAddress.type') && now.has('ipAddress.type');
  return [...new Set(found)].filter((one) => one !== 'ipAddress.type' || hasAddress);
}

/**
 * Sizes that changed. The host keeps room for each container, so one that comes or goes, or is called
 * another name, is a change of sizes too.
 */
function changedSizes(live: JsonObject, wanted: JsonObject): readonly string[] {
  const [old, now] = [sizesOf(live), sizesOf(wanted)];
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((container) => {
    const [before, after] = [old.get(container), now.get(container)];
    if (!before || !after) return [`resources of ${container}`];
    const fields = [...new Set([...after.keys(), ...before.keys()])];
    const changed = fields.filter((field) => after.get(field) !== before.get(field));
    return changed.map((field) => `resources.${field} of ${container}`);
  });
}

type Sizes = ReadonlyMap<string, string>;

function sizesOf(group: JsonObject): ReadonlyMap<string, Sizes> {
  return new Map(
    objectsIn(normal(group), 'containers').map((container) => {
      const resources = flatten(
        [['', objectIn(objectIn(container, 'properties'), 'resources')]],
        none,
      );
      const values = [...resources].map(([field, { value }]) => [field, value] as const);
      return [textIn(container, 'name') ?? '', new Map(values)] as const;
    }),
  );
}

const none = { keyed: {}, sets: [], ofOthers: [] };
