import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { failureOf, judging, type Look, verdicts } from './judging.ts';
import { at, crashed, deployment, ended, event, pod, running, waiting } from './objects.ts';

const moving = deployment({ availableReplicas: 2 });
/** A rollout with one pod whose container `web` is in that state. */
const look = (status: Look['workload'], seconds = 10, more: Look = {}): Look => ({
  at: seconds,
  workload: moving,
  pods: [pod('a', { statuses: [status ?? {}], ...(more.pods && {}) })],
  ...more,
});
const web = {
  containers: [{ name: 'web', image: 'shop:new', readinessProbe: { periodSeconds: 5 } }],
};
const notFound =
  'rpc error: code = NotFound desc = failed to pull and unpack image "shop:new": not found';
const denied = 'failed to authorize: 401 Unauthorized';
const backOff = 'Back-off pulling image "shop:new"';

describe('an image that is not there', () => {
  test.each([
    ['InvalidImageName', 'couldn\'t parse image name "Shop:"', /name is not that of an image/],
    [
      'ErrImageNeverPull',
      'Container image is not present with pull policy of Never',
      /forbids to pull/,
    ],
    ['SignatureValidationFailed', 'no signature', /signed images/],
    ['ErrImagePull', notFound, /no such image/],
    ['ErrImagePull', 'manifest unknown', /no such image/],
    ['ErrImagePull', 'no match for platform in manifest: not found', /not built for the CPU/],
    ['ImagePullBackOff', `${backOff}: ErrImagePull: ${notFound}`, /no such image/],
  ])('fails at once: %s, %s', (reason, message, cause) => {
    const failure = failureOf([look(waiting(reason, message))]);
    expect(failure.code).toBe('k8s/image-pull');
    expect(failure.message).toMatch(cause);
    expect(failure.message).toContain('Container web of pod a did not get shop:new');
  });

  test('is not judged by words in its own name', () => {
    const image = 'example.com/not-found/shop:new';
    const pods = [
      pod('a', {
        containers: [{ name: 'web', image }],
        statuses: [waiting('ErrImagePull', `failed to pull "${image}": 503 Service Unavailable`)],
      }),
    ];
    expect(verdicts([{ workload: moving, pods }])).toEqual(['progress']);
  });

  test('fails at the second try where the registry denies it', () => {
    const first = look(waiting('ErrImagePull', denied));
    const between = look(waiting('ImagePullBackOff', backOff), 20);
    expect(verdicts([first, between, { ...first, at: 30 }])).toEqual([
      'progress',
      'progress',
      'k8s/image-pull',
    ]);
  });

  test('fails at the second try that only the events tell of', () => {
    const events = [
      event('a', 'Failed', `Failed to pull image "shop:new": ${denied}`, { count: 2 }),
    ];
    expect(verdicts([look(waiting('ImagePullBackOff', backOff), 20, { events })])).toEqual([
      'k8s/image-pull',
    ]);
  });

  test.each([
    'dial tcp 10.0.0.1:443: i/o timeout',
    '503 Service Unavailable',
    'lookup registry.example.com: no such host',
    '429 Too Many Requests',
    'something that nobody has seen yet',
  ])('is explained and no verdict: %s', (message) => {
    const tries = [10, 30, 90, 300].flatMap((seconds) => [
      look(waiting('ErrImagePull', message), seconds),
      look(waiting('ImagePullBackOff', backOff), seconds + 5),
    ]);
    expect(new Set(verdicts(tries))).toEqual(new Set(['progress']));
  });

  test('keeps the cause that Kubernetes no longer tells between two tries', () => {
    const { look: see } = judging();
    see(look(waiting('ErrImagePull', '503 Service Unavailable')));
    expect(see(look(waiting('ImagePullBackOff', backOff), 20))).toMatchObject({
      text: expect.stringMatching(/does not reach the registry/),
    });
    const rules = { fatal: ['ImagePullBackOff'] };
    const failure = failureOf(
      [
        look(waiting('ErrImagePull', '503 Service Unavailable')),
        look(waiting('ImagePullBackOff', backOff), 20),
      ],
      { rules },
    );
    expect(failure.message).toContain('503 Service Unavailable');
  });

  test('has the pull secret named that is missing', () => {
    const events = [
      event(
        'a',
        'FailedToRetrieveImagePullSecret',
        'Unable to retrieve some image pull secrets (ghcr)',
      ),
    ];
    const failure = failureOf([look(waiting('ErrImagePull', notFound), 10, { events })]);
    expect(failure.message).toContain('Unable to retrieve some image pull secrets (ghcr)');
  });

  test('does not show the account and the token in the words of a rate limit', () => {
    const said =
      "toomanyrequests: You have reached your pull rate limit as 'joe': dckr_jti_abc. You may increase";
    const rules = { fatal: ['ErrImagePull'] };
    const { message } = failureOf([look(waiting('ErrImagePull', said))], { rules });
    expect(message).toContain('allows no more pulls for now');
    expect(message).not.toMatch(/joe|dckr/);
  });
});

