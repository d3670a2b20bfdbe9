import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '@slipway/shared/document/json-object';
import {
  container,
  crashLoop,
  ended,
  event,
  group,
  image,
  type Look,
  lastOf,
  looks,
  running,
  served,
  wanted,
} from '../groups.ts';

const waiting = (detailStatus = 'Waiting'): JsonObject => ({ state: 'Waiting', detailStatus });

/** A group whose container waits, with these events. */
const pulling = (events: readonly Json[], more: Parameters<typeof container>[1] = {}) =>
  group([container('web', { current: waiting(), events, ...more })], {
    provisioningState: 'Creating',
    state: 'Pending',
  });
const failed = (why: string, count = 1) =>
  event('Failed', `Failed to pull image "${image}": ${why}`, 2, { type: 'Warning', count });
const backOff = event('BackOff', `Back-off pulling image "${image}"`, 3);
const last = (seen: JsonObject, before?: JsonObject) =>
  lastOf(looks([[seen]], before ? { before } : {}));

describe('an image that cannot be pulled', () => {
  test.each([
    [
      'rpc error: code = NotFound desc = failed to pull and unpack image: shop.azurecr.io/shop: not found',
      'the registry has no such image',
    ],
    [
      'manifest for shop.azurecr.io/shop not found: manifest unknown',
      'the registry has no such image',
    ],
    [
      'pull access denied, repository does not exist or may require authorization',
      'the container group may not pull it, or the registry has no such image',
    ],
    [
      'failed to authorize: failed to fetch oauth token: 401 Unauthorized',
      'the container group may not pull it, or the registry has no such image',
    ],
    [
      'unexpected status from HEAD request: 403 Forbidden: denied: client is not allowed by firewall',
      'the container group may not pull it, or the registry has no such image',
    ],
    [
      'no matching manifest for linux/amd64 in the manifest list entries',
      'the image is not built for linux/amd64, and container instances have no other CPU',
    ],
    [
      'image operating system platform "linux/arm64" does not match linux/amd64',
      'the image is not built for linux/amd64, and container instances have no other CPU',
    ],
    ['write /var/lib: no space left on device', 'there is no room for the image'],
    ['invalid reference format', 'its name is not that of an image'],
    ['The image is not accessible (InaccessibleImage)', 'Azure has no access to it'],
  ])('has failed at once where the next try ends the same way: %s', (why, cause) => {
    expect(last(pulling([failed(why)]))).toMatch(
      `aci/image-pull: Container web did not get ${image}: ${cause}; Azure: Failed to pull image`,
    );
  });

  test.each([
    [
      'toomanyrequests: You have reached your pull rate limit',
      'the registry allows no more pulls for now, or is out of order',
    ],
    [
      'RegistryErrorResponse: An error response is received from the docker registry index.docker.io',
      'the registry allows no more pulls for now, or is out of order',
    ],
    ['dial tcp 10.0.0.4:443: i/o timeout', 'the container group does not reach the registry'],
    ['503 Service Unavailable', 'the container group does not reach the registry'],
    ['lookup shop.azurecr.io: no such host', 'the container group does not reach the registry'],
    ['something that nobody has seen yet', 'it could not be pulled'],
  ])('gets a second try where that may help: %s', (why, cause) => {
    expect(last(pulling([failed(why), backOff]))).toBe(
      'Creating, Pending: 0 of 1 container is running; web: waits before the next try',
    );
    expect(last(pulling([failed(why, 2), backOff]))).toMatch(
      `aci/image-pull: Container web did not get ${image}: ${cause};`,
    );
    expect(last(pulling([failed(why), failed(`${why} (again)`)]))).toMatch(cause);
  });

  test('is known by the pauses alone, where Azure leaves the rest out', () => {
    expect(last(pulling([backOff]))).toMatch(/^Creating/);
    expect(last(pulling([{ ...backOff, count: 2 }]))).toMatch(
      /^aci\/image-pull: .*it could not be pulled; Azure: Back-off pulling image/,
    );
    const current = waiting('ImagePullBackOff: Back-off pulling image: 401 Unauthorized');
    expect(last(pulling([], { current }))).toMatch(/^aci\/image-pull: .*may not pull it/);
  });

  test('is judged by what Azure says, not by words in its name', () => {
    const name = 'shop.azurecr.io/denied/not-found-404:unauthorized';
    const events = [event('Failed', `Failed to pull image "${name}": something new`, 2)];
    const seen = group([container('web', { current: waiting(), events }, { image: name })]);
    expect(last(seen)).toMatch(/^Succeeded, Running: 0 of 1/);
  });

  test('has not failed once it was pulled after all', () => {
    const events = [failed('manifest unknown'), event('Pulled', 'Successfully pulled image', 9)];
    expect(last(pulling(events))).toMatch(/^Creating, Pending: 0 of 1/);
    expect(last(group([container('web', { current: running(), events })]))).toMatch(/^Succeeded/);
  });

  test('has failed whatever the events are marked as, and in whichever order they come', () => {
    const events = [failed('manifest unknown'), event('Pulling', 'pulling', 1), backOff];
    for (const type of ['Normal', 'Warning', null, 7]) {
      for (const order of [events, events.toReversed()]) {
        const marked = order.map((one) => ({ ...one, type }));
        expect(last(pulling(marked))).toMatch(/^aci\/image-pull/);
      }
    }
  });

  test('has failed where an old API has the name of the event in its message', () => {
    const message = `Failed: Failed to pull image "${image}": manifest unknown`;
    expect(last(pulling([{ message, count: 1 }]))).toMatch(/^aci\/image-pull/);
  });

  test('while the version before still runs has failed too', () => {
    const events = [failed('manifest unknown')];
    const seen = group([container('web', { current: running(-3_600), events })], {
      provisioningState: 'Updating',
    });
    expect(last(seen, served)).toMatch(/^aci\/image-pull/);
  });
});

