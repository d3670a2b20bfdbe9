import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { virtualClock } from '../../../../packages/shared/test/deploy/virtual-clock.ts';
import type { KubernetesApi } from '../../src/api/kubernetes-api.ts';
import { followRollout } from '../../src/rollout/follow-rollout.ts';
import { followable } from '../live-objects.ts';
import {
  at,
  crashed,
  deployment,
  event,
  oldPod,
  pod,
  replicaSet,
  start,
  waiting,
} from './objects.ts';

const { signal } = new AbortController();
const podEvents = 'Event involvedObject.kind=Pod';
const name = {
  resource: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    plural: 'deployments',
    isNamespaced: true,
  },
  namespace: 'test',
  name: 'shop',
};
const written = deployment();
const well = {
  Deployment: [written],
  ReplicaSet: [replicaSet('old'), replicaSet()],
  Pod: [pod('a'), pod('b'), pod('c')],
};

async function following(
  objects: Readonly<Record<string, readonly JsonObject[]>>,
  answers: Partial<KubernetesApi> = {},
) {
  const cluster = followable(objects);
  const said: string[] = [];
  const api = {
    follow: cluster.follow,
    serverNow: () => start + 10_000,
    get: async () => undefined,
    logLines: async () => undefined,
    ...answers,
  };
  const rules = { fatal: [], tolerated: [] };
  const say = (line: string) => said.push(line);
  const clock = virtualClock();
  const watch = await followRollout({ api, clock, name, written, rules, say }, signal);
  return { ...cluster, said, watch };
}

describe('a rollout is followed', () => {
  test('by what belongs to it: the workload, its ReplicaSets, its pods, their events', async () => {
    const { live } = await following(well);
    expect(
      [...live].map(([key, { selection }]) => [key, selection.fields ?? selection.labels]),
    ).toEqual([
      ['Deployment', 'metadata.name=shop'],
      ['Pod', 'app=shop'],
      ['ReplicaSet', 'app=shop'],
      [podEvents, 'involvedObject.kind=Pod'],
      ['Event involvedObject.uid=shop', 'involvedObject.uid=shop'],
    ]);
  });

  test('from memory: each look sees what has come by then', async () => {
    const { of, watch } = await following({ ...well, Pod: [pod('a'), pod('b')] });
    expect(watch.look()).toMatchObject({ state: 'progress' });
    of('Pod').put(pod('c'));
    expect(watch.look()).toEqual({ state: 'settled' });
    of('Pod').put(pod('c', { statuses: [crashed(2)] }));
    expect(watch.look()).toMatchObject({ state: 'failed' });
  });

  test('until its watch is refused', async () => {
    const { of, watch } = await following(well);
    const refusal = Failure.of('deploy/unexpected', { phase: 'watch', error: 'denied' });
    of('Pod').trouble = refusal;
    expect(() => watch.look()).toThrow(refusal);
  });

  test('with a word on a cluster that is not heard of', async () => {
    const { of, watch } = await following({ ...well, Pod: [] });
    of('Deployment').silence = 120_000;
    expect(watch.look()).toMatchObject({
      text: expect.stringContaining('the cluster was not heard of for 120 s'),
    });
  });

  test('without pods of others that have the same labels', async () => {
    const stranger = pod('x', { owner: 'somebody', statuses: [crashed(9)] });
    const { watch } = await following({ ...well, Pod: [...well.Pod, stranger] });
    expect(watch.look()).toEqual({ state: 'settled' });
    expect(watch.pods()).toHaveLength(3);
  });

  test('and gives the pods of the new version that count', async () => {
    const pods = [pod('a'), pod('b', { going: 40 }), oldPod('x')];
    const { watch } = await following({ ...well, Pod: pods });
    watch.look();
    expect(watch.pods()).toEqual([pods[0]]);
  });

  test('and everything is closed at its end', async () => {
    const { live, watch } = await following(well);
    await watch[Symbol.asyncDispose]();
    expect([...live.values()].map(({ isOpen }) => isOpen)).toEqual(Array(5).fill(false));
  });

  test('and what was opened is closed where something else cannot be', async () => {
    const cluster = followable(well);
    const follow: KubernetesApi['follow'] = async (selection, within) => {
      if (selection.resource.kind === 'Pod') throw new Error('no');
      return cluster.follow(selection, within);
    };
    await expect(following(well, { follow })).rejects.toThrow('no');
    expect([...cluster.live.values()].every(({ isOpen }) => !isOpen)).toBe(true);
  });
});

