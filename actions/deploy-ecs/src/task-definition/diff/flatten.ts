import { numberOf } from '@slipway/shared/document/json-number';
import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
} from '@slipway/shared/document/json-object';

/** One setting of a task definition. */
export interface Setting {
  /** Two settings are the same when this is. */
  value: string;
  /** For people. */
  text: string;
  /** Whether its value may be a secret, so that it is not for people. */
  hidden: boolean;
}

/** How the items of a list are told apart, so that their order says nothing. */
interface Keyed {
  label: string;
  key: (item: JsonObject) => string;
  /** Fields that are in the key. */
  in: readonly string[];
}

const by = (field: string, label: string): Keyed => ({
  label,
  key: (item) => plain(item[field]),
  in: [field],
});

const keyed: Readonly<Record<string, Keyed>> = {
  environment: by('name', 'environment'),
  secrets: by('name', 'secret'),
  secretOptions: by('name', 'secret option'),
  environmentFiles: by('value', 'environment file'),
  portMappings: {
    label: 'port',
    key: (item) =>
      `${plain(item['containerPort'] ?? item['containerPortRange'])}/${plain(item['protocol'] ?? 'tcp')}`,
    in: ['containerPort', 'containerPortRange', 'protocol'],
  },
  mountPoints: by('containerPath', 'mount'),
  volumesFrom: by('sourceContainer', 'volumes from'),
  dependsOn: by('containerName', 'depends on'),
  ulimits: by('name', 'ulimit'),
  systemControls: by('namespace', 'system control'),
  extraHosts: by('hostname', 'extra host'),
  resourceRequirements: by('type', 'resource'),
  volumes: by('name', 'volume'),
  tags: by('key', 'tag'),
  properties: by('name', 'property'),
  placementConstraints: by('expression', 'placement constraint'),
};

/** Lists of texts whose order says nothing. */
const sets = ['requiresCompatibilities', 'add', 'drop', 'links'];

/** Maps whose values somebody else's code reads. */
const ofOthers = ['environment', 'options', 'dockerLabels', 'properties'];
const secretName = /pass|secret|token|credential|private|auth|(?:^|[^a-z])key|key$|dsn|connection/i;
const credentialsInAddress = /\/\/[^\s/:@]*:[^\s/@]+@/;

/** All settings of a task definition by a name for people: `web: environment LOG_LEVEL`. */
export function flatten(document: JsonObject): Map<string, Setting> {
  const settings = new Map<string, Setting>();
  const add: Add = (what, value, { text = plain(value), hidden = false } = {}) => {
    let name = what;
    for (let count = 2; settings.has(name); count += 1) name = `${what} (${count})`;
    settings.set(name, { value: sorted(value), text: text === '' ? '(empty)' : text, hidden });
  };
  const { containerDefinitions, ...task } = document;
  walk(task, '', add);
  const containers = isJsonList(containerDefinitions) ? containerDefinitions : [];
  for (const container of containers) {
    if (!isJsonObject(container)) continue;
    const { name, ...fields } = container;
    walk(fields, `${plain(name)}: `, add);
  }
  return settings;
}

type Add = (what: string, value: Json, shown?: { text?: string; hidden?: boolean }) => void;

function walk(object: JsonObject, prefix: string, add: Add): void {
  for (const [field, value] of Object.entries(object)) {
    if (value === undefined) continue;
    const how = Object.hasOwn(keyed, field) ? keyed[field] : undefined;
    if (isJsonList(value)) {
      if (how && value.every(isJsonObject)) {
        for (const item of value) addItem(item, field, { how, prefix, add });
      } else if (sets.includes(field)) {
        add(`${prefix}${field}`, value.map(plain).sort());
      } else if (value.length > 0) add(`${prefix}${field}`, value);
    } else if (isJsonObject(value) && ofOthers.includes(field)) {
      for (const [name, inner = null] of Object.entries(value)) {
        add(`${prefix}${field} ${name}`, inner, { hidden: isSecret(name, plain(inner)) });
      }
    } else if (isJsonObject(value) && Object.keys(value).length > 0) {
      walk(value, `${prefix}${field}.`, add);
    } else {
      add(`${prefix}${field}`, value);
    }
  }
}

function addItem(
  item: JsonObject,
  field: string,
  { how, prefix, add }: { how: Keyed; prefix: string; add: Add },
): void {
  const key = how.key(item);
  const rest = Object.entries(item).filter(([name]) => !how.in.includes(name));
  const [only] = rest;
  const single = rest.length === 1 && only && /^value(?:From)?$/.test(only[0]);
  const fields = Object.fromEntries(rest);
  const text = single ? plain(only[1]) : rest.length === 0 ? 'yes' : sorted(fields);
  const hidden = ofOthers.includes(field) && isSecret(key, text);
  add(`${prefix}${how.label} ${key}`, fields, { text, hidden });
}

function isSecret(name: string, value: string): boolean {
  return secretName.test(name) || credentialsInAddress.test(value);
}

/** A text as it is, all else as JSON. */
function plain(value: Json | undefined): string {
  return typeof value === 'string' ? value : sorted(value);
}

/** JSON in which neither the order of fields nor the spelling of numbers counts. */
function sorted(value: Json | undefined): string {
  return (
    JSON.stringify(value, (_, inner: Json) => {
      const number = numberOf(inner);
      if (number !== undefined && Number.isSafeInteger(number)) return number;
      if (!isJsonObject(inner)) return inner;
      return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? ''
  );
}
