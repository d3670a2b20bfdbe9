import { describe, expect, test } from '@jest/globals';
import { renewedIdentity } from '../../src/identity/aws-identity.ts';

const minute = 60_000;

/** An identity whose sessions last an hour; each has a number. */
function hourly(change: { fails?: (request: number) => boolean; endless?: boolean } = {}) {
  let now = 0;
  let requests = 0;
  const clock = { now: () => now, sleep: async () => undefined };
  const identity = renewedIdentity('deploy', clock, async () => {
    requests += 1;
    if (change.fails?.(requests)) throw new Error(`no answer to request ${requests}`);
    return {
      accessKeyId: String(requests),
      secretAccessKey: '',
      ...(!change.endless && { expiration: new Date(now + 60 * minute) }),
    };
  });
  return {
    requests: () => requests,
    async at(minutes: number) {
      now = minutes * minute;
      return (await identity.credentials()).accessKeyId;
    },
    identity,
  };
}

describe('the session of a role', () => {
  test('is asked for with the first call only', async () => {
    const { at, requests } = hourly();
    expect(requests()).toBe(0);
    for (const minutes of [0, 1, 30, 54]) expect(await at(minutes)).toBe('1');
  });

  test('is asked for once by calls at the same time', async () => {
    const { identity, requests } = hourly();
    await Promise.all([identity.credentials(), identity.credentials(), identity.credentials()]);
    expect(requests()).toBe(1);
  });

  test('is renewed five minutes before it ends, again and again', async () => {
    const { at } = hourly();
    expect(await at(0)).toBe('1');
    expect(await at(55)).toBe('2');
    expect(await at(109)).toBe('2');
    expect(await at(110)).toBe('3');
    expect(await at(600)).toBe('4');
  });

  test('outlives a renewal that fails, which is tried again half a minute later', async () => {
    const { at, requests } = hourly({ fails: (request) => request === 2 || request === 3 });
    await at(0);
    expect(await at(55)).toBe('1');
    expect(await at(55.4)).toBe('1');
    expect(requests()).toBe(2);
    expect(await at(55.5)).toBe('1');
    expect(requests()).toBe(3);
    expect(await at(56)).toBe('4');
  });

  test('ends where no renewal works', async () => {
    const { at } = hourly({ fails: (request) => request > 1 });
    await at(0);
    expect(await at(59)).toBe('1');
    await expect(at(60)).rejects.toThrow('no answer to request 3');
  });

  test('that cannot be had is an error, and asked for again', async () => {
    const { at } = hourly({ fails: (request) => request === 1 });
    await expect(at(0)).rejects.toThrow('no answer to request 1');
    expect(await at(0)).toBe('2');
  });

  test('without an end is kept', async () => {
    const { at } = hourly({ endless: true });
    expect(await at(0)).toBe('1');
    expect(await at(100_000)).toBe('1');
  });
});
