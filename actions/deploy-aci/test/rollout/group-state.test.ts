import { describe, expect, test } from '@jest/globals';
import {
  at,
  container,
  crashLoop,
  ended,
  event,
  group,
  type Look,
  lastOf,
  looks,
  running,
  served,
  wanted,
} from '../groups.ts';

const web = (seconds = 3) => container('web', { current: running(seconds) });
const well = group([web()]);
const updating = group([container('web', { current: { state: 'Waiting' } })], {
  provisioningState: 'Pending',
  state: 'Pending',
});

describe('a container group settles', () => {
  test('once its containers have run for some time', () => {
    const states = looks([[updating], [well], [well, 3], [well], [well]], { before: served });
    expect(states.map(({ state }) => state)).toEqual([
      'progress',
      'progress',
      'progress',
      'progress',
      'settled',
    ]);
  });

  test('where there was none before', () => {
    expect(lastOf(looks([[undefined], [updating], [well, 5], [well]]))).toBe('settled');
  });

  test('where the time that they run began before Azure says that it is done', () => {
    const early = group([web()], { provisioningState: 'Creating' });
    expect(lastOf(looks([[early, 5], [well]]))).toBe('settled');
  });

  test('with jobs that are done, as far as the restart policy lets them be', () => {
    const done = group([container('web', { current: ended(0, 4, 'Completed') })], {
      state: 'Succeeded',
    });
    const never = wanted(['web'], { restartPolicy: 'Never' });
    const onFailure = wanted(['web'], { restartPolicy: 'OnFailure' });
    expect(lastOf(looks([[done]], { document: never }))).toBe('settled');
    expect(lastOf(looks([[done]], { document: onFailure }))).toBe('settled');
    expect(lastOf(looks([[done, 9], [done]]))).not.toBe('settled');
  });

  test('with a service whose restart policy is Never, while it runs', () => {
    const document = wanted(['web'], { restartPolicy: 'Never' });
    expect(lastOf(looks([[well, 5], [well]], { document }))).toBe('settled');
  });

  test('after its init containers, whether Azure still shows them or not', () => {
    const prepare = (current: ReturnType<typeof running> | undefined) =>
      group([web()], { properties: { initContainers: [container('prepare', { current })] } });
    expect(lastOf(looks([[prepare(ended(0)), 5], [prepare(ended(0))]]))).toBe('settled');
    expect(lastOf(looks([[prepare(undefined), 5], [prepare(undefined)]]))).toBe('settled');
    expect(lastOf(looks([[prepare(running()), 9], [prepare(running())]]))).toBe(
      'Succeeded, Running: 1 of 1 container is running; prepare: Running',
    );
  });

  test('later where it ended once: it has to run longer than it did', () => {
    const again = group([
      container('web', {
        current: running(30),
        previous: { ...ended(1, 28), startTime: at(8) },
        restarts: 1,
      }),
    ]);
    const states = looks([[again, 24], [again, 1], [again]]);
    expect(states.map(({ state }) => state)).toEqual(['progress', 'progress', 'settled']);
  });
});

