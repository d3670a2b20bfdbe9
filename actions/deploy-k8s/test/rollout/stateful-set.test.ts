import { describe, expect, test } from '@jest/globals';
import { type JsonObject, objectIn } from '@slipway/shared/document/json-object';
import { failureOf, judging, verdicts } from './judging.ts';
import { at, crashed, deployment, pod, template, waiting } from './objects.ts';

const kind = 'StatefulSet';
const set = (spec: JsonObject = {}, status: JsonObject = {}) =>
  deployment(
    { updateRevision: 'new', currentRevision: 'old', updatedReplicas: 1, ...status },
    { spec },
  );
const ordinal = (number: number, hash = 'new', more: Parameters<typeof pod>[1] = {}) =>
  pod(`shop-${number}`, { owner: 'shop', labels: { 'controller-revision-hash': hash }, ...more });
const rolled = [ordinal(0), ordinal(1), ordinal(2)];
const unready = { statuses: [waiting('ContainerCreating')] };

describe('a StatefulSet', () => {
  test('settles when each pod is of the new revision and ready', () => {
    const written = set();
    const half = [ordinal(0, 'old'), ordinal(1), ordinal(2)];
    expect(verdicts([{ pods: half }, { pods: rolled }], { kind, written })).toEqual([
      'progress',
      'settled',
    ]);
  });

  test('is not judged by the revision of the version before', () => {
    const written = set();
    const workload = {
      ...written,
      status: { ...objectIn(written, 'status'), observedGeneration: 1 },
    };
    expect(verdicts([{ workload, pods: rolled }], { kind, written })).toEqual(['progress']);
  });

  test('with a partition needs only the pods whose number is not below it', () => {
    const written = set({ updateStrategy: { rollingUpdate: { partition: 2 } } });
    const pods = [ordinal(0, 'old'), ordinal(1, 'old'), ordinal(2)];
    expect(verdicts([{ pods }], { kind, written })).toEqual(['settled']);
    const waits = [ordinal(0, 'old'), ordinal(1, 'old'), ordinal(2, 'new', unready)];
    expect(verdicts([{ pods: waits }], { kind, written })).toEqual(['progress']);
  });

  test('with a partition counts from the number that the pods start at', () => {
    const written = set({
      ordinals: { start: 5 },
      updateStrategy: { rollingUpdate: { partition: 2 } },
    });
    const pods = [ordinal(5, 'old'), ordinal(6, 'old'), ordinal(7)];
    expect(verdicts([{ pods }], { kind, written })).toEqual(['settled']);
  });

  test('with a partition that leaves all pods as they are fails', () => {
    const written = set({ updateStrategy: { rollingUpdate: { partition: 3 } } });
    const pods = [0, 1, 2].map((number) => ordinal(number, 'old'));
    expect(verdicts([{ pods }], { kind, written })).toEqual(['k8s/nothing-rolls']);
  });

  test('with OnDelete fails, and names the pods to delete', () => {
    const written = set({ updateStrategy: { type: 'OnDelete' } });
    const failure = failureOf([{ pods: [0, 1, 2].map((one) => ordinal(one, 'old')) }], {
      kind,
      written,
    });
    expect(failure.code).toBe('k8s/on-delete');
    expect(failure.message).toContain('shop-0, shop-1, shop-2');
    expect(verdicts([{ pods: rolled }], { kind, written })).toEqual(['settled']);
  });

  test('fails for one broken pod, though the others are ready: it stops them', () => {
    const pods = [ordinal(0, 'old'), ordinal(1), ordinal(2, 'new', { statuses: [crashed(2)] })];
    expect(verdicts([{ pods }], { kind, written: set() })).toEqual(['k8s/crash-loop']);
  });

  test('fails for a broken pod of the version before, which it waits for for ever', () => {
    const pods = [
      ordinal(0, 'old'),
      ordinal(1, 'old'),
      ordinal(2, 'old', { statuses: [crashed(9)] }),
    ];
    const seen = [10, 69, 70].map((seconds) => ({ at: seconds, pods }));
    expect(verdicts(seen, { kind, written: set() })).toEqual([
      'progress',
      'progress',
      'k8s/stuck-pod',
    ]);
    expect(failureOf(seen, { kind, written: set() }).remedy).toContain('kubectl delete pod shop-2');
    const parallel = set({ podManagementPolicy: 'Parallel' });
    expect(verdicts(seen, { kind, written: parallel })).toEqual([
      'progress',
      'progress',
      'progress',
    ]);
  });

  test('fails when its pods are not let in, which only an event tells', () => {
    const refused = (seconds: number) => ({
      involvedObject: { uid: 'shop', name: 'shop' },
      reason: 'FailedCreate',
      message: 'create Pod shop-2 failed error: pods "shop-2" is forbidden: exceeded quota: small',
      lastTimestamp: at(seconds),
    });
    const pods = [ordinal(0, 'old'), ordinal(1, 'old')];
    const given = { kind, written: set() } as const;
    expect(verdicts([{ pods, events: [refused(3)] }], given)).toEqual(['k8s/pods-refused']);
    expect(verdicts([{ pods, events: [refused(-3)] }], given)).toEqual(['progress']);
    expect(verdicts([{ pods: rolled, events: [refused(3)] }], given)).toEqual(['settled']);
  });
});