describe('a container that cannot be started', () => {
  const config = 'CreateContainerConfigError';

  test.each([
    [config, 'container has runAsNonRoot and image will run as root', /runs as root/],
    [
      'RunContainerError',
      'exec: "nope": executable file not found in $PATH',
      /command was not found/,
    ],
    ['RunContainerError', 'exec /app: exec format error', /another CPU/],
    ['CreateContainerError', 'exec: "/app": permission denied', /may not be run/],
  ])('fails at once: %s, %s', (reason, message, cause) => {
    const failure = failureOf([look(waiting(reason, message))]);
    expect(failure.code).toBe('k8s/start');
    expect(failure.message).toMatch(cause);
  });

  test('fails at once where containerd tells of it only in the run that is over', () => {
    const run = ended(128, {
      reason: 'StartError',
      message: 'exec: "nope": executable file not found',
    });
    const failure = failureOf([look(crashed(2, run))]);
    expect(failure.code).toBe('k8s/start');
    expect(failure.message).toContain('the command was not found in the image');
  });

  test.each([
    ['configmap "settings" not found', /ConfigMap or Secret .* does not exist/],
    ['secret "db" not found', /does not exist/],
    ["couldn't find key url in Secret test/db", /does not have a key/],
    ['something else', /configuration cannot be used/],
  ])('fails when it stays so for 5 s: %s', (message, cause) => {
    const seen = [10, 14, 15].map((seconds) => look(waiting(config, message), seconds));
    expect(verdicts(seen)).toEqual(['progress', 'progress', 'k8s/start']);
    expect(failureOf(seen).message).toMatch(cause);
  });

  test('begins to count anew where it was over meanwhile', () => {
    const bad = waiting(config, 'secret "db" not found');
    const seen = [look(bad, 10), look(running({ ready: false }), 13), look(bad, 16)];
    expect(verdicts(seen)).toEqual(['progress', 'progress', 'progress']);
  });

  test('is no verdict while the node has not read a ConfigMap yet', () => {
    const message = 'failed to sync configmap cache: timed out waiting for the condition';
    expect(verdicts([look(waiting(config, message)), look(waiting(config, message), 100)])).toEqual(
      ['progress', 'progress'],
    );
  });

  test.each([
    'CreateContainerError',
    'RunContainerError',
    'PostStartHookError',
    'PreStartHookError',
  ])('fails when it stays so for 10 s: %s', (reason) => {
    const seen = [10, 19, 20].map((seconds) => look(waiting(reason, 'context canceled'), seconds));
    expect(verdicts(seen)).toEqual(['progress', 'progress', 'k8s/start']);
  });

  test('for a reason that is new is explained with the words of Kubernetes', () => {
    const { look: see } = judging();
    const seen = see(look(waiting('ImageVolumeMountFailed', 'no such artifact')));
    expect(seen).toMatchObject({
      state: 'progress',
      text: expect.stringMatching(/ImageVolumeMountFailed/),
    });
    const rules = { fatal: ['ImageVolumeMountFailed'] };
    const failure = failureOf([look(waiting('ImageVolumeMountFailed', 'no such artifact'))], {
      rules,
    });
    expect(failure.message).toContain('no such artifact');
  });
});