describe('a container group has not settled', () => {
  const cases: ReadonlyArray<readonly [string, Look[], string]> = [
    [
      'while one of its containers waits',
      [[group([web(), container('worker', { current: { state: 'Waiting' } })]), 60]],
      'Succeeded, Running: 1 of 2 containers are running; worker: Waiting',
    ],
    [
      'while one of its containers is not shown',
      [[well, 60]],
      'Succeeded, Running: 1 of 1 container is running',
    ],
    [
      'while the state of a container is not shown',
      [[group([web(), container('worker')]), 60]],
      'Succeeded, Running: 1 of 2 containers are running',
    ],
    [
      'while Azure is at work',
      [
        [
          group([web(), container('worker', { current: running() })], {
            provisioningState: 'Updating',
          }),
          60,
        ],
      ],
      'Updating, Running: 2 of 2 containers are running',
    ],
    [
      'with a state that nobody knows',
      [[group([web(), container('worker', { current: running() })], { state: 'Snoozing' }), 60]],
      'Succeeded, Snoozing: 2 of 2 containers are running',
    ],
    ['while nothing of it is shown', [[{}, 60]], '0 of 0 containers are running'],
    [
      'while an image is pulled',
      [
        [
          group(
            [
              web(),
              container('worker', {
                current: { state: 'Waiting' },
                events: [event('Pulling', 'pulling image "a"')],
              }),
            ],
            { provisioningState: 'Creating', state: 'Pending' },
          ),
          60,
        ],
      ],
      'Creating, Pending: 1 of 2 containers are running; worker: pulling image',
    ],
  ];
  test.each(cases)('%s', (_, all, text) => {
    const document = wanted(['web', 'worker']);
    const [look = [undefined]] = all;
    expect(lastOf(looks([look, look], { document }))).toBe(text);
  });

  test.each([
    ['Repairing', 'Azure moves the container group to another machine (Repairing)'],
    ['Unhealthy', 'Azure moves the container group to another machine (Unhealthy)'],
    ['NotAccessible', 'Azure has no access to the container group at the moment (NotAccessible)'],
    ['PreProvisioned', 'PreProvisioned, Running: 1 of 1 container is running'],
    ['NotSpecified', 'NotSpecified, Running: 1 of 1 container is running'],
    ['Accepted', 'Accepted, Running: 1 of 1 container is running'],
  ])('while its state is %s', (provisioningState, text) => {
    const seen = group([web()], { provisioningState });
    expect(lastOf(looks([[seen, 60], [seen]]))).toBe(text);
  });

  test('while it restarts now and then', () => {
    const restarted = (count: number) =>
      group([container('web', { current: running(3 + count), restarts: count })]);
    const states = looks([
      [restarted(0), 4],
      [restarted(1), 4],
    ]);
    expect(lastOf(states)).toContain('1 of 1 container is running');
  });

  test('while it is the one from before that runs', () => {
    expect(lastOf(looks([[served, 20], [served]], { before: served }))).toBe(
      'Succeeded, Running: 0 of 1 container is running; web: still runs as before',
    );
  });

  test('while its readiness probe has bad answers, and settles once they stop', () => {
    const probe = { readinessProbe: { periodSeconds: 5, initialDelaySeconds: 2 } };
    const bad = (count: number) =>
      group([
        container(
          'web',
          {
            current: running(3),
            events: [
              event('Unhealthy', 'Readiness probe failed: HTTP status 503', 3 + 5 * count, {
                count,
                firstTimestamp: at(8),
                type: 'Warning',
              }),
            ],
          },
          probe,
        ),
      ]);
    const states = looks([[bad(1), 5], [bad(2), 5], [bad(3), 5], [bad(3), 4], [bad(3)]]);
    expect(states.slice(0, 4).map((state) => lastOf([state]))).toEqual(
      Array(4).fill(
        'Succeeded, Running: 1 of 1 container is running; web is not ready: Readiness probe failed: HTTP status 503',
      ),
    );
    expect(states.at(-1)?.state).toBe('settled');
  });
});

describe('a container group that Azure left alone', () => {
  test('has failed: the same containers run on', () => {
    expect(lastOf(looks([[served, 30], [served]], { before: served }))).toBe(
      'aci/not-restarted: Azure took the new version, but container web runs on as before since 2026-06-01T11:00:00.000Z.',
    );
  });

  test('may have been restarted within the second that it was started in', () => {
    const young = group([web(0)]);
    expect(lastOf(looks([[updating], [young, 5], [young]], { before: young }))).toBe('settled');
    // No look was fast enough to see Azure at work.
    const states = looks([[young, 3], [young, 4], [young, 1], [young]], { before: young });
    expect(states.map(({ state }) => state)).toEqual([
      'progress',
      'progress',
      'progress',
      'settled',
    ]);
  });
});

describe('a container group that is only looked at', () => {
  const kept = { isKept: true } as const;
  const often = group([
    container('web', { current: running(-3_600), previous: ended(1, -4_000), restarts: 7 }),
  ]);

  test('settles with what runs, whatever happened to it before', () => {
    expect(lastOf(looks([[often, 5], [often]], { before: often, ...kept }))).toBe('settled');
    expect(lastOf(looks([[served, 5], [served]], { before: served, ...kept }))).toBe('settled');
  });

  test('fails by what happens from then on', () => {
    const crashes = (restarts: number) =>
      group([
        container('web', { current: running(9), previous: ended(1, 8), restarts: 7 + restarts }),
      ]);
    const states = looks([[often], [crashes(1)], [crashes(2)]], { before: often, ...kept });
    expect(states.map(({ state }) => state)).toEqual(['progress', 'progress', 'failed']);
  });

  test('has failed where it crashes again and again already', () => {
    const ill = group([container('web', { current: crashLoop, previous: ended(1), restarts: 7 })]);
    expect(lastOf(looks([[ill]], { before: ill, ...kept }))).toMatch(/^aci\/crash-loop/);
  });
});

