import { describe, expect, test } from '@jest/globals';
import { Throttled } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { TimeoutReached } from '@slipway/shared/time/deadline';
import type { AciApi } from '../../src/api/aci-api.ts';
import { RunBefore } from '../../src/run-before/run-before.ts';
import { fakeAci } from '../fake-aci.ts';
import { container, ended, event, group, running, wanted } from '../groups.ts';

const tags = { 'slipway-run-before-of': 'shop' };
const seen = (instance: Parameters<typeof container>[1], more: JsonObject = {}) => ({
  ...group([container('web', instance)], { state: 'Running' }),
  tags,
  ...more,
});
const runs = seen({ current: running() });
const done = (code = 0) => seen({ current: ended(code) });

/** Azure in which the one-off group is seen like this, one look after the other, once it was made. */
function azure(
  states: ReadonlyArray<JsonObject | undefined>,
  change: {
    left?: JsonObject;
    log?: ReadonlyArray<readonly string[]>;
    document?: JsonObject;
    api?: Partial<AciApi>;
  } = {},
) {
  const said: string[] = [];
  const calls: string[] = [];
  const made: JsonObject[] = [];
  const looks = [...states];
  const logs = [...(change.log ?? [])];
  let { left } = change;
  let now = 0;
  const api = fakeAci({
    getGroup: async ({ name }) => {
      expect(name).toBe('shop-before');
      if (made.length === 0) return left;
      return looks.length > 1 ? looks.shift() : looks[0];
    },
    putGroup: async ({ document, name }) => {
      calls.push(`put ${name}`);
      made.push(document);
      return { group: {}, operation: { url: undefined, retryAfter: undefined } };
    },
    deleteGroup: async ({ name }) => {
      calls.push(`delete ${name}`);
      left = undefined;
      return { url: undefined, retryAfter: undefined };
    },
    logLines: async ({ container: of }) => {
      expect(of).toBe('web');
      return (logs.length > 1 ? logs.shift() : logs[0]) ?? [];
    },
    ...change.api,
  });
  const clock = {
    now: () => now,
    async sleep(ms: number, signal?: AbortSignal) {
      // Limits of single calls are not reached here.
      if (ms >= 3_000) return new Promise<void>(() => undefined);
      signal?.throwIfAborted();
      now += ms;
    },
  };
  const commands = {
    info: (line: string) => void said.push(line),
    quote: (line: string) => void said.push(`| ${line}`),
  };
  const name = { resourceGroup: 'production', name: 'shop' };
  const command = ['npm', 'run', 'migrate'];
  const task = new RunBefore({ name, command }, { api, clock, commands });
  const prepared = { container: 'web', document: change.document ?? wanted() };
  const run = (signal = new AbortController().signal) => task.run(prepared, signal);
  return { calls, made, run, said, task };
}

async function failure(work: Promise<void>): Promise<Failure> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw new Error('no Failure', { cause: error });
  return error;
}

test('a one-off group runs the command, its log is shown as it grows, and it is deleted', async () => {
  const { calls, run, said, task } = azure([undefined, runs, runs, runs, done()], {
    log: [['one'], ['one', 'two'], ['one', 'two', 'three'], ['one', 'two', 'three', 'four']],
  });
  await run();
  expect(calls).toEqual(['put shop-before', 'delete shop-before']);
  expect(said).toEqual([
    'run-before: the container group shop-before was created',
    'run-before: Azure does not show the container group yet',
    'run-before: Succeeded, Running: 1 of 1 container is running',
    '| one',
    '| two',
    '| three',
    '| four',
    'run-before: done',
  ]);
  expect(task.evidence.logs).toEqual([
    { source: 'web (run-before)', lines: ['one', 'two', 'three', 'four'] },
  ]);
});

