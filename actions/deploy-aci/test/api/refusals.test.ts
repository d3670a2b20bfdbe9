import { describe, expect, test } from '@jest/globals';
import { aciThatSays, refusal, shop, subscription } from './arm-endpoint.ts';

const { signal } = new AbortController();
const scope = `/subscriptions/${subscription}/resourceGroups/shop/providers/Microsoft.ContainerInstance/containerGroups/web`;

/** The failure for a refusal of a change. */
async function failureFor(status: number, code: string, message: string) {
  const { api } = await aciThatSays([refusal(status, code, message)]);
  const thrown: unknown = await api
    .putGroup({ ...shop, document: {} }, signal)
    .catch((error: unknown) => error);
  if (!(thrown instanceof Error) || !('code' in thrown) || !('remedy' in thrown)) {
    throw new Error('no failure', { cause: thrown });
  }
  return { code: thrown.code, message: thrown.message, remedy: String(thrown.remedy) };
}

describe('code and message decide, not the status', () => {
  test.each<[string, number, string, string]>([
    [
      'aci/transitioning',
      409,
      'ContainerGroupTransitioning',
      'The container group is still transitioning, please retry later.',
    ],
    [
      'aci/capacity',
      409,
      'ServiceUnavailable',
      "The requested resource is not available in the location 'eastus' at this moment. Please retry with a different resource request or in another location.",
    ],
    [
      'aci/quota',
      409,
      'ServiceUnavailable',
      "Resource type 'Microsoft.ContainerInstance/containerGroups' container group quota 'StandardCores' exceeded in region 'eastus'. Limit: '10', Usage: '10' Requested: '1'.",
    ],
    [
      'aci/quota',
      409,
      'ContainerGroupQuotaReached',
      "Resource type 'Microsoft.ContainerInstance/containerGroups' container group quota 'ContainerGroups' exceeded in region 'eastus'.",
    ],
    [
      'aci/image-inaccessible',
      400,
      'InaccessibleImage',
      "The image 'shop.azurecr.io/shop:1' in container group 'web' is not accessible. Please check the image and registry credential.",
    ],
    [
      'aci/registry',
      409,
      'RegistryErrorResponse',
      "An error response is received from the docker registry 'index.docker.io'. Please retry later.",
    ],
    [
      'aci/immutable',
      400,
      'InvalidContainerGroupUpdate',
      "The updates on container group 'web' are invalid. If you are going to update the os type, restart policy, network profile, CPU, memory or GPU resources for a container group, you must delete it first and then create a new one.",
    ],
    [
      'aci/label-taken',
      400,
      'DnsNameLabelNotAvailable',
      "The DNS name label 'shop' in container group 'web' not available. Try using a different label.",
    ],
    [
      'aci/label-taken',
      400,
      'InvalidRequestContent',
      "The DNS name label 'shop' in container group 'web' not available. Try using a different label.",
    ],
    [
      'aci/os-version',
      400,
      'OsVersionNotSupported',
      "The OS version of image 'shop:1' is not supported.",
    ],
    [
      'aci/location',
      400,
      'LocationNotAvailableForResourceType',
      "The provided location 'mars' is not available for resource type 'Microsoft.ContainerInstance/containerGroups'.",
    ],
    [
      'aci/location',
      409,
      'InvalidResourceLocation',
      "The resource 'web' already exists in location 'westus2'.",
    ],
    ['aci/denied', 403, 'AuthorizationFailed', 'no'],
    [
      'aci/tenant',
      401,
      'InvalidAuthenticationTokenTenant',
      'The access token is from the wrong issuer.',
    ],
    [
      'aci/session',
      401,
      'ExpiredAuthenticationToken',
      'The access token expiry UTC time is earlier than current UTC time.',
    ],
    [
      'aci/session',
      401,
      'InvalidAuthenticationTokenAudience',
      'The access token has been obtained for wrong audience.',
    ],
    ['aci/subscription', 404, 'SubscriptionNotFound', "The subscription 'x' could not be found."],
    [
      'aci/subscription',
      400,
      'InvalidSubscriptionId',
      "The provided subscription identifier 'x' is malformed or invalid.",
    ],
    [
      'aci/subscription-disabled',
      409,
      'ReadOnlyDisabledSubscription',
      'The subscription is disabled and therefore marked as read only.',
    ],
    [
      'aci/provider-not-registered',
      409,
      'MissingSubscriptionRegistration',
      "The subscription is not registered to use namespace 'Microsoft.ContainerInstance'.",
    ],
    [
      'aci/resource-group-not-found',
      404,
      'ResourceGroupNotFound',
      "Resource group 'shop' could not be found.",
    ],
    [
      'aci/resource-group-deleted',
      409,
      'ResourceGroupBeingDeleted',
      "The resource group 'shop' is in deprovisioning state and cannot perform this operation.",
    ],
    ['aci/policy', 403, 'RequestDisallowedByPolicy', "Resource 'web' was disallowed by policy."],
    [
      'aci/locked',
      409,
      'ScopeLocked',
      "The scope 'shop' cannot perform write operation because following scope(s) are locked.",
    ],
    ['aci/subnet', 400, 'SubnetDelegationsCannotChange', 'The subnet is not delegated.'],
    ['aci/conflict', 409, 'Conflict', "The container group 'web' was changed by another request."],
    [
      'aci/invalid',
      400,
      'InvalidRequestContent',
      'The request content was invalid and could not be deserialized.',
    ],
    [
      'aci/invalid',
      400,
      'ResourceRequestsNotSpecified',
      "The resource requests are not specified in container 'web'.",
    ],
    ['aci/invalid', 422, 'InvalidParameter', 'no'],
    ['aci/rejected', 409, 'SomethingOfTomorrow', 'no'],
    [
      'aci/platform',
      409,
      'InternalServerError',
      "An internal server error occurred. Tracking activity id 'abc-12345-x'.",
    ],
  ])('%s: %i %s', async (code, status, azure, message) => {
    const failure = await failureFor(status, azure, message);
    expect(failure.code).toBe(code);
    if (code !== 'aci/resource-group-not-found' && code !== 'aci/denied') {
      expect(failure.message).toContain(`${azure}: ${message.slice(0, 40).replace(/\.$/, '')}`);
    }
  });
});

