import {
  isJsonObject,
  type JsonObject,
  objectIn,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';
import { containersOf, propertiesOf } from '../document/parts.ts';
import { serverOf } from '../merge/registry.ts';

/** A secret of a container group, or the place of one. */
export interface GroupSecret {
  /** The same in two documents. */
  readonly key: string;
  /** For people, without its value: `DB_PASSWORD of the container web`. */
  readonly text: string;
  /** Where it is: `properties.containers[web].properties.environmentVariables[DB_PASSWORD]`. */
  readonly at: string;
  /** Whether the document has it, or says where it is. Azure never answers one that was given. */
  readonly supplied: boolean;
  /** Name of the variable, volume or extension; the registry as {@link serverOf} has it. */
  readonly name: string;
  /** Of a variable: its container, where that is no init container. */
  readonly container?: string;
  /** For what it is there. */
  readonly of: 'variable' | 'registry' | 'volume' | 'workspace' | 'extension';
}

/** The secrets of a container group, all places where Azure hides what it was given. */
export function secretsIn(group: JsonObject): readonly GroupSecret[] {
  const properties = propertiesOf(group);
  return [
    ...variablesIn(group),
    ...objectsIn(properties, 'imageRegistryCredentials').flatMap(passwordOf),
    ...objectsIn(properties, 'volumes').flatMap(secretOf),
    ...workspaceIn(properties),
    ...objectsIn(properties, 'extensions').map(extensionSecret),
  ];
}

/** The key of a variable of a container. */
export function variableKey(container: string, name: string): string {
  return `variable ${container} ${name}`;
}

/** Whether a variable has a value that is no secret. */
function isPlain(variable: JsonObject): boolean {
  return textIn(variable, 'value') !== undefined;
}

function has(object: JsonObject, fields: readonly string[]): boolean {
  return fields.some((field) => textIn(object, field) !== undefined);
}

function variablesIn(group: JsonObject): GroupSecret[] {
  return (['containers', 'initContainers'] as const).flatMap((list) =>
    containersOf(group, list).flatMap(({ name: container, properties }) =>
      objectsIn(properties, 'environmentVariables').flatMap((variable) => {
        const name = textIn(variable, 'name') ?? '';
        if (isPlain(variable)) return [];
        const inService = list === 'containers';
        return {
          of: 'variable',
          name,
          ...(inService && { container }),
          key: inService ? variableKey(container, name) : `init ${variableKey(container, name)}`,
          text: `${name} of the ${inService ? 'container' : 'init container'} ${container}`,
          at: `properties.${list}[${container}].properties.environmentVariables[${name}]`,
          supplied: has(variable, ['secureValue', 'secureValueReference']),
        } as const;
      }),
    ),
  );
}

function passwordOf(credential: JsonObject): GroupSecret[] {
  const server = textIn(credential, 'server') ?? '';
  if (textIn(credential, 'identity') !== undefined) return [];
  return [
    {
      of: 'registry',
      name: serverOf(server),
      key: `registry ${serverOf(server)}`,
      text: `the password for the registry ${server}`,
      at: `properties.imageRegistryCredentials[${server}]`,
      supplied: has(credential, ['password', 'passwordReference']),
    },
  ];
}

function secretOf(volume: JsonObject): GroupSecret[] {
  const name = textIn(volume, 'name') ?? '';
  const { azureFile, secret } = volume;
  const found: GroupSecret[] = [];
  const key = `volume ${name}`;
  if (isJsonObject(azureFile)) {
    const ways = ['storageAccountKey', 'storageAccountKeyReference', 'userManagedIdentityClientId'];
    found.push({
      of: 'volume',
      name,
      key: `${key} azureFile`,
      text: `the storage account key of the volume ${name}`,
      at: `properties.volumes[${name}].azureFile`,
      supplied: has(azureFile, ways),
    });
  }
  if (isJsonObject(secret)) {
    const files = Object.values(secret);
    found.push({
      of: 'volume',
      name,
      key: `${key} secret`,
      text: `the files of the secret volume ${name}`,
      at: `properties.volumes[${name}].secret`,
      supplied: files.length > 0 && files.every((file) => typeof file === 'string'),
    });
  }
  return found;
}

function workspaceIn(properties: JsonObject): GroupSecret[] {
  const analytics = objectIn(objectIn(properties, 'diagnostics'), 'logAnalytics');
  if (Object.keys(analytics).length === 0) return [];
  return [
    {
      of: 'workspace',
      name: '',
      key: 'workspace',
      text: 'the workspace key of Log Analytics',
      at: 'properties.diagnostics.logAnalytics',
      supplied: has(analytics, ['workspaceKey']),
    },
  ];
}

function extensionSecret(extension: JsonObject): GroupSecret {
  const name = textIn(extension, 'name') ?? '';
  return {
    of: 'extension',
    name,
    key: `extension ${name}`,
    text: `the protected settings of the extension ${name}`,
    at: `properties.extensions[${name}].properties`,
    supplied: isJsonObject(objectIn(extension, 'properties')['protectedSettings']),
  };
}
