import type { Mapper } from './published.ts';

const text: Mapper = { type: { name: 'String' } };
const truth: Mapper = { type: { name: 'Boolean' } };
const number: Mapper = { type: { name: 'Number' } };
const texts: Mapper = { type: { name: 'Dictionary', value: text } };
const must = (mapper: Mapper): Mapper => ({ ...mapper, required: true });
const shown = (mapper: Mapper): Mapper => ({ ...mapper, readOnly: true });

function object(fields: Readonly<Record<string, Mapper>>): Mapper {
  const named = Object.entries(fields).map(([name, of]) => [name, { ...of, serializedName: name }]);
  return { type: { name: 'Composite', modelProperties: Object.fromEntries(named) } };
}

function list(element: Mapper): Mapper {
  return { type: { name: 'Sequence', element } };
}

/**
 * All that API version 2026-05-01 has and the published clients (2023-05-01) do not know, by class.
 * Source: specification/containerinstance/.../stable/2026-05-01/containerInstance.json of
 * https://github.com/Azure/azure-rest-api-specs; the last two of a group: recorded answers of the service
 * in the tests of https://github.com/Azure/azure-cli.
 */
export const newerFields: Readonly<Record<string, Readonly<Record<string, Mapper>>>> = {
  ContainerGroup: {
    'properties.secretReferences': list(
      object({ name: must(text), identity: must(text), secretReferenceUri: must(text) }),
    ),
    'properties.identityAcls': object({
      defaultAccess: text,
      acls: list(object({ identity: text, access: text })),
    }),
    'properties.containerGroupProfile': object({ id: text, revision: number }),
    'properties.standbyPoolProfile': object({
      id: text,
      failContainerGroupCreateOnReuseFailure: truth,
    }),
    'properties.isCreatedFromStandbyPool': shown(truth),
    'properties.provisioningTimeoutInSeconds': number,
    'properties.isCustomProvisioningTimeout': shown(truth),
  },
  Container: { 'properties.configMap': object({ keyValuePairs: texts }) },
  EnvironmentVariable: { secureValueReference: text },
  ImageRegistryCredential: { passwordReference: text },
  Volume: { secretReference: texts },
  AzureFileVolume: { storageAccountKeyReference: text, userManagedIdentityClientId: text },
};

/** What the published clients require and that version does not, as a profile may supply it. */
export const newlyOptional: ReadonlySet<string> = new Set(['ContainerGroup.properties.osType']);

/** What is required in a request and never in an answer, as it is a secret. */
export const neverAnswered: ReadonlySet<string> = new Set(['LogAnalytics.workspaceKey']);