describe('a container that does not stay up', () => {
  test('fails at the second exit where it never was ready', () => {
    expect(
      verdicts([
        look(crashed(1)),
        look(running({ ready: false, restartCount: 1 }), 11),
        look(crashed(2), 12),
      ]),
    ).toEqual(['progress', 'progress', 'k8s/crash-loop']);
  });

  test('fails at the second exit, before Kubernetes calls it a crash loop', () => {
    const second = { ...crashed(1), restartCount: 1, lastState: ended(1) };
    expect(verdicts([look(crashed(1)), look(second, 11)])).toEqual(['progress', 'k8s/crash-loop']);
  });

  test('fails at the third exit where it had been ready', () => {
    const ready = look(running({ ready: true }), 9, { pods: [pod('a', web)] });
    const pods = (exits: number) => [pod('a', { ...web, statuses: [crashed(exits)] })];
    const seen = [1, 2, 3].map((exits) => look(undefined, 10 + exits, { pods: pods(exits) }));
    expect(verdicts([ready, ...seen])).toEqual([
      'progress',
      'progress',
      'progress',
      'k8s/crash-loop',
    ]);
  });

  test('without a readiness probe counts as well only after it has run for some time', () => {
    const containers = [{ name: 'web', image: 'shop:new' }];
    const one = (status: JsonObject, seconds: number) =>
      look(undefined, seconds, { pods: [pod('a', { containers, statuses: [status] })] });
    // Kubernetes calls it ready as soon as it runs.
    expect(verdicts([one(running(), 3), one(crashed(2), 5)])).toEqual([
      'progress',
      'k8s/crash-loop',
    ]);
    const long = ended(1, { startedAt: at(2), finishedAt: at(40) });
    expect(verdicts([one(running(), 35), one(crashed(2, long), 41)])).toEqual([
      'progress',
      'progress',
    ]);
  });

  test('without a readiness probe settles when it has run for 5 s', () => {
    const containers = [{ name: 'web', image: 'shop:new' }];
    const pods = ['a', 'b', 'c'].map((name) => pod(name, { containers }));
    const seen = [3, 7, 8].map((seconds) => ({ at: seconds, pods }));
    expect(verdicts(seen)).toEqual(['progress', 'progress', 'settled']);
    // What has run for long before need not be watched.
    expect(verdicts([{ at: 40, pods }])).toEqual(['settled']);
  });

  test.each([126, 127])('fails at once with exit code %i', (code) => {
    expect(verdicts([look(crashed(1, ended(code)))])).toEqual(['k8s/crash-loop']);
  });

  test('that ends well is told so', () => {
    const { message, remedy } = failureOf([look(crashed(2, ended(0)))]);
    expect(message).toContain('with code 0 (the app ended by itself, as if it were done)');
    expect(remedy).toContain('A server must stay in the foreground');
  });

  test('for want of memory names its limit', () => {
    const limited = { name: 'web', image: 'shop:new', resources: { limits: { memory: '64Mi' } } };
    const statuses = [crashed(2, ended(137, { reason: 'OOMKilled' }))];
    const pods = [pod('a', { containers: [limited], statuses })];
    const failure = failureOf([look(undefined, 10, { pods })]);
    expect(failure.code).toBe('k8s/out-of-memory');
    expect(failure.message).toContain('it used more than its limit of 64Mi');
  });

  test('that a liveness probe ended names the probe', () => {
    const events = [
      event('a', 'Killing', 'Container web failed liveness probe, will be restarted', {
        lastTimestamp: at(3),
      }),
      event(
        'a',
        'Unhealthy',
        'Liveness probe failed: dial tcp 10.0.0.9:80: connect: connection refused',
        { lastTimestamp: at(3) },
      ),
    ];
    const failure = failureOf([look(crashed(2, ended(137)), 10, { events })]);
    expect(failure.code).toBe('k8s/probe');
    expect(failure.message).toContain('Liveness probe failed: dial tcp');
  });

  test('says what its last run has left as its termination message', () => {
    const run = ended(1, { message: 'Error: DATABASE_URL is missing' });
    expect(failureOf([look(crashed(2, run))]).message).toContain('DATABASE_URL is missing');
  });

  test('is not blamed for restarts of weeks ago', () => {
    const statuses = [running({ restartCount: 50 })];
    const pods = ['a', 'b', 'c'].map((name) => pod(name, { created: -9_000, statuses }));
    const again = ['a', 'b', 'c'].map((name) =>
      pod(name, { created: -9_000, statuses: [running({ restartCount: 50, ready: false })] }),
    );
    expect(verdicts([look(undefined, 1, { pods }), look(undefined, 2, { pods: again })])).toEqual([
      'progress',
      'progress',
    ]);
  });

  test('is blamed for the crash loop in which this run has found it', () => {
    const pods = [pod('a', { created: -9_000, statuses: [crashed(8)] })];
    expect(verdicts([look(undefined, 1, { pods })])).toEqual(['k8s/crash-loop']);
  });

  test('is explained where its node has lost track of it', () => {
    const lost = ended(137, { reason: 'ContainerStatusUnknown' });
    expect(verdicts([look(crashed(2, lost))])).toEqual(['progress']);
  });
});

describe('after it had settled', () => {
  const calm = ['a', 'b', 'c'].map((name) => pod(name));
  const settled: Look = { at: 5, pods: calm };

  test('one crash is enough', () => {
    const crash = running({ ready: false, restartCount: 1, lastState: ended(1) });
    const pods = [pod('a', { statuses: [crash] }), ...calm.slice(1)];
    expect(verdicts([settled, { at: 6, workload: moving, pods }])).toEqual([
      'settled',
      'k8s/crash-loop',
    ]);
  });

  test('one crash is enough, even where it is ready again before anybody looked', () => {
    const crash = running({ restartCount: 1, lastState: ended(137, { reason: 'OOMKilled' }) });
    const pods = [pod('a', { statuses: [crash] }), ...calm.slice(1)];
    expect(verdicts([settled, { at: 6, pods }])).toEqual(['settled', 'k8s/out-of-memory']);
  });

  test('a pod that an autoscaler adds may be ready later', () => {
    const workload = deployment(
      { updatedReplicas: 4, replicas: 4, availableReplicas: 3 },
      { generation: 3, spec: { replicas: 4 } },
    );
    const pods = [...calm, pod('d', { created: 20, statuses: [waiting('ContainerCreating')] })];
    expect(verdicts([settled, { at: 21, workload, pods }])).toEqual(['settled', 'progress']);
  });

  test('a pod that is drained from its node fails nothing', () => {
    const pods = [pod('a', { going: 30, statuses: [crashed(1, ended(143))] }), ...calm.slice(1)];
    expect(verdicts([settled, { at: 6, workload: moving, pods }])).toEqual(['settled', 'progress']);
  });
});

