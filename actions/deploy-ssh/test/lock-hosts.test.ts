import { describe, expect, it } from '@jest/globals';
import { virtualClock } from '../../../packages/shared/test/deploy/virtual-clock.ts';
import { type Lockable, lockHosts } from '../src/lock-hosts.ts';

/** Hosts whose locks several runs take; who waits is woken when a lock gets free. */
function world(names: string[]) {
  const clock = virtualClock();
  const owners = new Map<string, string>();
  const log: string[] = [];
  const hostsOf = (run: string, some: readonly string[]): Lockable[] =>
    some.map((name) => {
      const held = () => ({
        async [Symbol.asyncDispose]() {
          await clock.sleep(100);
          if (owners.get(name) !== run) throw new Error(`${run} frees ${name}, which it has not`);
          owners.delete(name);
          log.push(`${run} frees ${name}`);
        },
      });
      const take = () => {
        if (owners.has(name)) return false;
        owners.set(name, run);
        log.push(`${run} has ${name}`);
        return true;
      };
      return {
        name,
        async tryLock(signal) {
          await clock.sleep(100, signal);
          return take() ? held() : undefined;
        },
        async lock(signal) {
          while (!take()) await clock.sleep(1_000, signal);
          return held();
        },
      };
    });
  const lock = (run: string, some = names, signal = new AbortController().signal) =>
    lockHosts(hostsOf(run, some), 10, (_, error) => error, signal);
  return { clock, owners, log, lock, hostsOf };
}

const five = ['h1', 'h2', 'h3', 'h4', 'h5'];

describe('the locks of several hosts', () => {
  it('are taken and freed side by side where they are free', async () => {
    const { clock, owners, lock } = world(five);
    const held = await lock('a');
    expect([...owners.keys()].sort()).toEqual(five);
    expect(clock.now()).toBe(100);
    await held[Symbol.asyncDispose]();
    expect(owners.size).toBe(0);
    expect(clock.now()).toBe(200);
  });

  it.each<[what: string, sets: string[][]]>([
    ['the same hosts', [five, five, five]],
    [
      'the same hosts in another order',
      [five, [...five].reverse(), ['h3', 'h1', 'h5', 'h2', 'h4']],
    ],
    [
      'hosts that overlap',
      [
        ['h1', 'h2', 'h3'],
        ['h2', 'h3', 'h4'],
        ['h4', 'h1', 'h5'],
      ],
    ],
  ])('never lock out two runs over %s', async (_, sets) => {
    const { clock, owners, lock } = world(five);
    let working = 0;
    const runs = sets.map(async (some, index) => {
      const run = `run ${index}`;
      const held = await lock(run, some);
      working += 1;
      expect(some.every((name) => owners.get(name) === run)).toBe(true);
      await clock.sleep(30_000);
      await held[Symbol.asyncDispose]();
    });
    await Promise.all(runs);
    expect(working).toBe(sets.length);
    expect(owners.size).toBe(0);
    expect(clock.now()).toBeLessThan(sets.length * 40_000);
  });

  it('are given back when the wait is over, or one cannot be taken', async () => {
    const { clock, owners, lock, hostsOf } = world(five);
    const other = await lock('other', ['h3']);
    const end = new AbortController();
    clock.sleep(5_000).then(() => end.abort(new Error('the time is up')));
    await expect(lock('late', five, end.signal)).rejects.toThrow('the time is up');
    expect([...owners]).toEqual([['h3', 'other']]);
    await other[Symbol.asyncDispose]();
    const hosts = hostsOf('broken', five).map((host) =>
      host.name === 'h4' ? { ...host, tryLock: () => Promise.reject(new Error('lost')) } : host,
    );
    const signal = new AbortController().signal;
    const named = ({ name }: Lockable, error: unknown) => new Error(name, { cause: error });
    await expect(lockHosts(hosts, 10, named, signal)).rejects.toThrow('h4');
    expect(owners.size).toBe(0);
  });
});
