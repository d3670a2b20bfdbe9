import { type JsonObject, objectIn, objectsIn } from '@slipway/shared/document/json-object';
import { containersOf, propertiesOf } from '../document/parts.ts';

/** The secrets themselves that a document of a container group has in it. */
export function secretValuesIn(group: JsonObject): readonly string[] {
  const properties = propertiesOf(group);
  const variables = (['containers', 'initContainers'] as const).flatMap((list) =>
    containersOf(group, list).flatMap((one) => objectsIn(one.properties, 'environmentVariables')),
  );
  const volumes = objectsIn(properties, 'volumes');
  const files = volumes
    .flatMap((volume) => Object.values(objectIn(volume, 'secret')))
    .filter((file) => typeof file === 'string');
  const values = [
    ...variables.map((one) => one['secureValue']),
    ...objectsIn(properties, 'imageRegistryCredentials').map((one) => one['password']),
    ...volumes.map((volume) => objectIn(volume, 'azureFile')['storageAccountKey']),
    objectIn(objectIn(properties, 'diagnostics'), 'logAnalytics')['workspaceKey'],
    ...files,
    ...files.map((file) => Buffer.from(file, 'base64').toString('utf8')),
  ];
  return values.filter((value) => typeof value === 'string');
}
