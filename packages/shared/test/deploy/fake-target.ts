import type { Evidence, PlanFacts, Target } from '../../src/deploy/target.ts';
import { Failure } from '../../src/failure/failure.ts';
import type { Clock } from '../../src/time/clock.ts';

/** The steps of a target, those of the way back for themselves. */
export type Step =
  | 'check'
  | 'hold'
  | 'plan'
  | 'prepare'
  | 'migrate'
  | 'apply'
  | 'watch'
  | 'prove'
  | 'diagnose'
  | 'rollback'
  | 'watch back'
  | 'prove back'
  | 'finish'
  | 'unlock';

/**
 * What a step does, after a second of work:
 * - `fails` with a failure that the suite knows (`failures` below)
 * - `breaks` with an error that nobody knows
 * - `hangs` until it is stopped, and then gives the signal's reason, as it should
 * - `hangs, then breaks` with an error of its own when it is stopped
 * - `hangs, then fails` with a failure of its own, a moment after it is stopped
 * - `takes long`: twenty minutes
 * - `ignores` that it is stopped, and succeeds
 * - `crashes later` (watch only): settles first, and has failed 5 s after
 */
export type Behaviour =
  | 'fails'
  | 'breaks'
  | 'hangs'
  | 'hangs, then breaks'
  | 'hangs, then fails'
  | 'takes long'
  | 'ignores'
  | 'crashes later';

/** How long a step takes to stop that takes its time, in milliseconds. */
export const moment = 100;

/** Steps that do not simply succeed. */
export type Script = Readonly<Partial<Record<Step, Behaviour>>>;

/** What each step fails with. */
export const failures: Record<Step, Failure> = {
  check: Failure.of('image/not-found', { image: 'app:2' }),
  hold: Failure.of('ssh/locked', { host: 'h', path: '/srv', owner: 'another run', waited: '1 s' }),
  plan: Failure.of('ssh/tools', { host: 'h', missing: 'docker' }),
  prepare: Failure.of('ssh/command', { host: 'h', what: 'pull', ended: 'code 1', said: 'denied' }),
  migrate: Failure.of('deploy/migrate-timeout', { limit: '10 min' }),
  apply: Failure.of('ssh/command', { host: 'h', what: 'up', ended: 'code 1', said: 'no space' }),
  watch: Failure.of('deploy/exited', { what: 'web', why: 'exit code 3' }),
  prove: Failure.of('deploy/unproven', { url: 'http://h', seen: 'it answered 503', waited: '1 s' }),
  diagnose: Failure.of('ssh/lost', { host: 'h', said: 'reset' }),
  rollback: Failure.of('ssh/unreachable', { host: 'h', said: 'no route' }),
  'watch back': Failure.of('deploy/unhealthy', { what: 'web', why: 'the disk is full' }),
  'prove back': Failure.of('deploy/unproven', { url: 'http://h', seen: 'nothing', waited: '1 s' }),
  finish: Failure.of('ssh/lost', { host: 'h', said: 'reset' }),
  unlock: Failure.of('ssh/lost', { host: 'h', said: 'reset' }),
};

export const evidence: Evidence = {
  facts: ['web exited with code 3'],
  logs: [{ source: 'web', lines: ['starting', 'cannot open the database'] }],
};

/** A target that follows a script; every step takes one second. */
export interface FakeTarget extends Required<Target<PlanFacts, 'forward' | 'back'>> {
  /** The steps that were begun, each once, in their order. */
  did: Step[];
}

export function fakeTarget(
  clock: Clock,
  script: Script,
  plan: PlanFacts,
  begun: (step: Step) => void = () => undefined,
): FakeTarget {
  const did: Step[] = [];
  let settled: number | undefined;

  const step = async (name: Step, signal?: AbortSignal): Promise<void> => {
    if (!did.includes(name)) {
      did.push(name);
      begun(name);
    }
    const behaviour = script[name];
    if (behaviour?.startsWith('hangs')) {
      const reason = await stopped(signal);
      if (behaviour === 'hangs') throw reason;
      if (behaviour === 'hangs, then breaks') throw new Error('the connection was closed');
      await clock.sleep(moment);
      throw failures[name];
    }
    const ms = behaviour === 'takes long' ? 1_200_000 : 1_000;
    await clock.sleep(ms, behaviour === 'ignores' ? undefined : signal);
    if (behaviour === 'fails') throw failures[name];
    if (behaviour === 'breaks') throw new TypeError('x is not a function');
  };

  return {
    name: 'web-1:/srv/app',
    did,
    async check(signal) {
      await step('check', signal);
    },
    async hold(signal) {
      await step('hold', signal);
      return { [Symbol.asyncDispose]: () => step('unlock') };
    },
    async plan(signal) {
      await step('plan', signal);
      return plan;
    },
    async prepare(_, signal) {
      await step('prepare', signal);
    },
    async migrate(_, signal) {
      await step('migrate', signal);
    },
    async apply(_, signal) {
      await step('apply', signal);
      return 'forward';
    },
    async *watch(change, signal) {
      const name = change === 'forward' ? 'watch' : 'watch back';
      yield { state: 'progress', text: `${name}: starting` };
      try {
        await step(name, signal);
      } catch (error) {
        if (!(error instanceof Failure) || signal.aborted) throw error;
        return yield { state: 'failed', failure: error };
      }
      settled ??= clock.now();
      const crashed = script[name] === 'crashes later' && clock.now() >= settled + 5_000;
      yield crashed ? { state: 'failed', failure: failures[name] } : { state: 'settled' };
    },
    async prove(_, direction, signal) {
      await step(direction === 'forward' ? 'prove' : 'prove back', signal);
      return { url: 'http://web-1', how: 'by http://web-1/health answering 200' };
    },
    async diagnose(_, signal) {
      await step('diagnose', signal);
      return evidence;
    },
    async rollback(_, signal) {
      await step('rollback', signal);
      return 'back';
    },
    async finish(_plan, _proven, signal) {
      await step('finish', signal);
    },
  };
}

function stopped(signal: AbortSignal | undefined): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve(signal.reason);
    signal?.addEventListener('abort', () => resolve(signal.reason), { once: true });
  });
}