describe('a DaemonSet', () => {
  const revision = (number: number, hash: string, image = hash): JsonObject => ({
    metadata: { uid: hash, labels: { 'controller-revision-hash': hash } },
    revision: number,
    data: { spec: { template: { $patch: 'replace', ...template(image) } } },
  });
  const revisions = [revision(2, 'new'), revision(1, 'old')];
  const daemons = (status: JsonObject = {}, spec: JsonObject = {}) =>
    deployment(
      { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3, ...status },
      { spec },
    );
  const on = (node: string, hash = 'new', more: Parameters<typeof pod>[1] = {}) =>
    pod(`shop-${node}`, {
      owner: 'shop',
      node,
      labels: { 'controller-revision-hash': hash },
      ...more,
    });
  const given = { kind: 'DaemonSet', written: daemons() } as const;
  const all = [on('n1'), on('n2'), on('n3')];

  test('settles when each node has a new pod that is ready', () => {
    const half = {
      workload: daemons({ updatedNumberScheduled: 1 }),
      pods: [on('n1'), on('n2', 'old'), on('n3', 'old')],
    };
    const seen = [half, { pods: all }].map((look) => ({ ...look, revisions }));
    expect(verdicts(seen, given)).toEqual(['progress', 'settled']);
  });

  test('does not take the pods of the version before for its own while its revision is not there yet', () => {
    const pods = ['n1', 'n2', 'n3'].map((node) => on(node, 'old'));
    expect(verdicts([{ at: 2, revisions: [revision(1, 'old')], pods }], given)).toEqual([
      'progress',
    ]);
  });

  test('goes by the newest revision where its template is written in another way', () => {
    const other = [revision(2, 'new', 'spelled otherwise'), revision(1, 'old')];
    expect(verdicts([{ at: 20, revisions: other, pods: all }], given)).toEqual(['settled']);
  });

  test('does not wait for nodes that do not answer, and says so', () => {
    const workload = daemons({ updatedNumberScheduled: 2, numberAvailable: 2 });
    const going = on('n3', 'old', { going: -60 });
    const { look } = judging(given);
    const waiting = look({
      workload,
      revisions,
      pods: [on('n1'), on('n2', 'new', unready), going],
    });
    expect(waiting).toMatchObject({
      text: expect.stringContaining('without n3, which does not answer'),
    });
    expect(look({ workload, revisions, pods: [on('n1'), on('n2'), going] })).toEqual({
      state: 'settled',
    });
    const events = [
      {
        involvedObject: { uid: 'uid-shop-n3', name: 'shop-n3' },
        reason: 'NodeNotReady',
        message: 'Node is not ready',
      },
    ];
    const still = on('n3', 'old', { ready: false });
    expect(look({ workload, revisions, events, pods: [on('n1'), on('n2'), still] })).toEqual({
      state: 'settled',
    });
  });

  test('that no node answers for does not settle', () => {
    const workload = daemons({
      updatedNumberScheduled: 0,
      numberAvailable: 0,
      desiredNumberScheduled: 1,
    });
    const pods = [on('n1', 'old', { going: -60 })];
    expect(verdicts([{ workload, revisions, pods }], given)).toEqual(['progress']);
  });

  test('with OnDelete fails, and names the pods to delete', () => {
    const written = daemons({}, { updateStrategy: { type: 'OnDelete' } });
    const pods = [on('n1', 'old')];
    expect(verdicts([{ revisions, pods }], { ...given, written })).toEqual(['k8s/on-delete']);
  });

  test('with one bad node among good ones gets a minute', () => {
    const pods = [on('n1'), on('n2'), on('n3', 'new', { statuses: [crashed(3)] })];
    const seen = [10, 70].map((seconds) => ({ at: seconds, revisions, pods }));
    expect(verdicts(seen, given)).toEqual(['progress', 'k8s/crash-loop']);
  });
});
