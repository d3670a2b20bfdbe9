import type { DiffLine } from '@slipway/shared/deploy/target';
import { diffSettings } from '@slipway/shared/document/diff-settings';
import type { Setting } from '@slipway/shared/document/flatten';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { normal } from './normal.ts';
import { settingsOf } from './settings-of.ts';

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
  const old = before ? settingsOf(normal(before)) : new Map<string, Setting>();
  const now = settingsOf(normal(after));
  return diffSettings(old, now, (name) => {
    const reference = name.replace(variable, '$1: secret ');
    return variable.test(name) && (old.has(reference) || now.has(reference));
  });
}

const variable = /^([\w-]*): environment /;
