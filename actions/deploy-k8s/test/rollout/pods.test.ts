import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { failureOf, judging, type Look, verdicts } from './judging.ts';
import { at, crashed, deployment, ended, event, pod, running, waiting } from './objects.ts';

const moving = deployment({ availableReplicas: 2 });
const look = (one: JsonObject, seconds = 10, events: readonly JsonObject[] = []): Look => ({
  at: seconds,
  workload: moving,
  pods: [one],
  events,
});
const creating = { statuses: [waiting('ContainerCreating')], status: { phase: 'Pending' } };

describe('a pod that gets no node', () => {
  const message = '0/3 nodes are available: 3 Insufficient cpu.';
  const unscheduled = (reason = 'Unschedulable') =>
    pod('a', {
      node: '',
      statuses: [],
      status: { phase: 'Pending' },
      conditions: [{ type: 'PodScheduled', status: 'False', reason, message }],
    });

  test('fails after two minutes, with what the scheduler counts', () => {
    const seen = [10, 129, 130].map((seconds) => look(unscheduled(), seconds));
    expect(verdicts(seen)).toEqual(['progress', 'progress', 'k8s/unschedulable']);
    expect(failureOf(seen).message).toContain('3 Insufficient cpu');
  });

  test.each(['TriggeredScaleUp', 'Nominated'])(
    'waits for a node that is on its way: %s',
    (reason) => {
      const events = [event('a', reason, 'pod triggered scale-up')];
      expect(verdicts([10, 500].map((seconds) => look(unscheduled(), seconds, events)))).toEqual([
        'progress',
        'progress',
      ]);
    },
  );

  test('fails sooner where the autoscaler adds none', () => {
    const events = [event('a', 'NotTriggerScaleUp', 'pod did not trigger scale-up')];
    const seen = [10, 39, 40].map((seconds) => look(unscheduled(), seconds, events));
    expect(verdicts(seen)).toEqual(['progress', 'progress', 'k8s/unschedulable']);
  });

  test.each(['FailedScheduling', 'Unschedulable'])(
    'fails at once where the user says so: %s',
    (reason) => {
      expect(verdicts([look(unscheduled())], { rules: { fatal: [reason] } })).toEqual([
        'k8s/unschedulable',
      ]);
    },
  );

  test('that a gate holds back is explained', () => {
    const { look: see } = judging();
    see(look(unscheduled('SchedulingGated')));
    expect(see(look(unscheduled('SchedulingGated'), 900))).toMatchObject({
      state: 'progress',
      text: expect.stringMatching(/scheduling gate/),
    });
  });
});

describe('a volume', () => {
  test('whose ConfigMap is missing fails at the second try, when it stays so', () => {
    const failed = (count: number) => [
      event(
        'a',
        'FailedMount',
        'MountVolume.SetUp failed for volume "c": configmap "settings" not found',
        { count },
      ),
    ];
    const one = pod('a', creating);
    const seen = [look(one, 10, failed(1)), look(one, 14, failed(3)), look(one, 15, failed(4))];
    expect(verdicts(seen)).toEqual(['progress', 'progress', 'k8s/volume']);
    expect(verdicts([look(one, 10, failed(1)), look(one, 60, failed(1))])).toEqual([
      'progress',
      'progress',
    ]);
  });

  test('that is held on another node is named as the deadlock that it is', () => {
    const events = [
      event(
        'a',
        'FailedAttachVolume',
        'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) shop-x',
      ),
    ];
    const seen = [10, 24, 25].map((seconds) => look(pod('a', creating), seconds, events));
    expect(verdicts(seen)).toEqual(['progress', 'progress', 'k8s/volume']);
    const { message, remedy } = failureOf(seen);
    expect(message).toContain('a deadlock');
    expect(remedy).toContain('Recreate');
  });

  test('that could not be mounted once is not mentioned when the container runs', () => {
    const events = [event('a', 'FailedMount', 'configmap "settings" not found', { count: 2 })];
    const { look: see, judge } = judging();
    see(look(pod('a', { statuses: [running({ ready: false })] }), 10, events));
    expect(judge.troubles.map(({ row }) => row.kind)).toEqual(['probe']);
  });

  test('whose mount times out is explained', () => {
    const events = [
      event('a', 'FailedMount', 'Unable to attach or mount volumes: timed out waiting', {
        count: 9,
      }),
    ];
    expect(verdicts([10, 400].map((seconds) => look(pod('a', creating), seconds, events)))).toEqual(
      ['progress', 'progress'],
    );
  });
});

