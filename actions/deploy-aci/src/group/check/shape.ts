import type { Shape } from '@slipway/shared/document/check-shape';

const texts: Shape = { list: 'text' };
const anything: Shape = { fields: {}, needs: [] };
const object = (fields: Readonly<Record<string, Shape>>, ...needs: string[]): Shape => ({
  fields,
  needs,
});
const listOf = (fields: Readonly<Record<string, Shape>>, ...needs: string[]): Shape => ({
  list: object(fields, ...needs),
});

const ports = listOf({ port: 'number', protocol: 'text' }, 'port');
const variables = listOf(
  { name: 'text', value: 'text', secureValue: 'text', secureValueReference: 'text' },
  'name',
);
const mounts = listOf(
  { name: 'text', mountPath: 'text', readOnly: 'boolean' },
  'name',
  'mountPath',
);
const amounts = object({ cpu: 'number', memoryInGB: 'number', gpu: anything });
const probe = object({
  exec: object({ command: texts }),
  httpGet: object(
    {
      path: 'text',
      port: 'number',
      scheme: 'text',
      httpHeaders: listOf({ name: 'text', value: 'text' }),
    },
    'port',
  ),
  initialDelaySeconds: 'number',
  periodSeconds: 'number',
  failureThreshold: 'number',
  successThreshold: 'number',
  timeoutSeconds: 'number',
});
const initContainer: Readonly<Record<string, Shape>> = {
  image: 'text',
  command: texts,
  environmentVariables: variables,
  volumeMounts: mounts,
};

/**
 * The fields that this action reads or writes, and those that YAML most often gets wrong, such as a
 * number where Azure takes a text. All others are left to Azure, which may have got new ones since.
 * Source: ContainerGroup, API version 2026-05-01
 */
export const groupShape: Shape = object(
  {
    location: 'text',
    tags: anything,
    zones: texts,
    identity: object({ type: 'text', userAssignedIdentities: anything }),
    properties: object(
      {
        osType: 'text',
        restartPolicy: 'text',
        sku: 'text',
        priority: 'text',
        containers: listOf(
          {
            name: 'text',
            properties: object({
              ...initContainer,
              ports,
              resources: object({ requests: amounts, limits: amounts }),
              livenessProbe: probe,
              readinessProbe: probe,
              configMap: object({ keyValuePairs: anything }),
            }),
          },
          'name',
          'properties',
        ),
        initContainers: listOf({ name: 'text', properties: object(initContainer) }, 'name'),
        ipAddress: object({ type: 'text', ports, dnsNameLabel: 'text' }, 'type', 'ports'),
        volumes: listOf(
          {
            name: 'text',
            azureFile: object(
              { shareName: 'text', storageAccountName: 'text', readOnly: 'boolean' },
              'shareName',
              'storageAccountName',
            ),
            emptyDir: anything,
            secret: anything,
            secretReference: anything,
            gitRepo: object(
              { repository: 'text', directory: 'text', revision: 'text' },
              'repository',
            ),
          },
          'name',
        ),
        imageRegistryCredentials: listOf(
          { server: 'text', username: 'text', password: 'text', identity: 'text' },
          'server',
        ),
        secretReferences: listOf(
          { name: 'text', identity: 'text', secretReferenceUri: 'text' },
          'name',
          'identity',
          'secretReferenceUri',
        ),
        subnetIds: listOf({ id: 'text' }, 'id'),
        diagnostics: object({
          logAnalytics: object({ workspaceId: 'text', logType: 'text' }, 'workspaceId'),
        }),
        dnsConfig: object({ nameServers: texts }, 'nameServers'),
        confidentialComputeProperties: object({ ccePolicy: 'text' }),
      },
      'containers',
    ),
  },
  'properties',
);
