import {
  type JsonObject,
  objectIn,
  objectsIn,
  textIn,
  textsIn,
} from '@slipway/shared/document/json-object';

/** The selector of a workload as the query of a list: `app=shop,tier notin (db)` */
export function selectorOf(workload: JsonObject): string {
  const selector = objectIn(objectIn(workload, 'spec'), 'selector');
  const labels = objectIn(selector, 'matchLabels');
  const equal = Object.keys(labels).map((name) => `${name}=${textIn(labels, name) ?? ''}`);
  const other = objectsIn(selector, 'matchExpressions').map((one) => {
    const [key, values] = [textIn(one, 'key') ?? '', textsIn(one, 'values').join(',')];
    switch (textIn(one, 'operator')) {
      case 'In':
        return `${key} in (${values})`;
      case 'NotIn':
        return `${key} notin (${values})`;
      case 'DoesNotExist':
        return `!${key}`;
      default:
        return key;
    }
  });
  return [...equal, ...other].join(',');
}
