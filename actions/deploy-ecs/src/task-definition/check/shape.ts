import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
} from '@slipway/shared/document/json-object';
import { kindOf, type Problems } from './problems.ts';

/** The form of a field; a list has the form of its items. */
type Shape =
  | 'text'
  | 'number'
  | 'boolean'
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>>; readonly needs: readonly string[] };

const pair = (value: string): Shape => ({
  list: { fields: { name: 'text', [value]: 'text' }, needs: ['name', value] },
});
const named: Shape = { list: { fields: { name: 'text' }, needs: ['name'] } };

/**
 * The fields that this action reads or writes, and those that YAML most often gets wrong, such as a
 * number where ECS takes a text. All others are left to ECS, which may have got new ones since.
 */
const shape: Shape = {
  fields: {
    family: 'text',
    cpu: 'text',
    memory: 'text',
    taskRoleArn: 'text',
    executionRoleArn: 'text',
    networkMode: 'text',
    requiresCompatibilities: { list: 'text' },
    volumes: named,
    tags: { list: { fields: { key: 'text', value: 'text' }, needs: ['key'] } },
    runtimePlatform: {
      fields: { cpuArchitecture: 'text', operatingSystemFamily: 'text' },
      needs: [],
    },
    containerDefinitions: {
      list: {
        fields: {
          name: 'text',
          image: 'text',
          cpu: 'number',
          memory: 'number',
          memoryReservation: 'number',
          essential: 'boolean',
          command: { list: 'text' },
          entryPoint: { list: 'text' },
          environment: pair('value'),
          secrets: pair('valueFrom'),
          portMappings: {
            list: {
              fields: {
                containerPort: 'number',
                hostPort: 'number',
                protocol: 'text',
                containerPortRange: 'text',
              },
              needs: [],
            },
          },
          mountPoints: { list: { fields: { sourceVolume: 'text' }, needs: [] } },
          dependsOn: {
            list: {
              fields: { containerName: 'text', condition: 'text' },
              needs: ['containerName', 'condition'],
            },
          },
        },
        needs: ['name', 'image'],
      },
    },
  },
  needs: ['family', 'containerDefinitions'],
};

/** Finds fields of the wrong form. What is right here can be read without a doubt. */
export function checkShape(document: JsonObject, add: Problems): void {
  check(document, shape, { path: '', add });
}

interface Place {
  path: string;
  add: Problems;
}

function check(value: Json, wanted: Shape, place: Place): void {
  const { path, add } = place;
  if (typeof wanted === 'string') {
    const kinds = { text: 'a text', number: 'a number', boolean: 'true or false' };
    if (kindOf(value) !== kinds[wanted]) {
      add(`${path} is ${kindOf(value)} instead of ${kinds[wanted]}`);
    }
    return;
  }
  if ('list' in wanted) {
    if (!isJsonList(value)) {
      add(`${path} is ${kindOf(value)} instead of a list`);
      return;
    }
    for (const [index, item] of value.entries()) {
      check(item, wanted.list, { path: `${path}[${nameOf(item) ?? index}]`, add });
    }
    return;
  }
  if (!isJsonObject(value)) {
    add(`${path} is ${kindOf(value)} instead of an object`);
    return;
  }
  const prefix = path === '' ? '' : `${path}.`;
  for (const [name, inner] of Object.entries(wanted.fields)) {
    const field = value[name];
    if (field !== undefined) check(field, inner, { path: `${prefix}${name}`, add });
    else if (wanted.needs.includes(name)) add(`${prefix}${name} is missing`);
  }
}

function nameOf(item: Json): string | undefined {
  const name = isJsonObject(item) ? (item['name'] ?? item['key']) : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}
