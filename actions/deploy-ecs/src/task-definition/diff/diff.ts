import type { DiffLine } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { cut } from '@slipway/shared/secrets/cut';
import { flatten, type Setting } from './flatten.ts';
import { normal } from './normal.ts';

const mostLines = 100;
const widest = 200;

/**
 * What is different between two task definitions, for people. Neither order nor what ECS fills in
 * counts. A value of `environment` is not shown where it may be a secret: by its name, by credentials
 * in an address, or because the same name is a reference on the other side.
 * @param before undefined where nothing runs
 * @returns empty only when they say the same
 */
export function diffTaskDefinitions(
  before: JsonObject | undefined,
  after: JsonObject,
): readonly DiffLine[] {
  const old = before ? flatten(normal(before)) : new Map<string, Setting>();
  const now = flatten(normal(after));
  const names = [...new Set([...now.keys(), ...old.keys()])];
  const changed = names.filter((name) => old.get(name)?.value !== now.get(name)?.value);
  const isReference = (name: string) => old.has(name) || now.has(name);
  const lines = changed.slice(0, mostLines).map((name) => {
    const moved = variable.test(name) && isReference(name.replace(variable, '$1: secret '));
    return lineOf(name, old.get(name), now.get(name), moved);
  });
  const more = changed.length - lines.length;
  if (more > 0) lines.push({ what: 'more changes', before: '', after: String(more) });
  return lines;
}

const variable = /^([\w-]*): environment /;

function lineOf(
  name: string,
  before: Setting | undefined,
  after: Setting | undefined,
  moved: boolean,
): DiffLine {
  const secret = moved || before?.hidden === true || after?.hidden === true;
  const show = (setting: Setting | undefined) =>
    setting === undefined ? '' : secret ? '***' : cut(setting.text, widest);
  const [old, now] = [show(before), show(after)];
  // What differs may be hidden, or behind the cut.
  return { what: cut(name, widest), before: old, after: old === now ? `${now} (changed)` : now };
}
