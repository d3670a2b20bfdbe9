import { flatten } from '@slipway/shared/document/flatten';
import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { eachIn, within } from '../document/edit.ts';
import { containerIn, propertiesOf } from '../document/parts.ts';
import { normal } from './normal.ts';
import { group } from './settings-of.ts';

/**
 * A document that says what Azure cannot change in just the words of what runs, wherever it says the
 * same: nobody knows how closely Azure compares the two, and one that differs is refused.
 * @param live what runs, {@link writable}
 */
export function asItRuns(document: JsonObject, live: JsonObject | undefined): JsonObject {
  if (live === undefined) return document;
  const [wanted, runs] = [normal(document), normal(live)];
  const own = withSame(document, live, same(wanted, runs, ['location', 'zones']));
  const liveProperties = propertiesOf(live);
  return within(own, 'properties', (properties) => {
    const fields = withSame(properties, liveProperties, same(wanted, runs, ['subnetIds']));
    return eachIn(fields, 'containers', (container) => {
      const name = textIn(container, 'name') ?? '';
      const theirs = containerIn(live, name);
      if (!theirs || !same(normalOf(wanted, name), normalOf(runs, name), ['resources']).length) {
        return container;
      }
      return within(container, 'properties', (of) => withSame(of, theirs, ['resources']));
    });
  });
}

function normalOf(normalGroup: JsonObject, name: string): JsonObject {
  const found = objectsIn(normalGroup, 'containers').find((one) => one['name'] === name);
  return objectIn(found ?? {}, 'properties');
}

/** The fields that say the same in two objects. */
function same(one: JsonObject, other: JsonObject, fields: readonly string[]): readonly string[] {
  const said = (of: JsonObject, field: string) => {
    const settings = flatten([['', { [field]: of[field] }]], group);
    return JSON.stringify([...settings].map(([name, { value }]) => [name, value]).sort());
  };
  return fields.filter((field) => said(one, field) === said(other, field));
}

function withSame(object: JsonObject, live: JsonObject, fields: readonly string[]): JsonObject {
  const theirs = fields.flatMap((field) => {
    const value = live[field];
    return value === undefined ? [] : [[field, value] as const];
  });
  return { ...object, ...Object.fromEntries(theirs) };
}
