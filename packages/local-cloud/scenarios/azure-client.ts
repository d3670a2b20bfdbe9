// Microsoft's JavaScript client as it is, against what AZURE_RESOURCE_MANAGER_ENDPOINT names; says what it saw.
import { ContainerInstanceManagementClient } from '@azure/arm-containerinstance';

const { ARM_TOKEN = '', AZURE_RESOURCE_MANAGER_ENDPOINT = '', SUBSCRIPTION = '' } = process.env;
const token = { token: ARM_TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 };
const client = new ContainerInstanceManagementClient(
  { getToken: () => Promise.resolve(token) },
  SUBSCRIPTION,
  { endpoint: AZURE_RESOURCE_MANAGER_ENDPOINT },
);
const { containerGroups, containers, location } = client;
const fast = { updateIntervalInMs: 20 };
const group = (image: string) => ({
  location: 'eastus',
  osType: 'Linux',
  containers: [
    {
      name: 'web',
      image,
      ports: [{ port: 8080 }],
      resources: { requests: { cpu: 1, memoryInGB: 1.5 } },
      environmentVariables: [{ name: 'TOKEN', secureValue: 's3cret' }],
    },
  ],
  ipAddress: { type: 'Public', ports: [{ port: 8080 }], dnsNameLabel: 'slipway' },
});

const created = await containerGroups.beginCreateOrUpdateAndWait(
  'shop',
  'shop',
  group('shop:1'),
  fast,
);
const listed = [];
for await (const { name } of containerGroups.listByResourceGroup('shop')) listed.push(name);
const updated = await containerGroups.beginCreateOrUpdateAndWait(
  'shop',
  'shop',
  group('shop:2'),
  fast,
);
const tagged = await containerGroups.update('shop', 'shop', { tags: { release: '2' } });
const { content } = await containers.listLogs('shop', 'shop', 'web', { tail: 1 });
await containerGroups.beginRestartAndWait('shop', 'shop', fast);
const again = await containerGroups.get('shop', 'shop');
const used: Record<string, number | undefined> = {};
for await (const { currentValue, name } of location.listUsage('eastus')) {
  used[name?.value ?? ''] = currentValue;
}
await containerGroups.beginDeleteAndWait('shop', 'shop', fast);
const gone = await containerGroups.get('shop', 'shop').catch(({ code }) => code);
console.log(
  JSON.stringify({
    created: [created.provisioningState, created.ipAddress?.fqdn],
    secret: created.containers[0]?.environmentVariables?.[0]?.secureValue ?? null,
    listed,
    updated: updated.containers[0]?.image,
    tagged: tagged.tags?.['release'],
    log: content,
    again: again.containers[0]?.image,
    used,
    gone,
  }),
);
