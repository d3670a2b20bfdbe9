import { describe, expect, it } from '@jest/globals';
import { deploy } from '@slipway/shared/deploy/engine';
import { Failure } from '@slipway/shared/failure/failure';
import { virtualClock } from '../../../packages/shared/test/deploy/virtual-clock.ts';
import { type ReleaseId, releaseId } from '../src/host/release-id.ts';
import { type HostsSettings, type HostTarget, hostsTarget } from '../src/hosts-target.ts';

const [r0, r1, r2] = [releaseId(0, ''), releaseId(1, ''), releaseId(2, '')];

type Phase =
  | 'check'
  | 'lock'
  | 'plan'
  | 'prepare'
  | 'migrate'
  | 'switch'
  | 'settle'
  | 'prove'
  | 'rollback';

/** A host that remembers what serves on it, and fails where the script says. */
interface FakeHost extends HostTarget<'new' | 'old'> {
  serves: 'new' | 'old' | 'broken';
  locked: boolean;
  finished: boolean | undefined;
}

interface World {
  /** Host (from 1) -> phases that fail on it. */
  failing?: Readonly<Record<number, readonly Phase[]>>;
  hosts?: number;
  settings?: Partial<HostsSettings>;
  cancelAt?: { host: number; phase: Phase };
  /** Host (from 1) -> the release that it would go to; `r2` on the others. */
  releases?: Readonly<Record<number, ReleaseId>>;
  /** Host (from 1) that crashes a second after the proof of `proveHangs` began to hang. */
  crashing?: number;
  proveHangs?: number;
}

const crash = Failure.of('deploy/exited', { what: 'web', why: 'exit code 3' });

async function run({ failing = {}, hosts = 5, settings = {}, ...world }: World) {
  const { cancelAt, releases = {}, crashing, proveHangs } = world;
  const clock = virtualClock();
  const log: string[] = [];
  const cancel = new AbortController();
  const looked = new Set<number>();
  let crashesAt: number | undefined;
  let atOnce = 0;
  let mostAtOnce = 0;

  const fakeHost = (number: number): FakeHost => {
    const name = `h${number}`;
    const step = async (phase: Phase, signal: AbortSignal) => {
      log.push(`${name} ${phase}`);
      if (cancelAt?.host === number && cancelAt.phase === phase) {
        cancel.abort(Failure.of('action/cancelled', { signal: 'SIGINT' }));
      }
      if (phase === 'prepare' || phase === 'switch') atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      try {
        await clock.sleep(1_000, signal);
      } finally {
        if (phase === 'prepare' || phase === 'switch') atOnce -= 1;
      }
      if (failing[number]?.includes(phase)) {
        throw Failure.of('ssh/lost', { host: name, said: `in ${phase}` });
      }
    };
    const self: FakeHost = {
      name,
      serves: 'old',
      locked: false,
      finished: undefined,
      check: (signal) => step('check', signal),
      async lock(signal) {
        await step('lock', signal);
        self.locked = true;
        return {
          [Symbol.asyncDispose]: async () => {
            self.locked = false;
          },
        };
      },
      async plan(signal) {
        await step('plan', signal);
        return {
          image: 'app@new',
          previousImage: 'app@old',
          diff: [{ what: 'image', before: 'app@old', after: 'app@new' }],
          serves: 'previous',
          rollback: { to: 'previous' },
          steps: [{ name: 'switch' }],
          release: releases[number] ?? r2,
          previousRelease: r1,
        };
      },
      prepare: (_, signal) => step('prepare', signal),
      migrate: (_, signal) => step('migrate', signal),
      async apply(_, _step, signal) {
        self.serves = 'broken';
        await step('switch', signal);
        self.serves = 'new';
        return 'new';
      },
      async look(change, signal) {
        if (change === 'old') return { state: 'settled' };
        if (crashesAt !== undefined && number === crashing && clock.now() >= crashesAt) {
          return { state: 'failed', failure: crash };
        }
        if (looked.has(number)) return { state: 'settled' };
        looked.add(number);
        try {
          await step('settle', signal);
        } catch (error) {
          if (!(error instanceof Failure) || signal.aborted) throw error;
          return { state: 'failed', failure: error };
        }
        return { state: 'settled' };
      },
      async prove(change, _direction, signal) {
        if (change === 'new') await step('prove', signal);
        if (change === 'new' && proveHangs === number) {
          crashesAt = clock.now() + 1_000;
          await clock.sleep(3_600_000, signal);
        }
        return { url: `http://${name}`, how: `by http://${name} answering 200` };
      },
      diagnose: async () => ({ facts: [`${name} is ill`], logs: [] }),
      async rollback(_, _how, signal) {
        await step('rollback', signal);
        self.serves = 'old';
        return 'old';
      },
      async cleanUp(_plan, ending) {
        self.finished = ending === 'proven';
      },
      close: async () => void log.push(`${name} close`),
    };
    return self;
  };

  const all = Array.from({ length: hosts }, (_, index) => fakeHost(index + 1));
  const target = hostsTarget(all, {
    maxParallel: 2,
    proveTogether: undefined,
    say: () => undefined,
    ...settings,
  });
  const result = await deploy(target, {
    timeout: 600_000,
    rollback: true,
    dryRun: false,
    clock,
    signal: cancel.signal,
    say: () => undefined,
    quote: () => undefined,
  });
  return { result, hosts: all, log, verdicts: target.verdicts(), mostAtOnce };
}