describe('a volume that cannot be mounted', () => {
  const mount = (message: string, more: JsonObject = {}) =>
    group([container('web', { current: waiting() })], {
      provisioningState: 'Pending',
      state: 'Pending',
      events: [event('FailedMount', message, 2, more)],
    });
  const said = 'MountVolume.SetUp failed for volume "data": mount error(13): Permission denied';

  test('has failed by an event of the group, though its type is Normal and Azure gave it up', () => {
    const seen = group([container('web', { current: waiting() })], {
      provisioningState: 'Failed',
      state: 'Pending',
      events: [event('FailedMount', said, 2, { type: 'Normal', count: 10 })],
    });
    expect(last(seen)).toBe(
      `aci/mount: A volume could not be mounted: the storage account refuses it (permission denied); Azure: ${said}.`,
    );
  });

  test.each([
    ['mount error(2): Permission denied', 'the storage account refuses it (permission denied)', 1],
    ['mount error(2): No such file or directory', 'there is no such file share', 1],
    ['ShareNotFound', 'there is no such file share', 1],
    ['mount error(115): Operation now in progress', 'the storage account is not reached', 2],
    ['mount error(112): Host is down', 'the storage account is not reached', 2],
    [
      'could not resolve address for shop.file.core.windows.net',
      'the storage account is not reached',
      2,
    ],
    ['something new', 'Azure could not mount it', 2],
  ])('has failed as soon as that is sure: %s', (message, cause, tries) => {
    if (tries > 1) expect(last(mount(message))).toMatch(/^Pending/);
    expect(last(mount(message, { count: tries }))).toMatch(
      `aci/mount: A volume could not be mounted: ${cause}; Azure: ${message}`,
    );
  });

  test('has not failed once the containers run', () => {
    const seen = group([container('web', { current: running() })], {
      events: [event('FailedMount', said, 2, { count: 3 })],
    });
    expect(last(seen)).toMatch(/^Succeeded, Running: 1 of 1/);
  });

  test('of the version before has not failed until Azure begins with the new one', () => {
    const before = mount(said, { count: 3 });
    expect(last(mount(said, { count: 5, lastTimestamp: '2026-06-01T12:01:00Z' }), before)).toMatch(
      /^Pending/,
    );
  });
});

describe('a container that cannot be started', () => {
  const start = (why: string, more: JsonObject = {}) =>
    pulling([event('Pulled', 'pulled', 1), event('Failed', `Error: ${why}`, 3, more)]);

  test.each([
    [
      'failed to create containerd task: exec: "serve": executable file not found in $PATH',
      'the command was not found in the image',
    ],
    [
      'exec /serve: exec format error',
      'the program is for another CPU, and container instances have linux/amd64 only',
    ],
    ['exec: "/serve": permission denied', 'the command may not be run'],
  ])('has failed at once where the next try ends the same way: %s', (why, cause) => {
    expect(last(start(why))).toBe(
      `aci/start: Container web could not be started: ${cause}; Azure: Error: ${why}.`,
    );
  });

  test.each(['cannot get secret url from Key Vault', 'something new'])(
    'gets a second try where that may help: %s',
    (why) => {
      expect(last(start(why))).toMatch(/^Creating/);
      expect(last(start(why, { count: 2 }))).toMatch(/^aci\/start/);
    },
  );

  test('is known by the word of its state', () => {
    const current = waiting('CreateContainerError: exec: "serve": executable file not found');
    expect(last(pulling([], { current }))).toMatch(/^aci\/start: .*was not found in the image/);
  });
});

