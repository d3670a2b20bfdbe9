import { describe, expect, test } from '@jest/globals';
import { Throttled } from '@slipway/shared/deploy/target';
import { Failure } from '@slipway/shared/failure/failure';
import { virtualClock } from '../../../../packages/shared/test/deploy/virtual-clock.ts';
import { removeGroup, writeGroup } from '../../src/rollout/write-group.ts';
import { fakeAci, refusing, transitioning } from '../fake-aci.ts';

const { signal } = new AbortController();
const name = { resourceGroup: 'rg', name: 'shop' };
const written = {
  group: {},
  operation: { url: 'https://management.azure.com/operations/1', retryAfter: undefined },
};
const run = 'https://github.com/octo/shop/actions/runs/2';
const document = { tags: { 'slipway-run': run, 'slipway-image': 'shop@sha256:two' } };
const capacity = () =>
  Failure.of('aci/capacity', { call: 'writing', said: 'not available in the location' });
const quota = () => Failure.of('aci/quota', { call: 'writing', said: 'StandardCores' });
const unavailable = () => Failure.of('aci/unavailable', { call: 'PUT', said: 'socket hang up' });

function writer(answers: Parameters<typeof fakeAci>[0]) {
  const said: string[] = [];
  const clock = virtualClock();
  return { said, clock, api: fakeAci(answers), say: (line: string) => said.push(line) };
}

describe('a write', () => {
  test('waits while another change is under way, and says so once', async () => {
    const o = writer({
      putGroup: refusing(transitioning(), transitioning()).andThen(written),
      getGroup: async () => ({}),
    });
    expect(await writeGroup(o, { name, document }, signal)).toEqual(written.operation);
    expect(o.said).toEqual(['shop is being changed: waiting until that is over']);
    expect(o.clock.now()).toBeGreaterThanOrEqual(6_000);
  });

  test('is repeated as slowly as Azure asks', async () => {
    const throttled = new Throttled('slower', { retryAfter: 20_000 });
    const o = writer({ putGroup: refusing(throttled).andThen(written) });
    await writeGroup(o, { name, document }, signal);
    expect(o.clock.now()).toBeGreaterThanOrEqual(16_000);
  });

  test.each([
    ['a lost answer', unavailable()],
    ['a change that is its own', transitioning()],
  ])('%s: the tags of the group show that it was done', async (_, error) => {
    const o = writer({ putGroup: refusing(error).always, getGroup: async () => document });
    expect(await writeGroup(o, { name, document }, signal)).toBeUndefined();
  });

  test('a lost answer of a write that was not done: it is written again', async () => {
    const o = writer({
      putGroup: refusing(unavailable()).andThen(written),
      getGroup: async () => ({ tags: { 'slipway-run': run, 'slipway-image': 'shop@sha256:one' } }),
    });
    expect(await writeGroup(o, { name, document }, signal)).toEqual(written.operation);
  });

  test('a region without room is asked three times', async () => {
    const passing = writer({ putGroup: refusing(capacity(), capacity()).andThen(written) });
    expect(await writeGroup(passing, { name, document }, signal)).toEqual(written.operation);
    const full = writer({ putGroup: refusing(capacity()).always });
    await expect(writeGroup(full, { name, document }, signal)).rejects.toMatchObject({
      code: 'aci/capacity',
    });
    expect(full.clock.now()).toBe(6_000);
  });

  test('a quota is not asked again', async () => {
    const o = writer({ putGroup: refusing(quota()).always });
    await expect(writeGroup(o, { name, document }, signal)).rejects.toMatchObject({
      code: 'aci/quota',
    });
    expect(o.clock.now()).toBe(0);
  });
});

test('a group that is deleted is waited for until it is gone', async () => {
  const gone = { url: undefined, retryAfter: undefined };
  let looks = 0;
  const o = writer({
    deleteGroup: refusing(transitioning()).andThen(gone),
    getGroup: async () => (++looks < 4 ? {} : undefined),
  });
  await removeGroup(o, name, signal);
  expect(looks).toBe(4);
});