test('the one-off group is the new version without what only serves', async () => {
  const document = {
    location: 'eastus',
    tags: { team: 'shop', 'slipway-image': 'x' },
    identity: { type: 'UserAssigned', userAssignedIdentities: { '/id': {} } },
    zones: ['1'],
    properties: {
      osType: 'Linux',
      restartPolicy: 'Always',
      sku: 'Standard',
      ipAddress: { type: 'Public', ports: [{ port: 80 }], dnsNameLabel: 'shop' },
      subnetIds: [{ id: '/subnet' }],
      imageRegistryCredentials: [{ server: 'shop.azurecr.io', identity: '/id' }],
      secretReferences: [{ name: 'url', secretReferenceUri: 'https://v' }],
      somethingNew: { kept: true },
      initContainers: [{ name: 'prepare' }],
      volumes: [
        { name: 'data', azureFile: { shareName: 'a' } },
        { name: 'cache', emptyDir: {} },
      ],
      containers: [
        { name: 'proxy', properties: { image: 'nginx' } },
        {
          name: 'web',
          properties: {
            image: 'shop',
            command: ['serve'],
            ports: [{ port: 80 }],
            environmentVariables: [{ name: 'A', secureValue: 's' }],
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
            resources: { requests: { cpu: 1, memoryInGB: 1.5 } },
            livenessProbe: {},
            readinessProbe: {},
            newOfContainer: 1,
          },
        },
      ],
    },
  };
  const { made, run } = azure([done()], { document });
  await run();
  expect(made).toEqual([
    {
      location: 'eastus',
      tags: { team: 'shop', 'slipway-run-before-of': 'shop' },
      identity: { type: 'UserAssigned', userAssignedIdentities: { '/id': {} } },
      zones: ['1'],
      properties: {
        osType: 'Linux',
        restartPolicy: 'Never',
        sku: 'Standard',
        subnetIds: [{ id: '/subnet' }],
        imageRegistryCredentials: [{ server: 'shop.azurecr.io', identity: '/id' }],
        secretReferences: [{ name: 'url', secretReferenceUri: 'https://v' }],
        somethingNew: { kept: true },
        volumes: [{ name: 'data', azureFile: { shareName: 'a' } }],
        containers: [
          {
            name: 'web',
            properties: {
              image: 'shop',
              command: ['npm', 'run', 'migrate'],
              environmentVariables: [{ name: 'A', secureValue: 's' }],
              volumeMounts: [{ name: 'data', mountPath: '/data' }],
              resources: { requests: { cpu: 1, memoryInGB: 1.5 } },
              newOfContainer: 1,
            },
          },
        ],
      },
    },
  ]);
});

test('its own identity has no roles, and that is said', async () => {
  const document = { ...wanted(), identity: { type: 'SystemAssigned' } };
  const { run, said } = azure([done()], { document });
  await run();
  expect(said.join('\n')).toContain('its system-assigned identity is another one');
});

describe('a command that fails', () => {
  test('is told by its exit code, with the last log lines, and the group is deleted', async () => {
    const { calls, run, task } = azure([runs, done(3)], { log: [['no such table']] });
    const { code, message } = await failure(run());
    expect(code).toBe('aci/run-before');
    expect(message).toBe(
      'The container group of run-before failed (npm run migrate): web ended with code 3 (the app ended itself with an error).',
    );
    expect(calls).toEqual(['put shop-before', 'delete shop-before']);
    expect(task.evidence).toEqual({
      facts: [
        'container group shop-before: provisioning state Succeeded, state Running',
        'container web: ended with code 3 (the app ended itself with an error) after 1.0 s',
      ],
      logs: [{ source: 'web (run-before)', lines: ['no such table'] }],
    });
  });

  test('has failed at its first end, though Azure starts it again in spite of the policy', async () => {
    const again = seen({ current: running(9), previous: ended(2), restarts: 1 });
    const { message } = await failure(azure([again]).run());
    expect(message).toContain('web ended with code 2');
  });

  test.each([
    ['ended by Azure for maintenance', done(7_147), 'Azure ended it to maintain its machines'],
    [
      'without an exit code',
      seen({ current: { state: 'Terminated', detailStatus: 'Error' } }),
      'web ended with a code that Azure does not say',
    ],
  ])('%s is no success', async (_, state, words) => {
    const { message } = await failure(azure([state]).run());
    expect(message).toContain(words);
  });

  test('before it ran is told by what kept it from running', async () => {
    const said = 'Failed to pull image "x": not found';
    const state = seen({ current: { state: 'Waiting' }, events: [event('Failed', said)] });
    const { calls, run } = azure([state]);
    const { code, message } = await failure(run());
    expect(code).toBe('aci/image-pull');
    expect(message).toMatch(
      /^run-before: Container web did not get .* the registry has no such image/,
    );
    expect(calls).toEqual(['put shop-before', 'delete shop-before']);
  });

  test('where the group goes away', async () => {
    const { code } = await failure(azure([runs, undefined]).run());
    expect(code).toBe('aci/gone');
  });

  test('of a container that is not there is refused before anything is created', async () => {
    const { calls, run } = azure([], { document: wanted(['app', 'proxy']) });
    const { code, message } = await failure(run());
    expect(code).toBe('aci/run-before-refused');
    expect(message).toContain('has no container web, but app, proxy');
    expect(calls).toEqual([]);
  });
});