const statuses = (verdicts: ReadonlyArray<{ status: string }>) =>
  verdicts.map(({ status }) => status).join(' ');

describe('five hosts', () => {
  it('prepares all, switches the first one alone, proves it, then the others in groups', async () => {
    const { result, hosts, log, verdicts, mostAtOnce } = await run({});
    expect(result.status).toBe('deployed');
    expect(hosts.every(({ serves, locked }) => serves === 'new' && !locked)).toBe(true);
    expect(statuses(verdicts)).toBe('deployed deployed deployed deployed deployed');
    const first = (what: string) => log.indexOf(what);
    const last = (phase: Phase) => log.findLastIndex((line) => line.endsWith(` ${phase}`));
    expect(last('prepare')).toBeLessThan(first('h1 switch'));
    expect(first('h1 prove')).toBeLessThan(first('h2 switch'));
    expect(first('h3 prove')).toBeLessThan(first('h4 switch'));
    expect(mostAtOnce).toBe(2);
  });

  it.each<[Phase, string]>([
    ['check', 'untouched untouched unreachable untouched untouched'],
    ['lock', 'untouched untouched unreachable untouched untouched'],
    ['plan', 'untouched untouched unreachable untouched untouched'],
    ['prepare', 'untouched untouched failed untouched untouched'],
    ['switch', 'rolled-back rolled-back rolled-back untouched untouched'],
    ['settle', 'rolled-back rolled-back rolled-back untouched untouched'],
    ['prove', 'rolled-back rolled-back rolled-back untouched untouched'],
  ])(
    'when the third fails in %s, all serve the old version and no lock is left',
    async (phase, told) => {
      const { result, hosts, verdicts } = await run({ failing: { 3: [phase] } });
      expect(hosts.map(({ serves }) => serves).join(' ')).toBe('old old old old old');
      expect(hosts.some(({ locked }) => locked)).toBe(false);
      expect(result.failure).toMatchObject({
        code: 'ssh/lost',
        message: `h3: The connection to h3 was lost: in ${phase}.`,
      });
      const known = verdicts.filter(({ host }) => host === 'h3');
      expect(known[0]?.error).toContain(`in ${phase}`);
      expect(statuses(verdicts)).toBe(told);
    },
  );

  it('reports a host that could not be rolled back, and proves the others', async () => {
    const { result, hosts, verdicts } = await run({ failing: { 2: ['rollback'], 3: ['prove'] } });
    expect(result).toMatchObject({
      status: 'failed',
      serving: 'unknown',
      failure: { code: 'ssh/lost' },
      rollbackFailure: { code: 'ssh/rollback-incomplete' },
    });
    expect(result.rollbackFailure?.message).toContain('h2 (');
    expect(hosts.map(({ serves }) => serves).join(' ')).toBe('old new old old old');
    expect(statuses(verdicts)).toBe('rolled-back failed rolled-back untouched untouched');
  });

  it('migrates once, when all are prepared and none is switched', async () => {
    const { log } = await run({});
    expect(log.filter((line) => line.endsWith(' migrate'))).toEqual(['h1 migrate']);
    const at = log.indexOf('h1 migrate');
    expect(log.findLastIndex((line) => line.endsWith(' prepare'))).toBeLessThan(at);
    expect(log.findIndex((line) => line.endsWith(' switch'))).toBeGreaterThan(at);
  });

  it('switches nothing when the migration fails', async () => {
    const { result, log, verdicts } = await run({ failing: { 1: ['migrate'] } });
    expect(result).toMatchObject({
      status: 'failed',
      serving: 'old',
      failure: { code: 'ssh/lost', message: 'h1: The connection to h1 was lost: in migrate.' },
    });
    expect(log.filter((line) => line.endsWith('switch'))).toEqual([]);
    expect(statuses(verdicts)).toBe('failed untouched untouched untouched untouched');
  });

  it('asks the common address last, in the rollout and in the rollback', async () => {
    const asked: string[] = [];
    const proveTogether: HostsSettings['proveTogether'] = async (direction) => {
      asked.push(direction);
      if (direction === 'forward')
        throw Failure.of('deploy/unproven', { url: 'u', seen: 's', waited: '1 s' });
      return { url: 'https://shop', how: 'by https://shop answering 200' };
    };
    const { result, hosts } = await run({ settings: { proveTogether } });
    expect(asked).toEqual(['forward', 'rollback']);
    expect(result).toMatchObject({ status: 'rolled-back', proof: { url: 'https://shop' } });
    expect(hosts.every(({ serves }) => serves === 'old')).toBe(true);
  });

  it('does not roll back to different releases, and leaves all as they are', async () => {
    const { result, hosts, log } = await run({ releases: { 4: r0 } });
    expect(result.failure).toMatchObject({ code: 'ssh/releases-differ' });
    expect(result.failure?.message).toContain(`h3 ${r2}, h4 ${r0}, h5 ${r2}`);
    expect(log.filter((line) => / (?:prepare|switch)$/.test(line))).toEqual([]);
    expect(hosts.every(({ serves, locked }) => serves === 'old' && !locked)).toBe(true);
  });

  it('rolls all back when it is cancelled in the middle', async () => {
    const { result, hosts } = await run({ cancelAt: { host: 4, phase: 'switch' } });
    expect(result.status).toBe('cancelled');
    expect(hosts.every(({ serves, locked }) => serves === 'old' && !locked)).toBe(true);
  });
});

