import { BadInput } from '@slipway/shared/action/input';
import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  objectIn,
  textIn,
} from '@slipway/shared/document/json-object';
import { kindOf } from '@slipway/shared/document/problems';
import { oneLine } from '@slipway/shared/image/said';
import type { ManifestObject } from './manifest-object.ts';

/**
 * The objects of a document: itself, or the items of a list.
 * @throws BadInput in words that follow "Input manifests"
 */
export function objectsOf(document: JsonObject, place: string): readonly ManifestObject[] {
  const refuse = (wrong: string, valid: string): never => {
    throw new BadInput(`${wrong}, in ${place}`, valid);
  };
  const apiVersion = textIn(document, 'apiVersion');
  const kind = textIn(document, 'kind');
  if (apiVersion === undefined || !/^(?:[a-z0-9.-]+\/)?v[a-z0-9]+$/.test(apiVersion)) {
    return refuse('has an object without an apiVersion', 'apiVersion: apps/v1');
  }
  if (kind === undefined || !/^[A-Z][A-Za-z0-9]*$/.test(kind)) {
    return refuse('has an object without a kind', 'kind: Deployment');
  }
  const { items } = document;
  if (kind.endsWith('List') && items !== undefined) {
    if (!isJsonList(items)) {
      return refuse(`has a ${kind} whose items are ${kindOf(items)}`, 'items: []');
    }
    return items.flatMap((item, index) =>
      isJsonObject(item)
        ? objectsOf(item, `${place}, item ${index + 1}`)
        : refuse(`has a ${kind} with an item that is ${kindOf(item)}`, 'an object for each item'),
    );
  }
  const metadata = objectIn(document, 'metadata');
  // A Job has a name of its own for each release anyhow.
  const base = kind === 'Job' ? textIn(metadata, 'generateName')?.replace(/-$/, '') : undefined;
  const name = textIn(metadata, 'name') ?? base;
  if (name === undefined) return refuse(`has a ${kind} without metadata.name`, 'name: shop');
  if (!/^[a-z0-9A-Z](?:[\w.:-]{0,252})$/.test(name)) {
    return refuse(`has a ${kind} with the name ${oneLine(name)}`, 'name: shop');
  }
  const { generateName: _, ...rest } = metadata;
  return [{ object: { ...document, metadata: { ...rest, name } }, apiVersion, kind, name, place }];
}
