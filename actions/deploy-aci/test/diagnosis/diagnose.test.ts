import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { AciApi } from '../../src/api/aci-api.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { fakeAci } from '../fake-aci.ts';
import { container, crashLoop, ended, event, group, running, served } from '../groups.ts';

const name = { resourceGroup: 'production', name: 'shop' };

/** What is found out about a group. */
function found(
  seen: JsonObject | undefined,
  change: {
    logs?: Readonly<Record<string, readonly string[]>>;
    api?: Partial<AciApi>;
    before?: JsonObject;
  } = {},
) {
  const api = fakeAci({
    getGroup: async () => seen,
    logLines: async ({ container: of }) => change.logs?.[of] ?? [],
    ...change.api,
  });
  // Limits never end here; short pauses end at once.
  const never = new Promise<void>(() => undefined);
  const clock = { now: () => 0, sleep: async (ms: number) => (ms > 1_000 ? never : undefined) };
  return diagnose({ api, clock, name, before: change.before }, new AbortController().signal);
}

const crashed = container('web', {
  current: crashLoop,
  previous: ended(1, 4),
  restarts: 3,
  events: [
    event('BackOff', 'Back-off restarting failed container', 5, { count: 4 }),
    event('Started', 'Started container', 3),
  ],
});

test('a crash shows its states, exit codes, events and the last log lines of what failed', async () => {
  const seen = group([container('proxy', { current: running() }), crashed], {
    state: 'Pending',
    events: [event('SuccessfulMountVolume', 'mounted', 2)],
  });
  const evidence = await found(seen, {
    logs: { web: ['starting', 'no database'], proxy: ['fine'] },
  });
  expect(evidence.facts).toEqual([
    'container group shop: provisioning state Succeeded, state Pending',
    'container web: Waiting, CrashLoopBackOff: Back-off restarting failed; restarted 3 times; before that it ended with code 1 (the app ended itself with an error) after 1.0 s',
    'container proxy: Running',
    'event of web, 4 times, 12:00:05 UTC: BackOff: Back-off restarting failed container',
    'event of web, 12:00:03 UTC: Started: Started container',
    'event, 12:00:02 UTC: SuccessfulMountVolume: mounted',
  ]);
  expect(evidence.logs).toEqual([{ source: 'web', lines: ['starting', 'no database'] }]);
  expect(evidence.likely?.code).toBe('aci/crash-loop');
});

test('where no container failed, the logs of those that run may tell', async () => {
  const seen = group([
    container('web', { current: running() }),
    container('worker', { current: running() }),
  ]);
  const { likely, logs } = await found(seen, { logs: { web: ['a'], worker: ['b'] } });
  expect(logs.map(({ source }) => source)).toEqual(['web', 'worker']);
  expect(likely).toBeUndefined();
});

test('a container that is not ready says so, and its log is read', async () => {
  const web = container(
    'web',
    { current: running(), events: [event('Unhealthy', 'Readiness probe failed: HTTP 503', 9)] },
    { readinessProbe: {} },
  );
  const { facts, logs } = await found(group([container('proxy', { current: running() }), web]), {
    logs: { web: ['loading'] },
  });
  expect(facts).toContain('container web: Running; Readiness probe failed: HTTP 503');
  expect(logs).toEqual([{ source: 'web', lines: ['loading'] }]);
});

test('a container that never ran has no log, and is not asked for one', async () => {
  const web = container('web', {
    current: { state: 'Waiting', detailStatus: 'ImagePullBackOff: Back-off pulling image' },
    events: [event('Failed', 'Failed to pull image "x": unauthorized', 2, { type: 'Warning' })],
  });
  const { facts, logs } = await found(group([web]), {
    api: {
      logLines: async () => {
        throw new Error('nobody asks');
      },
    },
  });
  expect(logs).toEqual([]);
  expect(facts).toContain(
    'event of web, 12:00:02 UTC: Failed: Failed to pull image "x": unauthorized',
  );
});

test('a log that is empty at first may come, and one that stays empty is a fact', async () => {
  let asked = 0;
  const late = async () => {
    asked += 1;
    return asked < 3 ? [] : ['at last'];
  };
  expect((await found(group([crashed]), { api: { logLines: late } })).logs).toEqual([
    { source: 'web', lines: ['at last'] },
  ]);
  const { facts, logs } = await found(group([crashed]));
  expect(logs).toEqual([]);
  expect(facts).toContain('container web has written nothing to its log');
});

test('events from before the change are left out', async () => {
  const { facts } = await found(served, { before: served });
  expect(facts.filter((fact) => fact.startsWith('event'))).toEqual([]);
});

describe('nothing that cannot be read hides the rest', () => {
  test('such as the group itself', async () => {
    const throws = async () => {
      throw new Error('ARM is down');
    };
    expect(await found(undefined, { api: { getGroup: throws } })).toEqual({
      facts: ['the container group could not be read: ARM is down'],
      logs: [],
    });
    expect(await found(undefined)).toEqual({
      facts: ['there is no container group shop'],
      logs: [],
    });
  });

  test('such as a log, each missing permission once', async () => {
    const refused = Failure.of('ecs/denied', {
      who: 'deploy',
      action: 'Microsoft.ContainerInstance/containerGroups/containers/logs/read',
      resource: 'shop',
      said: 'AuthorizationFailed',
    });
    const logLines = async () => {
      throw refused;
    };
    const seen = group([crashed, container('worker', { current: ended(1), restarts: 2 })]);
    const { facts } = await found(seen, { api: { logLines } });
    expect(facts.filter((fact) => fact.includes('logs/read'))).toHaveLength(1);
    expect(facts[1]).toContain('container web: Waiting');
  });
});

test('all of it is bounded', async () => {
  const long = 'x'.repeat(50_000);
  const events: Json[] = Array.from({ length: 500 }, (_, index) =>
    event('Failed', `${index} ${long}`, index),
  );
  const containers = Array.from({ length: 60 }, (_, index) =>
    container(`c${index}`, { current: ended(1), restarts: 3, events }),
  );
  const lines = Array.from({ length: 1_000 }, () => long);
  const asked: string[] = [];
  const { facts, logs } = await found(group(containers, { events }), {
    api: {
      logLines: async ({ container: of }) => {
        asked.push(of);
        return lines;
      },
    },
  });
  expect(asked).toHaveLength(3);
  expect(facts.length).toBeLessThanOrEqual(40);
  expect(Math.max(...facts.map(({ length }) => length))).toBeLessThanOrEqual(1_500);
  for (const log of logs) expect(log.lines.join('').length).toBeLessThanOrEqual(12_000);
});
