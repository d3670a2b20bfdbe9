import { describe, expect, test } from '@jest/globals';
import { objectIn } from '@slipway/shared/document/json-object';
import { failureOf, judging, verdicts } from './judging.ts';
import {
  at,
  crashed,
  deployment,
  event,
  oldPod,
  pod,
  replicaSet,
  running,
  template,
  waiting,
} from './objects.ts';

const three = [pod('a'), pod('b'), pod('c')];
const both = [replicaSet('old'), replicaSet()];
const exceeded = (updated: string) => [
  {
    type: 'Progressing',
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    lastUpdateTime: updated,
  },
];
const refused = (message: string) =>
  [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }] as const;

describe('a Deployment', () => {
  test('settles when all pods of the new ReplicaSet are ready and no other one is left', () => {
    expect(verdicts([{ pods: three }])).toEqual(['settled']);
  });

  test('is not judged by a status of the version before', () => {
    const workload = deployment({}, { observed: 1 });
    expect(verdicts([{ workload, pods: three }])).toEqual(['progress']);
  });

  test('is not judged before the watch has the change itself', () => {
    const workload = deployment({}, { generation: 1, image: 'old' });
    expect(verdicts([{ workload, pods: three }])).toEqual(['progress']);
  });

  test('waits for the new ReplicaSet', () => {
    const olds = [oldPod('x'), oldPod('y'), oldPod('z')];
    expect(verdicts([{ revisions: [replicaSet('old')], pods: olds }])).toEqual(['progress']);
  });

  test('waits for old pods to go, though all counts of the new ones are full', () => {
    const { look } = judging();
    const workload = deployment({ replicas: 4 });
    const pods = [...three, oldPod('x')];
    expect(look({ workload, pods, revisions: both })).toEqual({
      state: 'progress',
      text: '3 of 3 new pods are ready, 1 old',
    });
  });

  test('does not wait for an old pod that is going', () => {
    const pods = [...three, oldPod('x', { going: 30 })];
    expect(verdicts([{ pods, revisions: both }])).toEqual(['settled']);
  });

  test('does not count a new pod that is going', () => {
    const pods = [pod('a'), pod('b'), pod('c', { going: 30 })];
    expect(verdicts([{ pods }])).toEqual(['progress']);
  });

  test('with no ready pod never settles, though Kubernetes calls it available', () => {
    const available = [{ type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' }];
    const spec = { replicas: 1, strategy: { rollingUpdate: { maxUnavailable: 1 } } };
    const workload = deployment(
      { readyReplicas: 0, availableReplicas: 0 },
      { spec, conditions: available },
    );
    const pods = [pod('a', { statuses: [waiting('ContainerCreating')] })];
    expect(verdicts([{ workload, pods }], { written: workload })).toEqual(['progress']);
  });

  test('with minReadySeconds waits until its pods are available', () => {
    const workload = deployment({ availableReplicas: 2 });
    const { look } = judging();
    expect(look({ workload, pods: three })).toMatchObject({
      text: expect.stringMatching(/not long enough yet/),
    });
  });

  test('follows an autoscaler that changes the number of pods meanwhile', () => {
    const workload = deployment({}, { generation: 3, spec: { replicas: 2 } });
    expect(verdicts([{ workload, pods: three.slice(0, 2) }])).toEqual(['settled']);
  });

  test('without replicas settles without pods', () => {
    const workload = deployment({}, { spec: { replicas: 0 } });
    expect(verdicts([{ workload }], { written: workload })).toEqual(['settled']);
  });

  test('takes the oldest of two ReplicaSets of the same template, as Kubernetes does', () => {
    const twin = replicaSet();
    const later = {
      ...twin,
      metadata: { ...objectIn(twin, 'metadata'), uid: 'set-later', creationTimestamp: at(9) },
    };
    expect(verdicts([{ revisions: [later, twin], pods: three }])).toEqual(['settled']);
  });
});

describe('the progress deadline of a Deployment', () => {
  const stuck = deployment({ availableReplicas: 2 }, { conditions: exceeded(at(600)) });
  const unready = [pod('a'), pod('b'), pod('c', { statuses: [running({ ready: false })] })];

  test('that was exceeded before the change is ignored', () => {
    const stale = deployment({ availableReplicas: 2 }, { conditions: exceeded(at(-600)) });
    expect(verdicts([{ pods: unready }], { written: stale })).toEqual(['progress']);
  });

  test('that is exceeded by it fails, with what is known of its pods', () => {
    const events = [
      event('c', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404'),
    ];
    const failure = failureOf([{ at: 600, workload: stuck, pods: unready, events }]);
    expect(failure.code).toBe('k8s/not-ready');
    expect(failure.message).toContain('Container web of pod c runs, but does not get ready');
    expect(failure.message).toContain('nothing at the path that is asked (status 404)');
  });

  test('that is exceeded for a reason nobody knows says that', () => {
    const failure = failureOf([{ workload: stuck, pods: [pod('a'), pod('b')] }]);
    expect(failure.code).toBe('k8s/progress-deadline');
    expect(failure.message).toContain('no progress for 10 min');
  });

  test('ends no rollout whose trouble the user tolerates', () => {
    const rules = { tolerated: ['ContainersNotReady'] };
    expect(verdicts([{ workload: stuck, pods: unready }], { rules })).toEqual(['progress']);
  });
});

describe('pods that the cluster does not let in', () => {
  const workload = deployment({ updatedReplicas: 0, availableReplicas: 3 });
  const olds = [oldPod('x'), oldPod('y'), oldPod('z')];
  const look = (message: string, seconds = 10) => ({
    at: seconds,
    workload,
    pods: olds,
    revisions: [replicaSet('old'), replicaSet('new', refused(message))],
  });

  test.each([
    [
      'pods "shop-1" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
      /pod security standard/,
    ],
    [
      'pods "shop-1" is forbidden: exceeded quota: small, requested: pods=1, used: pods=3, limited: pods=3',
      /quota of the namespace is used up/,
    ],
    [
      'pods "shop-1" is forbidden: failed quota: small: must specify limits.cpu for: web',
      /quota or a limit range/,
    ],
    [
      'admission webhook "policy.example.com" denied the request: no',
      /policy of the cluster forbids it/,
    ],
    ['pods "shop-1" is forbidden: no PriorityClass with name high was found', /priority class/],
  ])('fail at once: %s', (message, cause) => {
    const failure = failureOf([look(message)]);
    expect(failure.code).toBe('k8s/pods-refused');
    expect(failure.message).toMatch(cause);
    expect(failure.message).toContain(message.slice(0, 60));
  });

  test('are no verdict where an older ReplicaSet has them', () => {
    const message = 'pods "shop-0" is forbidden: exceeded quota: small';
    const seen = {
      pods: [...three, oldPod('x')],
      revisions: [replicaSet('old', refused(message)), replicaSet()],
    };
    expect(verdicts([seen])).toEqual(['progress']);
  });

  test('get time where old pods go that free the quota', () => {
    const message = 'pods "shop-1" is forbidden: exceeded quota: small';
    const going = { ...look(message), pods: [oldPod('x', { going: 30 }), oldPod('y')] };
    expect(verdicts([going, { ...going, at: 40 }, { ...going, at: 71 }])).toEqual([
      'progress',
      'progress',
      'k8s/pods-refused',
    ]);
  });

  test.each([
    [
      'Internal error occurred: failed calling webhook "x.example.com": context deadline exceeded',
      30,
    ],
    [
      'pods "shop-1" is forbidden: error looking up service account test/shop: serviceaccount "shop" not found',
      5,
    ],
    ['something new', 30],
  ])('get time for what may pass: %s', (message, seconds) => {
    expect(
      verdicts([look(message, 0), look(message, seconds - 1), look(message, seconds)]),
    ).toEqual(['progress', 'progress', 'k8s/pods-refused']);
  });
});

describe('somebody else', () => {
  test('who deletes the Deployment is named as the reason', () => {
    expect(verdicts([{ workload: undefined }])).toEqual(['k8s/deleted-meanwhile']);
    const going = deployment({}, { metadata: { deletionTimestamp: at(3) } });
    expect(verdicts([{ workload: going, pods: three }])).toEqual(['k8s/deleted-meanwhile']);
  });

  test('who deletes it and makes it anew is, too', () => {
    const other = deployment({}, { metadata: { uid: 'other' } });
    expect(verdicts([{ workload: other, pods: three }])).toEqual(['k8s/deleted-meanwhile']);
  });

  test('who changes the pod template is named', () => {
    const managedFields = [
      { manager: 'kubectl-edit', time: at(7), fieldsV1: { 'f:spec': { 'f:template': {} } } },
      { manager: 'kube-controller-manager', time: at(8), subresource: 'status', fieldsV1: {} },
    ];
    const workload = deployment({}, { generation: 3, image: 'other', metadata: { managedFields } });
    const failure = failureOf([{ workload, pods: three }]);
    expect(failure.code).toBe('k8s/changed-meanwhile');
    expect(failure.message).toContain('changed by kubectl-edit while');
  });

  test('who pauses it is found out', () => {
    const workload = deployment({}, { generation: 3, spec: { paused: true } });
    expect(verdicts([{ workload, pods: three }])).toEqual(['k8s/paused-meanwhile']);
  });

  test('who only annotates it changes nothing', () => {
    const workload = deployment({}, { generation: 3, metadata: { annotations: { a: 'b' } } });
    expect(verdicts([{ workload, pods: three }])).toEqual(['settled']);
  });
});

describe('only pods of the new ReplicaSet count', () => {
  test('an old pod in a crash loop fails nothing', () => {
    const pods = [pod('a'), oldPod('x', { statuses: [crashed(7)] })];
    expect(verdicts([{ pods, revisions: both }])).toEqual(['progress']);
  });

  test('a pod of somebody else with the same labels fails nothing', () => {
    const pods = [...three, pod('d', { owner: 'other', statuses: [crashed(7)] })];
    // The follower leaves it out by its owner; it is none of the new ReplicaSet either.
    const { judge, look } = judging();
    look({ pods });
    expect(judge.pods.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });
});

test('a template with numbers as the server wrote them is the same template', () => {
  const workload = deployment({}, { spec: { template: template('new', { priority: 0 }) } });
  const set = replicaSet();
  const own = {
    ...set,
    spec: {
      template: {
        ...template('new', { priority: 0 }),
        metadata: { labels: { app: 'shop', 'pod-template-hash': 'x' } },
      },
    },
  };
  expect(verdicts([{ revisions: [own], pods: three }], { written: workload })).toEqual(['settled']);
});