test('a node that gives no network is explained', () => {
  const events = [event('a', 'FailedCreatePodSandBox', 'cni plugin not initialized', { count: 9 })];
  const { look: see } = judging();
  expect(see(look(pod('a', creating), 10, events))).toMatchObject({
    state: 'progress',
    text: expect.stringMatching(/cannot give it a network/),
  });
});

describe('a readiness probe', () => {
  const containers = [
    {
      name: 'web',
      image: 'shop:new',
      readinessProbe: { initialDelaySeconds: 5, periodSeconds: 10, failureThreshold: 3 },
    },
  ];
  const unready = pod('a', { containers, statuses: [running({ ready: false })] });
  const failed = (message: string) => [event('a', 'Unhealthy', message)];

  test.each([
    ['Readiness probe failed: HTTP probe failed with statuscode: 404', /nothing at the path/],
    ['Readiness probe failed: HTTP probe failed with statuscode: 503', /bad status/],
    [
      'Readiness probe failed: Get "http://10.0.0.9:3000/": dial tcp 10.0.0.9:3000: connect: connection refused',
      /nothing listens at the port/,
    ],
    [
      'Readiness probe failed: Get "http://10.0.0.9:3000/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      /does not answer in time/,
    ],
    ['Readiness probe failed: cat: /tmp/ready: No such file', /the probe fails/],
  ])('that fails is explained, and no verdict: %s', (message, text) => {
    const { look: see } = judging();
    expect(see(look(unready, 10, failed(message)))).toMatchObject({
      state: 'progress',
      text: expect.stringMatching(text),
    });
    expect(see(look(unready, 400, failed(message)))).toMatchObject({ state: 'progress' });
  });

  test('that the user calls fatal is so when all its tries are over', () => {
    const events = failed('Readiness probe failed: HTTP probe failed with statuscode: 404');
    // The container started at 2 s: 5 s, 3 tries each 10 s, and 1 s for the answer.
    const seen = [10, 37, 38].map((seconds) => look(unready, seconds, events));
    expect(verdicts(seen, { rules: { fatal: ['Unhealthy'] } })).toEqual([
      'progress',
      'progress',
      'k8s/not-ready',
    ]);
  });

  test('of the run before is not mentioned', () => {
    const events = [
      event('a', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404', {
        lastTimestamp: at(1),
      }),
    ];
    const { look: see } = judging();
    expect(see(look(unready, 10, events))).toMatchObject({
      text: expect.stringMatching(/web is not ready$/),
    });
  });

  test('that answers now and then fails the third time, though Kubernetes sees progress', () => {
    const ready = pod('a', { containers });
    const seen = [ready, unready, ready, unready, ready, unready].map((one, index) =>
      look(one, 30 * index),
    );
    expect(verdicts(seen)).toEqual([...Array(5).fill('progress'), 'k8s/flapping']);
    expect(failureOf(seen).message).toContain('Pod a was ready 3 times');
  });

  test('is not blamed for a crash, which is told as what it is', () => {
    const well = pod('a', { containers });
    const first = pod('a', { containers, statuses: [crashed(1)] });
    const again = pod('a', {
      containers,
      statuses: [running({ ready: false, restartCount: 1, lastState: ended(1) })],
    });
    const { judge, look: see } = judging();
    for (const [index, one] of [well, first, again].entries()) see(look(one, 10 + index));
    expect(judge.troubles.map(({ text }) => text()).join('; ')).not.toContain('it was ready');
  });
});