describe('what is there already', () => {
  test('is deleted first where an earlier run has left it', async () => {
    const { calls, run } = azure([done()], { left: { tags } });
    await run();
    expect(calls).toEqual(['delete shop-before', 'put shop-before', 'delete shop-before']);
  });

  test.each([
    ['no tags', {}],
    ['the tag of another group', { tags: { 'slipway-run-before-of': 'other' } }],
  ])('stays where it has %s', async (_, left) => {
    const { calls, run } = azure([done()], { left });
    const { code } = await failure(run());
    expect(code).toBe('aci/run-before-refused');
    expect(calls).toEqual([]);
  });
});

describe('a run that ends early', () => {
  test('deletes the group, and says that the time was up', async () => {
    const over = new AbortController();
    const { calls, run } = azure([runs], {
      api: {
        logLines: async () => {
          over.abort(new TimeoutReached(600_000));
          return [];
        },
      },
    });
    const { code, message } = await failure(run(over.signal));
    expect(code).toBe('aci/run-before-timeout');
    expect(message).toContain('did not end within 10 min');
    expect(calls).toEqual(['put shop-before', 'delete shop-before']);
  });

  test('deletes the group on a cancel while it is being made', async () => {
    const cancel = new AbortController();
    const calls: string[] = [];
    const { run } = azure([runs], {
      api: {
        putGroup: async () => {
          cancel.abort(new Error('cancelled'));
          calls.push('put');
          return { group: {}, operation: { url: undefined, retryAfter: undefined } };
        },
        deleteGroup: async () => {
          calls.push('delete');
          return { url: undefined, retryAfter: undefined };
        },
      },
    });
    await expect(run(cancel.signal)).rejects.toThrow('cancelled');
    expect(calls).toEqual(['put', 'delete']);
  });

  test('says where the group could not be deleted, and keeps the verdict', async () => {
    const { run, said } = azure([done(1)], {
      api: {
        deleteGroup: async () => {
          throw new Error('no way');
        },
      },
    });
    expect((await failure(run())).code).toBe('aci/run-before');
    expect(said.at(-1)).toBe(
      'run-before: the container group shop-before could not be deleted and stays: no way',
    );
  });
});

describe('Azure that does not answer as it should', () => {
  test('asks for fewer requests: they are repeated', async () => {
    let asked = 0;
    const { run } = azure([done()], {
      api: {
        logLines: async () => {
          throw new Throttled('slow down');
        },
        deleteGroup: async () => {
          asked += 1;
          if (asked < 3) throw new Throttled('slow down');
          return { url: undefined, retryAfter: undefined };
        },
      },
    });
    await run();
    expect(asked).toBe(3);
  });

  test('has no log: that is said once, and is no verdict', async () => {
    const { run, said } = azure([runs, runs, done()], {
      api: {
        logLines: async () => {
          throw new Error('denied');
        },
      },
    });
    await run();
    expect(said.filter((line) => line.includes('denied'))).toEqual([
      'run-before: its log cannot be shown: denied',
    ]);
  });

  test('says only in the operation why it does not create it', async () => {
    const { run } = azure([seen({}, {})], {
      api: {
        putGroup: async () => ({
          group: {},
          operation: { url: 'https://o', retryAfter: undefined },
        }),
        getGroup: (() => {
          let looks = 0;
          return async () => {
            looks += 1;
            return looks === 1
              ? undefined
              : group([container('web')], { provisioningState: 'Pending' });
          };
        })(),
        operationState: async () => ({
          state: 'failed',
          code: 'ServiceUnavailable',
          message: 'The requested resource is not available in the location eastus at this moment.',
        }),
      },
    });
    const { code, message } = await failure(run());
    expect(code).toBe('aci/capacity');
    expect(message).toContain('not available in the location');
  });
});