describe('a diagnosis', () => {
  const twice = ['a', 'b'].map((one) => pod(one, { statuses: [crashed(2)] }));

  test('groups what several pods have, and reads the log once', async () => {
    const sources: string[] = [];
    const { watch } = await following(
      { ...well, Pod: twice },
      {
        logLines: async ({ container, pod: of, previous }) => {
          sources.push(`${of} ${container} ${previous}`);
          return ['listening', 'DATABASE_URL is missing'];
        },
      },
    );
    watch.look();
    const { facts, logs } = await watch.diagnose(signal);
    expect(facts[0]).toBe('deployment/shop: 2 new pods, 0 of them ready');
    expect(facts[1]).toMatch(/^2 pods: a, b: web ended 2 times, last with code 1/);
    expect(facts[2]).toMatch(/^container web of pod a: waiting, CrashLoopBackOff.*restarted once/);
    expect(logs).toEqual([{ source: 'web of a', lines: ['listening', 'DATABASE_URL is missing'] }]);
    expect(sources).toEqual(['a web false']);
  });

  test('reads the log of the run before, where the container runs again', async () => {
    const again = {
      name: 'web',
      ready: false,
      restartCount: 2,
      state: { running: { startedAt: at(9) } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    };
    const { watch } = await following(
      { ...well, Pod: [pod('a', { statuses: [again] })] },
      { logLines: async ({ previous }) => (previous ? ['it broke'] : ['starting']) },
    );
    watch.look();
    const { logs } = await watch.diagnose(signal);
    expect(logs).toEqual([{ source: 'web of a (the run before)', lines: ['it broke'] }]);
  });

  test('falls back to the log of now where there is none of the run before', async () => {
    const again = {
      name: 'web',
      ready: false,
      restartCount: 1,
      state: { running: { startedAt: at(9) } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    };
    const { watch } = await following(
      { ...well, Pod: [pod('a', { statuses: [again] })] },
      { logLines: async ({ previous }) => (previous ? undefined : ['starting']) },
    );
    watch.look();
    expect((await watch.diagnose(signal)).logs).toEqual([
      { source: 'web of a', lines: ['starting'] },
    ]);
  });

  test('says which permission is missing for the log, and all else', async () => {
    const denied = Failure.of('aci/denied', {
      who: 'ci',
      action: 'get pods/log',
      scope: 'test',
      said: 'no',
    });
    const { watch } = await following(
      { ...well, Pod: twice },
      {
        logLines: async () => {
          throw denied;
        },
      },
    );
    watch.look();
    const { facts } = await watch.diagnose(signal);
    expect(facts.at(-1)).toContain('not found out: ci may not get pods/log');
    expect(facts.length).toBeGreaterThan(2);
  });

  test('compares the CPU of the node where a program is for another one', async () => {
    const { watch } = await following(
      { ...well, Pod: twice },
      {
        logLines: async () => ['exec /usr/local/bin/node: exec format error'],
        get: async () => ({ metadata: { labels: { 'kubernetes.io/arch': 'arm64' } } }),
      },
    );
    watch.look();
    const { facts } = await watch.diagnose(signal);
    expect(facts).toContain(
      'node node-1 has the CPU arm64, and the program in the image is for another one',
    );
  });

  test('tells the events of its pods once, the newest first, and none of others', async () => {
    const pods = ['shop-1x', 'shop-2x'].map((one) => pod(one, { statuses: [crashed(2)] }));
    const events = [
      event('shop-1x', 'BackOff', 'Back-off restarting failed container web in pod shop-1x', {
        count: 3,
      }),
      event('shop-2x', 'BackOff', 'Back-off restarting failed container web in pod shop-2x', {
        lastTimestamp: null,
        eventTime: at(8),
      }),
      event('shop-1x', 'Scheduled', 'Successfully assigned'),
      event('shop-1x', 'Unhealthy', 'Readiness probe failed', {
        lastTimestamp: at(9),
        series: { count: 5, lastObservedTime: at(9) },
      }),
      event('z', 'Failed', 'of another workload'),
    ];
    const { watch } = await following({ ...well, Pod: pods, [podEvents]: events });
    watch.look();
    const { facts } = await watch.diagnose(signal);
    expect(facts.filter((fact) => fact.startsWith('event'))).toEqual([
      'event of shop-1x, 5 times, 12:00:09 UTC: Unhealthy: Readiness probe failed',
      'event of 2 pods, 4 times, 12:00:08 UTC: BackOff: Back-off restarting failed container web in pod shop-1x',
    ]);
  });

  test('says what is against the version by now, for when the time is up', async () => {
    const unready = { name: 'web', ready: false, state: { running: { startedAt: at(2) } } };
    const events = [
      event('a', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404'),
    ];
    const pods = [pod('a', { statuses: [unready] })];
    const { watch } = await following({ ...well, Pod: pods, [podEvents]: events });
    watch.look();
    const { likely } = await watch.diagnose(signal);
    expect(likely).toMatchObject({
      code: 'k8s/not-ready',
      message: expect.stringContaining('nothing at the path that is asked (status 404)'),
    });
  });

  test('names what holds each pod back where none has failed', async () => {
    const pods = [
      pod('a', { statuses: [waiting('ContainerCreating')], status: { phase: 'Pending' } }),
    ];
    const { watch } = await following({ ...well, Pod: pods });
    watch.look();
    const { facts } = await watch.diagnose(signal);
    expect(facts[1]).toBe('container web of pod a: waiting, ContainerCreating; on node node-1');
  });
});

test('a rollout is followed without events where they may not be read', async () => {
  const cluster = followable(well);
  const follow: KubernetesApi['follow'] = async (selection, within) => {
    if (selection.resource.kind !== 'Event') return cluster.follow(selection, within);
    throw Failure.of('aci/denied', { who: 'ci', action: 'list events', scope: 'test', said: 'no' });
  };
  const { said, watch } = await following(well, { follow });
  expect(watch.look()).toEqual({ state: 'settled' });
  expect(said[0]).toContain('events are not read: ci may not list events');
});
