import { describe, expect, test } from '@jest/globals';
import { Throttled } from '@slipway/shared/deploy/target';
import { parseJsonAsIs } from '@slipway/shared/document/json-number';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { isJsonObject } from '@slipway/shared/document/json-object';
import { aciThatSays, lost, refusal, shop, subscription, type Turn } from './arm-endpoint.ts';

const id = `/subscriptions/${subscription}/resourceGroups/shop/providers/Microsoft.ContainerInstance/containerGroups/web`;
const { signal } = new AbortController();

function documentOf(text: string): JsonObject {
  const parsed = parseJsonAsIs(text);
  if (!isJsonObject(parsed)) throw new Error('no object');
  return parsed;
}

describe('documents', () => {
  const text =
    '{"location":"eastus","properties":{"of_tomorrow":[1.0,12345678901234567890],"memoryInGB":1.50}}';

  test('go out and come back as they are, with fields of tomorrow and numbers as written', async () => {
    const { api, seen } = await aciThatSays([{ status: 201, body: text }]);
    const { group } = await api.putGroup({ ...shop, document: documentOf(text) }, signal);
    expect(seen[0]?.body).toBe(text);
    expect(JSON.stringify(group)).toBe(text);
  });

  test('are asked for at version 2026-05-01, as JSON, with the token', async () => {
    const { api, seen } = await aciThatSays([{ status: 201, body: text }]);
    await api.putGroup({ ...shop, document: documentOf(text) }, signal);
    expect(String(seen[0]?.url)).toBe(`https://management.azure.com${id}?api-version=2026-05-01`);
    expect(seen[0]?.method).toBe('PUT');
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer planted-token',
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'slipway',
    });
  });

  test('are got with one request', async () => {
    const { api, seen } = await aciThatSays([{ body: text }]);
    expect(JSON.stringify(await api.getGroup(shop, signal))).toBe(text);
    expect(seen).toHaveLength(1);
  });
});

describe('an operation', () => {
  const at = 'https://management.azure.com/subscriptions/x/operations/1';
  test.each<[string, number, Record<string, string>, unknown]>([
    ['Azure-AsyncOperation', 201, { 'azure-asyncoperation': at }, { url: at }],
    ['Location', 202, { location: at, 'retry-after': '7' }, { url: at, retryAfter: 7_000 }],
    ['both', 201, { 'azure-asyncoperation': at, location: `${at}x` }, { url: at }],
    ['none', 200, {}, { url: undefined }],
  ])('is begun by an answer with %s', async (_, status, headers, operation) => {
    const { api, seen } = await aciThatSays([{ status, headers, body: {} }]);
    const put = await api.putGroup({ ...shop, document: {} }, signal);
    expect(put.operation).toEqual({ retryAfter: undefined, ...Object(operation) });
    expect(await api.deleteGroup(shop, signal)).toEqual(put.operation);
    expect(seen).toHaveLength(2);
  });

  test('is begun by an answer without a body: the group is read', async () => {
    const { api, seen } = await aciThatSays([{ status: 202 }, { body: { name: 'web' } }]);
    const { group } = await api.putGroup({ ...shop, document: {} }, signal);
    expect(group).toEqual({ name: 'web' });
    expect(seen.map(({ method }) => method)).toEqual(['PUT', 'GET']);
  });

  test.each<[string, Turn, unknown]>([
    ['Pending', { body: { status: 'Pending' } }, { state: 'running' }],
    ['a word of tomorrow', { body: { status: 'Pondering' } }, { state: 'running' }],
    ['202', { status: 202 }, { state: 'running' }],
    ['Succeeded', { body: { status: 'Succeeded' } }, { state: 'succeeded' }],
    ['204', { status: 204 }, { state: 'succeeded' }],
    [
      'the group, done',
      { body: { properties: { provisioningState: 'Succeeded' } } },
      { state: 'succeeded' },
    ],
    [
      'the group, not yet',
      { body: { properties: { provisioningState: 'Creating' } } },
      { state: 'running' },
    ],
    [
      'Failed',
      { body: { status: 'Failed', error: { code: 'Gone', message: 'no more' } } },
      { state: 'failed', code: 'Gone', message: 'no more' },
    ],
    [
      'Canceled without a word',
      { body: { status: 'Canceled' } },
      { state: 'failed', code: 'Canceled', message: '' },
    ],
    [
      'an error at Location',
      refusal(409, 'InaccessibleImage', 'no image'),
      { state: 'failed', code: 'InaccessibleImage', message: 'no image' },
    ],
    ['404', refusal(404, 'OperationNotFound', 'who?'), { state: 'unknown' }],
  ])('says %s', async (_, turn, state) => {
    const { api } = await aciThatSays([turn]);
    expect(await api.operationState({ url: at, retryAfter: undefined }, signal)).toEqual(state);
  });

  test.each([
    ['of another host', 'https://evil.example/subscriptions/x'],
    ['of a host that looks alike', 'https://evilmanagement.azure.com/'],
    ['without TLS', 'http://management.azure.com/'],
    ['that is none', '/subscriptions/x'],
  ])('at an address %s gets no token', async (_, url) => {
    const { api, seen } = await aciThatSays([{ body: { status: 'Succeeded' } }]);
    const state = await api.operationState({ url, retryAfter: undefined }, signal);
    expect(state).toEqual({ state: 'unknown' });
    expect(seen).toEqual([]);
  });

  test('that may not be read is no failed operation', async () => {
    const { api } = await aciThatSays([refusal(403, 'AuthorizationFailed', 'no')]);
    await expect(api.operationState({ url: at, retryAfter: undefined }, signal)).rejects.toThrow(
      'may not Microsoft.ContainerInstance/locations/operations/read',
    );
  });
});