describe('a liveness probe that fails', () => {
  const unhealthy = event('Unhealthy', 'Liveness probe failed: HTTP status 500', 20, { count: 3 });
  const killing = event('Killing', 'Container web failed liveness probe, will be restarted', 21);

  test('has failed once Azure ends the container for it', () => {
    const runs = (events: readonly Json[]) =>
      group([container('web', { current: running(), events })]);
    expect(last(runs([unhealthy]))).toMatch(/^Succeeded/);
    expect(last(runs([unhealthy, killing]))).toBe(
      'aci/probe: Container web ran, but Azure ended it, as its liveness probe failed: Liveness probe failed: HTTP status 500.',
    );
  });

  test('has failed by the end of the container, where Azure does not say that it ends it', () => {
    const seen = group([container('web', { current: ended(137, 22), events: [unhealthy] })]);
    expect(last(seen)).toMatch(/^aci\/probe/);
  });

  test('has not failed where Azure ends the version before', () => {
    const events = [event('Killing', 'Killing container web', 1)];
    expect(last(group([container('web', { current: running(), events })]), served)).toMatch(
      /^Succeeded/,
    );
  });

  test('is no want of memory, though the exit code is the same', () => {
    const seen = group([
      container('web', {
        current: crashLoop,
        previous: ended(137, 22),
        restarts: 2,
        events: [unhealthy, killing],
      }),
    ]);
    expect(last(seen)).toMatch(/^aci\/probe/);
  });
});

describe('what happened before the change', () => {
  const ill = (events: readonly Json[], more: Parameters<typeof container>[1] = {}) =>
    group([container('web', { current: waiting(), events, ...more }, { image: 'old:1' })]);

  test('is no failure of the new version: pulls, mounts, starts, probes, exits', () => {
    const cases: JsonObject[] = [
      ill([failed('manifest unknown')]),
      ill([{ ...backOff, count: 7 }]),
      ill([event('Failed', 'Error: executable file not found', 2, { count: 4 })]),
      ill([event('Killing', 'failed liveness probe', 2)]),
      ill([], { current: crashLoop, previous: ended(1), restarts: 9 }),
      ill([], { current: ended(137), restarts: 9 }),
      group([container('web', { current: waiting() })], {
        events: [event('FailedMount', 'mount error(13): Permission denied', 2)],
      }),
    ];
    for (const before of cases) {
      expect(looks([[before], [before]], { before }).at(-1)?.state).toBe('progress');
    }
  });

  test('that comes once more is not, as long as the new version has not begun', () => {
    const before = ill([failed('manifest unknown')]);
    const again = ill([failed('manifest unknown', 2)]);
    expect(looks([[again]], { before }).at(-1)?.state).toBe('progress');
  });

  test('counts again where it comes again in the new version', () => {
    const old = `Failed to pull image "old:1": manifest unknown`;
    const before = ill([event('Failed', old, -60, { count: 3 })]);
    const seen = pulling([event('Failed', old, -60, { count: 3 }), failed('manifest unknown')]);
    expect(last(seen, before)).toMatch(/^aci\/image-pull/);
  });

  test('is no failure where Azure shows the same event twice instead of counting', () => {
    const twice = [1, 2].map((seconds) => event('FailedMount', 'mount error(13)', seconds));
    const before = group([container('web', { current: waiting() })], { events: twice });
    expect(looks([[before], [before]], { before }).at(-1)?.state).toBe('progress');
  });

  test('of another container with the same name does not hide what comes later', () => {
    const before = group([
      container('web', {
        current: running(-60),
        events: [event('BackOff', 'Back-off pulling image', -90, { count: 9 })],
      }),
    ]);
    const seen = pulling([event('BackOff', 'Back-off pulling image', 5, { count: 2 })]);
    expect(last(seen, before)).toMatch(/^aci\/image-pull/);
  });
});

describe('one of several containers', () => {
  test('that fails is named, those before it first', () => {
    const bad = container('worker', { current: crashLoop, previous: ended(1), restarts: 2 });
    const document = wanted(['web', 'worker']);
    expect(
      lastOf(looks([[group([container('web', { current: running() }), bad])]], { document })),
    ).toMatch(/^aci\/crash-loop: Container worker /);
    const init = group([container('web')], {
      properties: {
        initContainers: [
          container('prepare', { current: crashLoop, previous: ended(2), restarts: 2 }),
        ],
      },
    });
    expect(last(init)).toMatch(/^aci\/crash-loop: Container prepare /);
  });
});

describe('while the platform moves a group', () => {
  test.each(['Repairing', 'Unhealthy'])(
    'nothing is held against the version: %s',
    (provisioningState) => {
      const seen = group(
        [container('web', { current: crashLoop, previous: ended(1), restarts: 5 })],
        {
          provisioningState,
        },
      );
      expect(looks([[seen], [seen]]).at(-1)?.state).toBe('progress');
    },
  );
});

describe('a verdict', () => {
  const runs = group([container('web', { current: running() })]);
  const events = [failed('manifest unknown')];
  const cases: ReadonlyArray<readonly [string, JsonObject]> = [
    ['a pull', pulling(events)],
    [
      'a crash loop',
      group([container('web', { current: crashLoop, previous: ended(1, 9), restarts: 1 })]),
    ],
    ['a group that is given up', group([container('web')], { provisioningState: 'Failed' })],
  ];
  test.each(cases)('comes at the first look that shows %s', (_, seen) => {
    const all: Look[] = [[runs], [runs], [seen]];
    expect(looks(all, { before: served }).map(({ state }) => state)).toEqual([
      'progress',
      'progress',
      'failed',
    ]);
  });
});