describe('one pod of many', () => {
  const well = ['a', 'b', 'c'].map((name) => pod(name));
  const doomed = (name: string) => pod(name, { statuses: [crashed(3)] });

  test('that is doomed fails only when it stays so for a minute', () => {
    const pods = [...well, doomed('d')];
    const seen = [10, 69, 70].map((seconds) => ({ at: seconds, workload: moving, pods }));
    expect(verdicts(seen)).toEqual(['progress', 'progress', 'k8s/crash-loop']);
  });

  test('that is doomed fails when its replacement is doomed too', () => {
    const first = { at: 10, workload: moving, pods: [...well, doomed('d')] };
    const second = { at: 20, workload: moving, pods: [...well, doomed('d'), doomed('e')] };
    expect(verdicts([first, second])).toEqual(['progress', 'k8s/crash-loop']);
  });

  test('fails at once where no other one is ready', () => {
    expect(verdicts([{ workload: moving, pods: [doomed('d')] }])).toEqual(['k8s/crash-loop']);
  });

  test('that was evicted is explained, and its replacement settles', () => {
    const evicted = pod('d', {
      status: {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: memory.',
      },
      ready: false,
    });
    const { look: see } = judging();
    const seen = see({ workload: moving, pods: [well[0] ?? {}, evicted] });
    expect(seen).toMatchObject({
      state: 'progress',
      text: expect.stringMatching(/d: its node or the cluster ended it/),
    });
    expect(see({ pods: [...well, evicted] })).toEqual({ state: 'settled' });
  });
});

describe('init containers and sidecars', () => {
  const inits = [{ name: 'migrate', image: 'shop:new' }];
  const sidecars = [{ name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' }];

  test('an init container that fails is named, as its own kind', () => {
    const pods = [
      pod('a', {
        inits,
        initStatuses: [{ ...crashed(2), name: 'migrate' }],
        statuses: [waiting('PodInitializing')],
      }),
    ];
    const failure = failureOf([look(undefined, 10, { pods })]);
    expect(failure.message).toContain('Init container migrate of pod a does not stay up');
  });

  test('an init container whose image is missing is named', () => {
    const initStatuses = [{ ...waiting('ErrImagePull', 'manifest unknown'), name: 'migrate' }];
    const pods = [pod('a', { inits, initStatuses, statuses: [waiting('PodInitializing')] })];
    expect(failureOf([look(undefined, 10, { pods })]).message).toContain('Init container migrate');
  });

  test('an init container that is done is no crash', () => {
    const initStatuses = [{ name: 'migrate', ready: true, restartCount: 0, state: ended(0) }];
    const pods = ['a', 'b', 'c'].map((name) => pod(name, { inits, initStatuses }));
    expect(verdicts([{ pods }])).toEqual(['settled']);
  });

  test('a sidecar in a crash loop is named, and not the app', () => {
    const initStatuses = [{ ...crashed(2), name: 'proxy' }];
    const pods = [pod('a', { inits: sidecars, initStatuses, statuses: [running()], ready: false })];
    const failure = failureOf([look(undefined, 10, { pods })]);
    expect(failure.message).toContain('Sidecar proxy of pod a does not stay up');
  });
});

describe('what the user decides otherwise', () => {
  test('a reason that is tolerated ends no rollout', () => {
    const rules = { tolerated: ['ImagePullBackOff'] };
    expect(verdicts([look(waiting('ErrImagePull', notFound))], { rules })).toEqual(['progress']);
    const crashes = { rules: { tolerated: ['CrashLoopBackOff'] } };
    expect(verdicts([look(crashed(2)), look(crashed(9), 90)], crashes)).toEqual([
      'progress',
      'progress',
    ]);
  });

  test('a reason that is fatal ends it at once', () => {
    const rules = { fatal: ['Error'] };
    expect(verdicts([look(crashed(1))], { rules })).toEqual(['k8s/crash-loop']);
  });

  test('what is tolerated is so even where it is fatal as well', () => {
    const rules = { fatal: ['Error'], tolerated: ['Error'] };
    expect(verdicts([look(crashed(1))], { rules })).toEqual(['progress']);
  });
});