describe('a container group ends', () => {
  test('when somebody deletes it', () => {
    const deleting = group([web()], { provisioningState: 'Deleting' });
    expect(lastOf(looks([[well], [deleting]]))).toBe(
      'aci/gone: The container group is gone: it is being deleted.',
    );
    expect(lastOf(looks([[well], [undefined]]))).toBe(
      'aci/gone: The container group is gone: Azure does not know it.',
    );
  });

  test('but may not be shown for a moment after it was made', () => {
    expect(lastOf(looks([[undefined, 29], [undefined]]))).toBe(
      'Azure does not show the container group yet',
    );
    expect(lastOf(looks([[undefined, 30], [undefined]]))).toMatch(/^aci\/gone/);
  });

  test('when somebody stops it', () => {
    const stopped = group([container('web', { current: ended(143) })], { state: 'Stopped' });
    expect(lastOf(looks([[well], [stopped]], { before: served }))).toMatch(
      /^aci\/(?:stopped|crash-loop): /,
    );
    const quiet = group([container('web')], { state: 'Stopped' });
    expect(lastOf(looks([[well], [quiet]], { before: served }))).toBe(
      'aci/stopped: The container group does not run: it is Stopped, so somebody or something stopped it meanwhile.',
    );
  });

  test.each(['Failed', 'Canceled'])('when Azure gives it up: %s', (provisioningState) => {
    const seen = group([container('web', { current: { state: 'Waiting' } })], {
      provisioningState,
      state: 'Pending',
    });
    expect(lastOf(looks([[seen]], { before: served }))).toBe(
      `aci/provisioning: Azure gave the container group up: its state is ${provisioningState}.`,
    );
    // It was so before, and Azure has not begun yet.
    expect(lastOf(looks([[seen, 29], [seen]], { before: seen }))).toContain('web: Waiting');
    expect(lastOf(looks([[seen, 30], [seen]], { before: seen }))).toMatch(/^aci\/provisioning/);
  });

  test.each([
    [
      'ServiceUnavailable',
      'The requested resource is not available in the location eastus at this moment.',
      'aci/capacity: The region has no room for the container group shop at this moment: ',
    ],
    [
      'ServiceUnavailable',
      "Resource type container group quota 'StandardCores' exceeded in region eastus. Limit: '10', Usage: '10' Requested: '1'.",
      'aci/quota: A quota of the subscription does not allow the container group shop: ',
    ],
    [
      'DnsNameLabelNotAvailable',
      'DNS name label shop not available',
      'aci/label-taken: The DNS label of the container group shop is taken: ',
    ],
    [
      'InternalServerError',
      'An error with tracking activity id 12345678-abcd.',
      'aci/platform: The container group shop failed inside of Azure (correlation ID unknown): ',
    ],
    [
      'ContainerGroupProvisioningTimeout',
      'took more than 30 minutes',
      'aci/provisioning: Azure gave the container group up: ',
    ],
    ['', '', 'aci/provisioning: Azure gave the container group up: it gives no reason'],
  ])('when the operation failed, in the words of Azure: %s %s', (code, message, words) => {
    // Though its containers run.
    expect(lastOf(looks([[well, 1, { state: 'failed', code, message }]]))).toContain(words);
  });

  test('when the operation failed, for the reason that its container shows', () => {
    const operation = { state: 'failed', code: 'Timeout', message: 'took 30 minutes' } as const;
    const seen = group([
      container('web', { current: { state: 'Waiting' }, previous: ended(1), restarts: 1 }),
    ]);
    expect(lastOf(looks([[seen, 1, operation]]))).toBe(
      'aci/crash-loop: Container web does not stay up: it ended once, last with code 1 (the app ended itself with an error).',
    );
  });

  test('only by what Azure says of the operation where it failed', () => {
    for (const state of ['running', 'succeeded', 'unknown'] as const) {
      expect(
        lastOf(
          looks([
            [well, 5, { state }],
            [well, 1, { state }],
          ]),
        ),
      ).toBe('settled');
    }
  });
});

