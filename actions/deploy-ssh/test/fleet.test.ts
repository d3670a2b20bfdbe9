import { describe, expect, it } from '@jest/globals';
import { deploy } from '@slipway/shared/deploy/engine';
import { Failure } from '@slipway/shared/failure/failure';
import { virtualClock } from '../../../packages/shared/test/deploy/virtual-clock.ts';
import { type FleetSettings, fleet, type Site } from '../src/fleet.ts';
import { type ReleaseId, releaseId } from '../src/host/release-id.ts';

const [r0, r1, r2] = [releaseId(0, ''), releaseId(1, ''), releaseId(2, '')];

type Phase =
  | 'check'
  | 'hold'
  | 'plan'
  | 'prepare'
  | 'migrate'
  | 'switch'
  | 'settle'
  | 'prove'
  | 'back';

/** A host that remembers what serves on it, and fails where the script says. */
interface FakeSite extends Site<'new' | 'old'> {
  serves: 'new' | 'old' | 'broken';
  locked: boolean;
  finished: boolean | undefined;
}

interface World {
  /** Host (from 1) -> phases that fail on it. */
  failing?: Readonly<Record<number, readonly Phase[]>>;
  hosts?: number;
  settings?: Partial<FleetSettings>;
  cancelAt?: { host: number; phase: Phase };
  /** Host (from 1) -> the release that it would go to; `r2` on the others. */
  releases?: Readonly<Record<number, ReleaseId>>;
}

async function run({ failing = {}, hosts = 5, settings = {}, cancelAt, releases = {} }: World) {
  const clock = virtualClock();
  const log: string[] = [];
  const cancel = new AbortController();
  let atOnce = 0;
  let mostAtOnce = 0;

  const site = (number: number): FakeSite => {
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
    const self: FakeSite = {
      name,
      serves: 'old',
      locked: false,
      finished: undefined,
      check: (signal) => step('check', signal),
      async hold(signal) {
        await step('hold', signal);
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
          wayBack: 'previous',
          release: releases[number] ?? r2,
          back: r1,
        };
      },
      prepare: (_, signal) => step('prepare', signal),
      migrate: (_, signal) => step('migrate', signal),
      async apply(_, signal) {
        self.serves = 'broken';
        await step('switch', signal);
        self.serves = 'new';
        return 'new';
      },
      async *watch(change, signal) {
        if (change === 'new') {
          try {
            await step('settle', signal);
          } catch (error) {
            if (!(error instanceof Failure) || signal.aborted) throw error;
            return yield { state: 'failed', failure: error };
          }
        }
        yield { state: 'settled' };
      },
      async prove(change, _direction, signal) {
        if (change === 'new') await step('prove', signal);
        return { url: `http://${name}`, how: `by http://${name} answering 200` };
      },
      diagnose: async () => ({ facts: [`${name} is ill`], logs: [] }),
      async rollback(_, signal) {
        await step('back', signal);
        self.serves = 'old';
        return 'old';
      },
      async finish(_plan, green) {
        self.finished = green;
      },
      close: async () => void log.push(`${name} close`),
    };
    return self;
  };

  const sites = Array.from({ length: hosts }, (_, index) => site(index + 1));
  const target = fleet(sites, {
    maxParallel: 2,
    proveTogether: undefined,
    clock,
    say: () => undefined,
    ...settings,
  });
  const end = await deploy(target, {
    timeout: 600_000,
    rollback: true,
    dryRun: false,
    clock,
    signal: cancel.signal,
    say: () => undefined,
    quote: () => undefined,
  }).then(
    (result) => ({ result, thrown: undefined }),
    (thrown: unknown) => ({ result: undefined, thrown }),
  );
  return { ...end, sites, log, verdicts: target.verdicts(), mostAtOnce };
}

const statuses = (verdicts: ReadonlyArray<{ status: string }>) =>
  verdicts.map(({ status }) => status).join(' ');