describe('what is not there', () => {
  const none = refusal(404, 'ResourceNotFound', 'was not found');

  test('a group that is not there is none, and deleted', async () => {
    const { api } = await aciThatSays([none]);
    expect(await api.getGroup(shop, signal)).toBeUndefined();
    await expect(api.deleteGroup(shop, signal)).resolves.toHaveProperty('url', undefined);
  });

  test('a resource group that is not there is a failure', async () => {
    const said = refusal(404, 'ResourceGroupNotFound', "Resource group 'shop' could not be found.");
    const { api } = await aciThatSays([said]);
    const about = `There is no resource group shop in subscription ${subscription}.`;
    await expect(api.getGroup(shop, signal)).rejects.toThrow(about);
    await expect(api.locationOf('shop', signal)).rejects.toThrow(about);
    await expect(api.deleteGroup(shop, signal)).rejects.toThrow(about);
  });

  test.each([
    ['ContainerLogNotAvailable', 404],
    ['ContainerGroupTransitioning', 409],
    ['ContainerNotFound', 404],
  ])('a log that is not there yet is empty: %s', async (code, status) => {
    const { api } = await aciThatSays([refusal(status, code, 'not yet')]);
    expect(await api.logLines({ ...shop, container: 'web', most: 5 }, signal)).toEqual([]);
  });

  test.each([
    ['null', { content: null }, []],
    ['more than was asked for', { content: 'a\nb\r\nc\n' }, ['b', 'c']],
  ])('a log that is %s', async (_, body, lines) => {
    const { api, seen } = await aciThatSays([{ body }]);
    expect(await api.logLines({ ...shop, container: 'web', most: 2 }, signal)).toEqual(lines);
    expect(seen[0]?.url.pathname).toBe(`${id}/containers/web/logs`);
    expect(seen[0]?.url.searchParams.get('tail')).toBe('2');
  });

  test('the region of a resource group, as short as in the API', async () => {
    const { api } = await aciThatSays([{ body: { location: 'East US' } }]);
    expect(await api.locationOf('shop', signal)).toBe('eastus');
  });

  test('quotas; what is none is left out', async () => {
    const value = [
      { name: { value: 'StandardCores' }, currentValue: 4, limit: 10 },
      { name: {}, currentValue: 4 },
    ];
    const { api } = await aciThatSays([{ body: { value } }]);
    expect(await api.usages('eastus', signal)).toEqual([
      { name: 'StandardCores', used: 4, limit: 10 },
    ]);
  });
});