describe('a container that crashes again and again', () => {
  test.each([
    [1, 'with code 1 (the app ended itself with an error)'],
    [139, 'with code 139 (it crashed (SIGSEGV, segmentation fault))'],
    [143, 'with code 143 (it was told to stop (SIGTERM))'],
    [0, 'with code 0 (the app ended by itself, as if it were done)'],
  ])('has failed, with the meaning of its exit code %i', (code, why) => {
    const seen = group([
      container('web', { current: crashLoop, previous: ended(code), restarts: 1 }),
    ]);
    expect(lastOf(looks([[seen]]))).toBe(
      `aci/crash-loop: Container web does not stay up: it ended once, last ${why}.`,
    );
  });

  test('has failed at its second exit, though it runs at each look', () => {
    const run = (restarts: number) =>
      group([
        container('web', {
          current: running(3 + 10 * restarts),
          previous: restarts > 0 ? ended(1, 10 * restarts) : undefined,
          restarts,
        }),
      ]);
    const states = looks([[run(0)], [run(1)], [run(2)]], { before: served });
    expect(states.map(({ state }) => state)).toEqual(['progress', 'progress', 'failed']);
    expect(lastOf(states)).toMatch(/^aci\/crash-loop: .* it ended 2 times/);
  });

  test('has failed where Azure shows nothing but the count', () => {
    expect(lastOf(looks([[group([container('web', { restarts: 2 })])]]))).toBe(
      'aci/crash-loop: Container web does not stay up: it ended 2 times, last without a word of Azure on why.',
    );
  });

  test('has run out of memory, by the word of Azure or by its exit code', () => {
    const killed = (detail: string) =>
      group([
        container('web', { current: crashLoop, previous: ended(137, 4, detail), restarts: 1 }),
      ]);
    expect(lastOf(looks([[killed('OOMKilled')]]))).toBe(
      'aci/out-of-memory: Container web ran out of memory: it ended once, last with code 137 (killed: it used more memory than its limit); Azure: OOMKilled.',
    );
    expect(lastOf(looks([[killed('Error')]]))).toMatch(/^aci\/out-of-memory: /);
  });

  test.each([126, 127])('has failed at its first exit where the command cannot run: %i', (code) => {
    const seen = group([container('web', { current: ended(code) })]);
    expect(lastOf(looks([[seen]]))).toMatch(/^aci\/crash-loop: .* last with code 12[67] \(/);
  });

  test('has not failed where Azure ended it to maintain its machines', () => {
    for (const code of [7_147, 7_148]) {
      const seen = group([
        container('web', { current: { state: 'Waiting' }, previous: ended(code), restarts: 2 }),
      ]);
      expect(looks([[seen], [seen]]).at(-1)?.state).toBe('progress');
    }
  });

  test('has not failed at its first exit', () => {
    const seen = group([container('web', { current: ended(1) })]);
    expect(lastOf(looks([[seen]]))).toBe(
      'Succeeded, Running: 0 of 1 container is running; web: Terminated: Error, ended once',
    );
  });

  test('has not failed where the exit is that of the version before, which Azure stopped', () => {
    const seen = group([
      container('web', {
        current: running(5),
        previous: { ...ended(143, 3), startTime: at(-3_600) },
        restarts: 1,
      }),
    ]);
    expect(lastOf(looks([[seen, 5], [seen]], { before: served }))).toBe('settled');
  });

  test('of a job has failed at once', () => {
    const document = wanted(['web'], { restartPolicy: 'Never' });
    const seen = group([container('web', { current: ended(3) })], { state: 'Failed' });
    expect(lastOf(looks([[seen]], { document }))).toBe(
      'aci/exit: Container web failed, and its restart policy does not start it again: it ended with code 3 (the app ended itself with an error).',
    );
    const moved = group([container('web', { current: ended(7_147) })], { state: 'Failed' });
    expect(lastOf(looks([[moved]], { document }))).toContain(
      'with code 7147 (Azure ended it to maintain its machines)',
    );
  });

  test('and was doing so before has not failed until the new version does', () => {
    const ill = (restarts: number, seconds: number) =>
      group([
        container(
          'web',
          { current: crashLoop, previous: ended(1, seconds), restarts },
          { image: 'old' },
        ),
      ]);
    const before = ill(4, -20);
    // It crashed once more between the last look and the change.
    expect(looks([[before], [ill(5, 1)], [ill(5, 1)]], { before }).at(-1)?.state).toBe('progress');
    const fresh = group([container('web', { current: running(8) })]);
    expect(lastOf(looks([[ill(5, 1)], [fresh, 5], [fresh]], { before }))).toBe('settled');
    const crashes = group([
      container('web', { current: crashLoop, previous: ended(2, 12), restarts: 1 }),
    ]);
    expect(lastOf(looks([[ill(5, 1)], [fresh], [crashes]], { before }))).toMatch(
      /^aci\/crash-loop: .* with code 2 /,
    );
  });
});
