import {
  isJsonObject,
  type JsonObject,
  objectIn,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';
import { eachIn, within, without } from '../document/edit.ts';
import { type ContainerList, containersOf, propertiesOf } from '../document/parts.ts';
import { withIdentity } from '../merge/identity.ts';
import { credentialFor, lacksPassword } from '../merge/registry.ts';
import { withReference } from '../merge/secret-references.ts';

/**
 * A container group with the secrets that Azure did not give back, as another document of the same group
 * has them: those of the same name.
 */
export function withSecretsOf(group: JsonObject, source: JsonObject): JsonObject {
  const steps = [variables, credentials, volumes, workspace];
  return steps.reduce((filled, step) => step(filled, source), group);
}

function variables(group: JsonObject, source: JsonObject): JsonObject {
  let filled = group;
  for (const list of ['containers', 'initContainers'] as const) {
    for (const { name, properties } of containersOf(source, list)) {
      for (const variable of objectsIn(properties, 'environmentVariables')) {
        filled = variableIn(filled, { list, container: name, variable, source });
      }
    }
  }
  return filled;
}

interface VariablePlace {
  list: ContainerList;
  container: string;
  variable: JsonObject;
  source: JsonObject;
}

function variableIn(
  group: JsonObject,
  { list, container, variable, source }: VariablePlace,
): JsonObject {
  const name = textIn(variable, 'name');
  const into = containersOf(group, list).find((one) => one.name === container)?.properties ?? {};
  const lacking = objectsIn(into, 'environmentVariables').some(
    (one) => one['name'] === name && !kinds.some((kind) => textIn(one, kind) !== undefined),
  );
  if (!lacking) return group;
  const reference = textIn(variable, 'secureValueReference');
  const referring =
    reference === undefined
      ? { group, name: undefined }
      : withReferenceOf(group, { reference, source, wish: name ?? '' });
  const value = textIn(variable, 'secureValue') ?? textIn(variable, 'value');
  const given =
    referring.name !== undefined
      ? { secureValueReference: referring.name }
      : value !== undefined && { secureValue: value };
  if (!given) return group;
  return within(referring.group, 'properties', (properties) =>
    eachIn(properties, list, (one) => {
      if (one['name'] !== container) return one;
      return within(one, 'properties', (of) =>
        eachIn(of, 'environmentVariables', (entry) =>
          entry['name'] === name ? { ...entry, ...given } : entry,
        ),
      );
    }),
  );
}

const kinds = ['value', 'secureValue', 'secureValueReference'];

/** A group with a reference that another document has, and with the identity that reads it. */
function withReferenceOf(
  group: JsonObject,
  { reference, source, wish }: { reference: string; source: JsonObject; wish: string },
): { group: JsonObject; name: string | undefined } {
  const found = objectsIn(propertiesOf(source), 'secretReferences').find(
    (one) => one['name'] === reference,
  );
  const [address, identity] = ['secretReferenceUri', 'identity'].map((field) =>
    found === undefined ? undefined : textIn(found, field),
  );
  if (address === undefined || identity === undefined) return { group, name: undefined };
  return withReference(withIdentity(group, identity), wish, { address, identity });
}

function credentials(group: JsonObject, source: JsonObject): JsonObject {
  let filled = group;
  for (const credential of objectsIn(propertiesOf(group), 'imageRegistryCredentials')) {
    const server = textIn(credential, 'server') ?? '';
    const other = credentialFor(source, server);
    if (!other || !lacksPassword(credential) || lacksPassword(other)) continue;
    const reference = textIn(other, 'passwordReference');
    const referring =
      reference === undefined
        ? { group: filled, name: undefined }
        : withReferenceOf(filled, { reference, source, wish: server });
    const identity = textIn(other, 'identity');
    const known =
      identity === undefined ? referring.group : withIdentity(referring.group, identity);
    const given = {
      ...other,
      ...(referring.name !== undefined && { passwordReference: referring.name }),
    };
    filled = within(known, 'properties', (properties) =>
      eachIn(properties, 'imageRegistryCredentials', (one) =>
        one['server'] === server ? { ...without(one, ['username']), ...given, server } : one,
      ),
    );
  }
  return filled;
}

function volumes(group: JsonObject, source: JsonObject): JsonObject {
  const others = objectsIn(propertiesOf(source), 'volumes');
  return within(group, 'properties', (properties) =>
    eachIn(properties, 'volumes', (volume) => {
      const other = others.find((one) => one['name'] === volume['name']);
      return other ? volumeWith(volume, other) : volume;
    }),
  );
}

const storageKeys = ['storageAccountKey', 'userManagedIdentityClientId'];

function volumeWith(volume: JsonObject, other: JsonObject): JsonObject {
  const { azureFile, secret } = volume;
  const [file, files] = [objectIn(other, 'azureFile'), objectIn(other, 'secret')];
  if (isJsonObject(azureFile)) {
    const same = file['storageAccountName'] === azureFile['storageAccountName'];
    const all = [...storageKeys, 'storageAccountKeyReference'];
    const lacking = all.every((field) => textIn(azureFile, field) === undefined);
    const keys = storageKeys.flatMap((field) => {
      const key = textIn(file, field);
      return key === undefined ? [] : [[field, key] as const];
    });
    return same && lacking
      ? { ...volume, azureFile: { ...azureFile, ...Object.fromEntries(keys) } }
      : volume;
  }
  if (!isJsonObject(secret) || Object.values(secret).some((one) => typeof one === 'string')) {
    return volume;
  }
  return Object.keys(files).length > 0 ? { ...volume, secret: files } : volume;
}

function workspace(group: JsonObject, source: JsonObject): JsonObject {
  const analyticsOf = (of: JsonObject) =>
    objectIn(objectIn(propertiesOf(of), 'diagnostics'), 'logAnalytics');
  const { workspaceId, workspaceKey } = analyticsOf(source);
  return within(group, 'properties', (properties) =>
    within(properties, 'diagnostics', (diagnostics) =>
      within(diagnostics, 'logAnalytics', (analytics) =>
        workspaceKey !== undefined &&
        analytics['workspaceKey'] === undefined &&
        analytics['workspaceId'] === workspaceId
          ? { ...analytics, workspaceKey }
          : analytics,
      ),
    ),
  );
}