describe('five hosts', () => {
  it('prepares all, switches the first one alone, proves it, then the others in groups', async () => {
    const { result, sites, log, verdicts, mostAtOnce } = await run({});
    expect(result?.status).toBe('deployed');
    expect(sites.every(({ serves, locked }) => serves === 'new' && !locked)).toBe(true);
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
    ['hold', 'untouched untouched unreachable untouched untouched'],
    ['plan', 'untouched untouched unreachable untouched untouched'],
    ['prepare', 'untouched untouched failed untouched untouched'],
    ['switch', 'rolled-back rolled-back rolled-back untouched untouched'],
    ['settle', 'rolled-back rolled-back rolled-back untouched untouched'],
    ['prove', 'rolled-back rolled-back rolled-back untouched untouched'],
  ])(
    'when the third fails in %s, all serve the old version and no lock is left',
    async (phase, told) => {
      const { result, thrown, sites, verdicts } = await run({ failing: { 3: [phase] } });
      expect(sites.map(({ serves }) => serves).join(' ')).toBe('old old old old old');
      expect(sites.some(({ locked }) => locked)).toBe(false);
      expect(thrown ?? result?.failure).toMatchObject({
        code: 'ssh/lost',
        message: `h3: The connection to h3 was lost: in ${phase}.`,
      });
      const known = verdicts.filter(({ host }) => host === 'h3');
      expect(known[0]?.error).toContain(`in ${phase}`);
      expect(statuses(verdicts)).toBe(told);
    },
  );

  it('reports a host that could not be taken back, and proves the others', async () => {
    const { result, sites, verdicts } = await run({ failing: { 2: ['back'], 3: ['prove'] } });
    expect(result).toMatchObject({
      status: 'failed',
      serving: 'unknown',
      failure: { code: 'ssh/lost' },
      rollbackFailure: { code: 'ssh/way-back' },
    });
    expect(result?.rollbackFailure?.message).toContain('h2 (');
    expect(sites.map(({ serves }) => serves).join(' ')).toBe('old new old old old');
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

  it('asks the common address last, forward and back', async () => {
    const asked: string[] = [];
    const proveTogether: FleetSettings['proveTogether'] = async (direction) => {
      asked.push(direction);
      if (direction === 'forward')
        throw Failure.of('deploy/unproven', { url: 'u', seen: 's', waited: '1 s' });
      return { url: 'https://shop', how: 'by https://shop answering 200' };
    };
    const { result, sites } = await run({ settings: { proveTogether } });
    expect(asked).toEqual(['forward', 'back']);
    expect(result).toMatchObject({ status: 'rolled-back', proof: { url: 'https://shop' } });
    expect(sites.every(({ serves }) => serves === 'old')).toBe(true);
  });

  it('does not go back to different releases, and leaves all as they are', async () => {
    const { thrown, sites, log } = await run({ releases: { 4: r0 } });
    expect(thrown).toMatchObject({ code: 'ssh/releases-differ' });
    expect(String(thrown)).toContain(`h3 ${r2}, h4 ${r0}, h5 ${r2}`);
    expect(log.filter((line) => / (?:prepare|switch)$/.test(line))).toEqual([]);
    expect(sites.every(({ serves, locked }) => serves === 'old' && !locked)).toBe(true);
  });

  it('takes all back when it is cancelled in the middle', async () => {
    const { result, sites } = await run({ cancelAt: { host: 4, phase: 'switch' } });
    expect(result?.status).toBe('cancelled');
    expect(sites.every(({ serves, locked }) => serves === 'old' && !locked)).toBe(true);
  });
});

describe('one host', () => {
  it('is a fleet of one, without its name before every word', async () => {
    const { result, verdicts } = await run({ hosts: 1 });
    expect(result).toMatchObject({ target: 'h1', status: 'deployed', proof: { url: 'http://h1' } });
    expect(result?.plan?.diff).toEqual([{ what: 'image', before: 'app@old', after: 'app@new' }]);
    expect(verdicts).toEqual([
      { host: 'h1', status: 'deployed', release: r2, image: 'app@new', error: '' },
    ]);
  });
});