describe('a crash while another host is being proven', () => {
  it.each([
    ['one of fifty, in its own group', 50, 37, 36],
    ['the canary, while a later group is proven', 50, 1, 36],
    ['of two', 2, 2, 2],
    ['of one', 1, 1, 1],
  ])('%s is red within 3 s', async (_, hosts, crashing, proveHangs) => {
    const { result, hosts: all } = await run({
      hosts,
      crashing,
      proveHangs,
      settings: { maxParallel: 10 },
    });
    expect(result).toMatchObject({ status: 'rolled-back', failure: { code: 'deploy/exited' } });
    if (hosts > 1) expect(result.failure?.message).toMatch(new RegExp(`^h${crashing}: `));
    const prove = result.timeline.find(({ name, ok }) => name.startsWith('prove') && !ok);
    const begun = prove?.start ?? 0;
    // The proof takes a second, then it hangs; it crashes a second later.
    expect((prove?.end ?? 0) - begun).toBeLessThan(2_000 + 3_000);
    expect(all.every(({ serves }) => serves === 'old')).toBe(true);
  });
});

describe('one host', () => {
  it('is a target like any other, without its name before every word', async () => {
    const { result, verdicts } = await run({ hosts: 1 });
    expect(result).toMatchObject({ target: 'h1', status: 'deployed', proof: { url: 'http://h1' } });
    expect(result.plan?.diff).toEqual([{ what: 'image', before: 'app@old', after: 'app@new' }]);
    expect(verdicts).toEqual([
      { host: 'h1', status: 'deployed', release: r2, image: 'app@new', error: '' },
    ]);
  });
});
