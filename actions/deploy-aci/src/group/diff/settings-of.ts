import { by, type Flattening, flatten, type Setting } from '@slipway/shared/document/flatten';
import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { without } from '../document/edit.ts';
import { portKey } from '../merge/address.ts';
import { normal } from './normal.ts';

/** How the settings of a container group are told apart. */
export const group: Flattening = {
  keyed: {
    environment: by('name', 'environment'),
    secrets: by('name', 'secret'),
    ports: { label: 'port', key: portKey, in: ['port', 'protocol'] },
    volumeMounts: by('mountPath', 'mount'),
    volumes: by('name', 'volume'),
    imageRegistryCredentials: by('server', 'registry'),
    secretReferences: by('name', 'secret reference'),
    subnetIds: by('id', 'subnet'),
    extensions: by('name', 'extension'),
    httpHeaders: by('name', 'header'),
    acls: by('identity', 'access of'),
  },
  sets: ['zones', 'identity', 'add', 'drop'],
  ofOthers: [
    'environment',
    'tags',
    'keyValuePairs',
    'httpHeaders',
    'volumes',
    'extensions',
    'metadata',
  ],
};

/** All settings of a container group by a name for people: `web: environment LOG_LEVEL`. */
export function settingsOf(document: JsonObject): Map<string, Setting> {
  const all = normal(document);
  const of = (list: string, prefix: string) =>
    objectsIn(all, list).map((one) => {
      const fields = { ...without(one, ['name', 'properties']), ...objectIn(one, 'properties') };
      return [`${prefix}${textIn(one, 'name') ?? ''}: `, fields] as const;
    });
  const rest = without(all, ['containers', 'initContainers']);
  return flatten([['', rest], ...of('containers', ''), ...of('initContainers', 'init ')], group);
}