describe('no answer', () => {
  test.each([
    ['a lost connection', lost()],
    ['a 502', { status: 502, body: '<html>' }],
  ])('%s is asked again by the SDK', async (_, turn) => {
    const { api, seen } = await aciThatSays([turn, { body: {} }]);
    await expect(api.getGroup(shop, signal)).resolves.toEqual({});
    expect(seen).toHaveLength(2);
  });

  test.each([
    [429, 'retry-after', '17', 17_000],
    [503, 'retry-after', '3', 3_000],
    [429, 'x-none', '', undefined],
  ])('%i with %s %s is told, and not slept through', async (status, name, value, retryAfter) => {
    const { api, seen } = await aciThatSays([{ status, headers: { [name]: value } }]);
    const thrown: unknown = await api.getGroup(shop, signal).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Throttled);
    expect(thrown).toMatchObject({ retryAfter });
    expect(seen).toHaveLength(1);
  });

  test.each([
    ['an answer of a proxy', { status: 403, body: '<html>' }, 'HTTP 403'],
    ['no JSON', { body: 'planted' }, 'the answer could not be read'],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example/' } }, 'HTTP 302'],
  ])('%s is a failure of its own', async (_, turn, said) => {
    const { api, seen } = await aciThatSays([turn]);
    const thrown: unknown = await api.getGroup(shop, signal).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'aci/unavailable' });
    expect(String(thrown)).toContain(said);
    expect(String(thrown)).not.toContain('planted');
    expect(seen).toHaveLength(1);
  });

  test('a change whose answer was lost is found again while it goes on', async () => {
    const tags = { release: '7' };
    const busy = refusal(409, 'ContainerGroupTransitioning', 'still transitioning');
    const { api, seen } = await aciThatSays([lost(), busy, { body: { tags } }]);
    const { group, operation } = await api.putGroup({ ...shop, document: { tags } }, signal);
    expect(group).toEqual({ tags });
    expect(operation.url).toBeUndefined();
    expect(seen.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'GET']);
  });

  test.each([
    ['of somebody else', [lost(), 'busy', { body: { tags: { release: '8' } } }]],
    ['without a lost answer', ['busy', { body: { tags: { release: '7' } } }]],
  ])('an operation that goes on %s is not ours', async (_, turns) => {
    const busy = refusal(409, 'ContainerGroupTransitioning', 'still transitioning');
    const { api } = await aciThatSays(turns.map((turn) => (turn === 'busy' ? busy : Object(turn))));
    const put = api.putGroup({ ...shop, document: { tags: { release: '7' } } }, signal);
    await expect(put).rejects.toMatchObject({ code: 'aci/transitioning' });
  });

  test('an abort ends a call that hangs', async () => {
    const controller = new AbortController();
    const hangs: Turn = (request) =>
      new Promise((_, reject) => {
        request.signal?.addEventListener('abort', () => reject(request.signal?.reason));
        controller.abort(new Error('cancelled'));
      });
    const { api, seen } = await aciThatSays([hangs]);
    await expect(api.getGroup(shop, controller.signal)).rejects.toThrow('cancelled');
    expect(seen).toHaveLength(1);
  });
});

test('another address of Azure Resource Manager, over http on this machine', async () => {
  const env = { AZURE_RESOURCE_MANAGER_ENDPOINT: 'http://127.0.0.1:1234' };
  const { api, seen } = await aciThatSays([{ body: {} }], env);
  await api.getGroup(shop, signal);
  expect(seen[0]?.url.origin).toBe('http://127.0.0.1:1234');
});
