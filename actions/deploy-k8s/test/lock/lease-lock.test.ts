import { describe, expect, it } from '@jest/globals';
import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { virtualClock } from '../../../../packages/shared/test/deploy/virtual-clock.ts';
import { AlreadyThere, type ObjectName, Outdated } from '../../src/api/kubernetes-api.ts';
import { LeaseLock } from '../../src/lock/lease-lock.ts';

const resource = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  plural: 'leases',
  isNamespaced: true,
};
const name: ObjectName = { resource, namespace: 'shop', name: 'slipway-deployment-shop' };

/** The Leases of an API server, which compares versions as it does. */
function world() {
  const clock = virtualClock();
  const said: string[] = [];
  let stored: JsonObject | undefined;
  let version = 0;
  let denies = false;
  const store = (object: JsonObject) => {
    version += 1;
    const metadata = {
      ...objectIn(object, 'metadata'),
      uid: 'u1',
      resourceVersion: String(version),
    };
    stored = { ...object, metadata };
    return { object: stored, warnings: [] };
  };
  const versionOf = (object: JsonObject) => textIn(objectIn(object, 'metadata'), 'resourceVersion');
  const api = {
    serverNow: () => clock.now(),
    get: async () => stored,
    create: async ({ object }: { object: JsonObject }) => {
      if (stored) throw new AlreadyThere('it is there');
      return store(object);
    },
    replace: async ({ object }: { object: JsonObject }) => {
      if (denies) throw new Error('connection refused');
      if (!stored || versionOf(object) !== versionOf(stored)) throw new Outdated('it was changed');
      return store(object);
    },
    delete: async ({ only }: { only?: { resourceVersion?: string } }) => {
      if (stored && only?.resourceVersion !== versionOf(stored))
        throw new Outdated('it was changed');
      stored = undefined;
    },
  };
  const options = (holder: string, limit = 0) => ({
    api,
    clock,
    name,
    workload: 'deployment/shop',
    holder,
    limit,
    say: (line: string) => said.push(line),
  });
  const { signal } = new AbortController();
  return {
    clock,
    said,
    take: (holder: string, limit?: number) => LeaseLock.take(options(holder, limit), signal),
    holder: () => stored && textIn(objectIn(stored, 'spec'), 'holderIdentity'),
    lease: () => stored,
    steal: (holder: string) =>
      store({ ...stored, spec: { ...objectIn(stored ?? {}, 'spec'), holderIdentity: holder } }),
    deny: (now: boolean) => {
      denies = now;
    },
  };
}

describe('the lock of a workload', () => {
  it('is a Lease that names its holder, and is gone when it was given back', async () => {
    const { holder, lease, take } = world();
    const lock = await take('https://run/1');
    expect(lease()).toMatchObject({
      kind: 'Lease',
      metadata: { name: 'slipway-deployment-shop', namespace: 'shop' },
      spec: {
        holderIdentity: 'https://run/1',
        leaseDurationSeconds: 30,
        renewTime: expect.stringMatching(/\.\d{6}Z$/),
      },
    });
    await lock[Symbol.asyncDispose]();
    expect(holder()).toBe(undefined);
  });

  it('is refused to a second one, who is told who has it', async () => {
    const { take } = world();
    await using _ = await take('https://run/1');
    await expect(take('https://run/2')).rejects.toMatchObject({
      code: 'k8s/locked',
      message: 'deployment/shop is being deployed by https://run/1; waited 0.0 s.',
    });
  });

  it('goes to exactly one of two who try at once', async () => {
    const { take } = world();
    const both = await Promise.allSettled([take('https://run/1'), take('https://run/2')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const one of both) if (one.status === 'fulfilled') await one.value[Symbol.asyncDispose]();
  });

  it('is renewed while it is held, however long that is', async () => {
    const { clock, holder, take } = world();
    await using _ = await take('https://run/1');
    const { signal } = new AbortController();
    await clock.sleep(300_000, signal);
    await expect(take('https://run/2')).rejects.toMatchObject({ code: 'k8s/locked' });
    expect(holder()).toBe('https://run/1');
  });

  it('is waited for, and said once', async () => {
    const { clock, holder, said, take } = world();
    const first = await take('https://run/1');
    const second = take('https://run/2', 60_000);
    const { signal } = new AbortController();
    await clock.sleep(10_000, signal);
    await first[Symbol.asyncDispose]();
    await using _ = await second;
    expect(holder()).toBe('https://run/2');
    expect(said).toEqual(['deployment/shop is locked by https://run/1; waiting for it']);
  });

  it('of a runner that died is free after half a minute', async () => {
    const { clock, deny, holder, lease, take } = world();
    await take('https://run/1');
    deny(true);
    const { signal } = new AbortController();
    await clock.sleep(31_000, signal);
    deny(false);
    await using _ = await take('https://run/2');
    expect(holder()).toBe('https://run/2');
    expect(lease()).toMatchObject({ spec: { leaseTransitions: 1 } });
  });

  it('that somebody else has taken is lost, and not given back for him', async () => {
    const { clock, holder, steal, take } = world();
    const lock = await take('https://run/1');
    steal('https://run/2');
    const { signal } = new AbortController();
    await clock.sleep(15_000, signal);
    expect(() => lock.check()).toThrow('was lost to https://run/2');
    await lock[Symbol.asyncDispose]();
    expect(holder()).toBe('https://run/2');
  });
});