test('who may not is told with the action and the resource that count', async () => {
  const failure = await failureFor(
    403,
    'AuthorizationFailed',
    `The client '1111' with object id '2222' does not have authorization to perform action 'Microsoft.ContainerInstance/containerGroups/write' over scope '${scope}' or the scope is invalid.`,
  );
  expect(failure.message).toMatch(
    `application 1111 may not Microsoft.ContainerInstance/containerGroups/write on ${scope}: AuthorizationFailed`,
  );
  expect(failure.remedy).toContain('`Microsoft.ContainerInstance/containerGroups/write`');
});

test('a linked resource is named, not the group', async () => {
  const linked =
    '/subscriptions/x/resourceGroups/shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop';
  const action = 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action';
  const failure = await failureFor(
    403,
    'LinkedAuthorizationFailed',
    `The client '1111' with object id '2222' has permission to perform action 'Microsoft.ContainerInstance/containerGroups/write' on scope '${scope}'; however, it does not have permission to perform action(s) '${action}' on the linked scope(s) '${linked}' (respectively) or the linked scope(s) are invalid.`,
  );
  expect(failure.message).toMatch(`application 1111 may not ${action} on ${linked}: `);
});

test('a refusal without a sentence names the action of the call', async () => {
  const failure = await failureFor(403, 'AuthorizationFailed', '');
  expect(failure.message).toBe(
    `application 1111 may not Microsoft.ContainerInstance/containerGroups/write on ${scope}: AuthorizationFailed`,
  );
});

test('words of others stay on one line, and take no time', async () => {
  const started = performance.now();
  const failure = await failureFor(400, 'InvalidTemplate', `${'a\n::error::x '.repeat(50_000)}`);
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(failure.message).not.toContain('\n');
  expect(failure.message.length).toBeLessThan(500);
});

test('details inside of an error are told', async () => {
  const { api } = await aciThatSays([
    {
      status: 400,
      body: {
        error: { code: 'InvalidTemplate', message: 'no', details: [{ message: 'port 99999' }] },
      },
    },
  ]);
  await expect(api.putGroup({ ...shop, document: {} }, signal)).rejects.toThrow(
    'Azure does not take writing the container group web: InvalidTemplate: no port 99999',
  );
});
