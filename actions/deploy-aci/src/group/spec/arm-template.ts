import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
  textIn,
} from '@slipway/shared/document/json-object';
import { oneLine } from '@slipway/shared/image/said';
import { without } from '../document/edit.ts';
import { refuse } from './refuse.ts';

/** Whether a document is a template of Azure Resource Manager. */
export function isTemplate(document: JsonObject): boolean {
  return 'resources' in document && document['properties'] === undefined;
}

/**
 * The only container group in a template. Expressions are for Azure to evaluate, so there may be none,
 * but for the name and for the region, which inputs and the resource group say.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
 */
export function fromTemplate(template: JsonObject): JsonObject {
  const { resources } = template;
  const named = isJsonObject(resources) ? Object.values(resources) : [];
  const all = (isJsonList(resources) ? resources : named).filter(isJsonObject);
  const groups = all.filter((resource) => groupType.test(textIn(resource, 'type') ?? ''));
  const [group, ...others] = groups;
  if (group === undefined || others.length > 0) {
    const count = groups.length === 0 ? 'no container group' : `${groups.length} container groups`;
    return refuse(`is a template with ${count} in it`, 'a template with one container group');
  }
  const told = ['name', 'location'].filter((field) => isExpression(group[field]));
  const rest = without(group, ['dependsOn', 'comments', 'copy', 'condition', ...told]);
  const found = expressionIn(rest, '');
  if (found !== undefined) {
    refuse(`is a template with an expression in ${oneLine(found)}`, 'the value itself');
  }
  return rest;
}

const groupType = /^microsoft\.containerinstance\/containergroups$/i;

function isExpression(value: Json | undefined): boolean {
  return typeof value === 'string' && /^\[(?!\[).*\]$/s.test(value);
}

/** The place of the first expression. */
function expressionIn(value: Json | undefined, place: string): string | undefined {
  if (isExpression(value)) return place;
  const parts: ReadonlyArray<readonly [string, Json | undefined]> = isJsonList(value)
    ? value.map((item, index) => [`${place}[${index}]`, item] as const)
    : isJsonObject(value)
      ? Object.entries(value).map(([name, item]) => [`${place}.${name}`, item] as const)
      : [];
  for (const [at, item] of parts) {
    const found = expressionIn(item, at);
    if (found !== undefined) return found.replace(/^\./, '');
  }
  return undefined;
}
