import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { failureOf, judging, verdicts, wordOf } from './judging.ts';
import { crashed, deployment, ended, pod, waiting } from './objects.ts';

const kind = 'Job';
const job = (
  ...conditions: readonly (readonly [type: string, reason?: string, message?: string])[]
) => {
  const all = conditions.map(([type, reason = '', message = '']) => ({
    type,
    status: 'True',
    reason,
    message,
  }));
  return deployment({}, { conditions: all });
};
const given = { kind, written: job() } as const;
const over = (code: number, more: JsonObject = {}) =>
  pod('shop-x', {
    owner: 'shop',
    ready: false,
    statuses: [{ name: 'web', restartCount: 0, state: ended(code) }],
    status: { phase: code === 0 ? 'Succeeded' : 'Failed', ...more },
  });

describe('a Job', () => {
  test.each(['Complete', 'SuccessCriteriaMet'])('has settled with %s', (type) => {
    expect(verdicts([{ pods: [] }, { workload: job([type]), pods: [over(0)] }], given)).toEqual([
      'progress',
      'settled',
    ]);
  });

  test.each([
    ['FailureTarget', 'BackoffLimitExceeded', /more often than `backoffLimit`/],
    ['Failed', 'DeadlineExceeded', /longer than its `activeDeadlineSeconds`/],
    ['Failed', 'PodFailurePolicy', /podFailurePolicy/],
    ['Failed', 'SomethingNew', /does not know/],
  ])('has failed with %s, %s', (type, reason, why) => {
    const workload = job([type, reason, 'Kubernetes says so']);
    const failure = failureOf([{ workload, pods: [over(3)] }], given);
    expect(failure.code).toBe('k8s/job-failed');
    expect(failure.message).toMatch(why);
    expect(failure.message).toContain('web of pod shop-x ended with code 3');
  });

  test('says at once that a pod failed, and lets Kubernetes count how often it may', () => {
    const { look } = judging(given);
    expect(look({ pods: [over(3)] })).toMatchObject({
      state: 'progress',
      text: expect.stringContaining('web of pod shop-x ended with code 3'),
    });
    const looping = pod('shop-y', { owner: 'shop', statuses: [crashed(5)] });
    expect(look({ pods: [looping] })).toMatchObject({ state: 'progress' });
  });

  test('that may not fail has failed with its first pod, before Kubernetes says so', () => {
    const spec = { backoffLimit: 0 };
    const failure = failureOf([{ workload: deployment({}, { spec }), pods: [over(3)] }], given);
    expect(failure.message).toContain('web of pod shop-x ended with code 3');
    expect(failure.message).toMatch(/more often than `backoffLimit`/);
    const perIndex = deployment({}, { spec: { ...spec, backoffLimitPerIndex: 1 } });
    const byPolicy = deployment({}, { spec: { ...spec, podFailurePolicy: { rules: [] } } });
    for (const workload of [perIndex, byPolicy]) {
      expect(judging(given).look({ workload, pods: [over(3)] })).toMatchObject({
        state: 'progress',
      });
    }
  });

  test('says nothing against a pod that is done', () => {
    const done = pod('shop-z', {
      owner: 'shop',
      ready: false,
      statuses: [{ name: 'web', state: ended(0) }],
    });
    const { look } = judging(given);
    expect(look({ pods: [done] })).toEqual({ state: 'progress', text: '0 of 1 done, 0 running' });
  });

  test('fails for an image that cannot be pulled, which never fails it for Kubernetes', () => {
    const pods = [
      pod('shop-x', { owner: 'shop', statuses: [waiting('ErrImagePull', 'manifest unknown')] }),
    ];
    expect(verdicts([{ pods }], given)).toEqual(['k8s/image-pull']);
  });

  test('that was cleaned away after it was done has settled', () => {
    const { look } = judging(given);
    look({ workload: job(['Complete']), pods: [over(0)] });
    expect(wordOf(look({ workload: undefined }))).toBe('settled');
  });

  test('that was cleaned away between two looks is judged by what it was last', () => {
    expect(verdicts([{ workload: undefined, gone: job(['Complete']) }], given)).toEqual([
      'settled',
    ]);
    expect(verdicts([{ workload: undefined, gone: job(['Failed']) }], given)).toEqual([
      'k8s/job-failed',
    ]);
  });

  test('that is gone before anybody knows how it ended fails', () => {
    expect(verdicts([{ workload: undefined }], given)).toEqual(['k8s/job-gone']);
  });
});

describe('a CronJob', () => {
  test('has no rollout', () => {
    expect(verdicts([{ pods: [] }], { kind: 'CronJob' })).toEqual(['settled']);
  });

  test('that somebody deletes is missed all the same', () => {
    const { look } = judging({ kind: 'CronJob' });
    look({});
    expect(wordOf(look({ workload: undefined }))).toBe('k8s/deleted-meanwhile');
  });
});
