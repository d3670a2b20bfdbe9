import {
  type Json,
  type JsonObject,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';
import { eachIn, within, without } from '../document/edit.ts';

/** A secret that Azure has and does not show. */
export const kept = '(Azure does not show it)';
/** A secret that is given; nobody can tell whether Azure has the same one. */
export const given = '***';

/** Properties of a group without secrets: what is there is {@link given}, so it differs from what Azure shows. */
export function hidden(properties: JsonObject): JsonObject {
  const steps: ReadonlyArray<(of: JsonObject) => JsonObject> = [
    (of) => eachIn(of, 'imageRegistryCredentials', (one) => masked(one, 'password')),
    (of) =>
      eachIn(of, 'volumes', (one) =>
        within(
          within(one, 'azureFile', (file) => masked(file, 'storageAccountKey')),
          'secret',
          files,
        ),
      ),
    (of) =>
      within(of, 'diagnostics', (one) =>
        within(one, 'logAnalytics', (log) => masked(log, 'workspaceKey')),
      ),
    (of) =>
      eachIn(of, 'extensions', (one) =>
        within(one, 'properties', (inner) => masked(inner, 'protectedSettings')),
      ),
  ];
  return steps.reduce((document, step) => step(document), properties);
}

function masked(object: JsonObject, field: string): JsonObject {
  return object[field] === undefined ? object : { ...object, [field]: given };
}

function files(of: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(of).map((name) => [name, given]));
}

/**
 * Properties of a container with its variables in two lists: `environment` with plain values, and
 * `secrets` with where each of them comes from.
 * @param references addresses in Key Vault by the name of their reference
 */
export function hiddenVariables(
  properties: JsonObject,
  references: ReadonlyMap<string, string>,
): JsonObject {
  const variables = objectsIn(properties, 'environmentVariables');
  const isPlain = (one: JsonObject) => textIn(one, 'value') !== undefined;
  const environment = variables.filter(isPlain).map((one) => without(one, ['secureValue']));
  const secrets = variables
    .filter((one) => !isPlain(one))
    .map(
      (one): JsonObject => ({
        ...without(one, ['secureValue', 'secureValueReference']),
        valueFrom: sourceOf(one, references),
      }),
    );
  return {
    ...without(properties, ['environmentVariables']),
    ...(environment.length > 0 && { environment }),
    ...(secrets.length > 0 && { secrets }),
  };
}

function sourceOf(variable: JsonObject, references: ReadonlyMap<string, string>): Json {
  const reference = textIn(variable, 'secureValueReference');
  if (reference !== undefined) return references.get(reference) ?? reference;
  return textIn(variable, 'secureValue') === undefined ? kept : given;
}
