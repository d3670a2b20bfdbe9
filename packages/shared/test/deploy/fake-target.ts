import {
  type Evidence,
  LeftToPlatform,
  type PlanFacts,
  type Target,
  Throttled,
} from '../../src/deploy/target.ts';
import { Failure } from '../../src/failure/failure.ts';
import type { Clock } from '../../src/time/clock.ts';

/** The phases of a target: those of the second and third step, and of a rollback, by themselves. */
export type Phase =
  | 'check'
  | 'lock'
  | 'plan'
  | 'prepare'
  | 'migrate'
  | 'apply'
  | 'watch'
  | 'prove'
  | `${'apply' | 'watch' | 'prove'} ${2 | 3}`
  | 'diagnose'
  | 'rollback'
  | 'watch rollback'
  | 'prove rollback'
  | 'clean up'
  | 'unlock';

/**
 * What a phase does, after a second of work:
 * - `fails` with a failure that the suite knows (`failures` below)
 * - `breaks` with an error that nobody knows
 * - `hangs` until it is stopped, and then gives the signal's reason, as it should
 * - `hangs, then breaks` with an error of its own when it is stopped
 * - `hangs, then fails` with a failure of its own, a moment after it is stopped
 * - `takes long`: twenty minutes
 * - `ignores` that it is stopped, and succeeds
 * - `crashes later` (watch only): settles first, and has failed 5 s after
 * - `says` (watch only): tells of its progress first, as do those that fail and crash
 * - `is throttled` (watch only): answers the first four looks by "not so fast"
 * - `is left` to the platform (rollback and its watch only)
 * - `suspects` (diagnose only): finds what is against the new version
 * - `sickens later` (prove only): fails from 40 s after its first proof on; or hangs from then on
 */
export type Behaviour =
  | 'fails'
  | 'breaks'
  | 'hangs'
  | 'hangs, then breaks'
  | 'hangs, then fails'
  | 'takes long'
  | 'ignores'
  | 'crashes later'
  | 'says'
  | 'is throttled'
  | 'is left'
  | 'suspects'
  | 'sickens later'
  | 'sickens later, hangs';

/** How long a phase takes to stop that takes its time, in milliseconds. */
export const moment = 100;

/** Phases that do not simply succeed. */
export type Script = Readonly<Partial<Record<Phase, Behaviour>>>;

/** What is said of a rollback that is left to the platform. */
export const left = 'the rollback to app:1 has begun, and the platform ends it by itself';

/** What each phase fails with. */
const crashed = Failure.of('deploy/exited', { what: 'web', why: 'exit code 3' });
const unproven = { url: 'http://h', seen: 'it answered 503', waited: '1 s' };
const noSpace = { host: 'h', what: 'up', ended: 'code 1', said: 'no space' };

export const failures: Record<Phase, Failure> = {
  check: Failure.of('image/not-found', { image: 'app:2' }),
  lock: Failure.of('ssh/locked', { host: 'h', path: '/srv', owner: 'another run', waited: '1 s' }),
  plan: Failure.of('ssh/tools', { host: 'h', missing: 'docker' }),
  prepare: Failure.of('ssh/command', { host: 'h', what: 'pull', ended: 'code 1', said: 'denied' }),
  migrate: Failure.of('ssh/command', { host: 'h', what: 'migrate', ended: 'code 1', said: 'x' }),
  apply: Failure.of('ssh/command', noSpace),
  'apply 2': Failure.of('ssh/command', noSpace),
  'apply 3': Failure.of('ssh/command', noSpace),
  watch: crashed,
  'watch 2': crashed,
  'watch 3': crashed,
  prove: Failure.of('deploy/unproven', unproven),
  'prove 2': Failure.of('deploy/unproven', unproven),
  'prove 3': Failure.of('deploy/unproven', unproven),
  diagnose: Failure.of('ssh/lost', { host: 'h', said: 'reset' }),
  rollback: Failure.of('ssh/unreachable', { host: 'h', said: 'no route' }),
  'watch rollback': Failure.of('deploy/unhealthy', { what: 'web', why: 'the disk is full' }),
  'prove rollback': Failure.of('deploy/unproven', {
    url: 'http://h',
    seen: 'nothing',
    waited: '1 s',
  }),
  'clean up': Failure.of('ssh/lost', { host: 'h', said: 'reset' }),
  unlock: Failure.of('ssh/lost', { host: 'h', said: 'reset' }),
};

export const suspicion = Failure.of('deploy/unhealthy', { what: 'web', why: 'it has ended once' });

export const evidence: Evidence = {
  facts: ['web exited with code 3'],
  logs: [{ source: 'web', lines: ['starting', 'cannot open the database'] }],
};

/** What a fake step was applied as. */
interface Change {
  phase: 'watch' | 'watch 2' | 'watch 3' | 'watch rollback';
  prove: 'prove' | 'prove 2' | 'prove 3' | 'prove rollback';
}

/** A target that follows a script; every phase takes one second. */
export interface FakeTarget extends Required<Target<PlanFacts, Change>> {
  /** The phases that were begun, each once, in their order. */
  did: Phase[];
  /** When the platform was looked at, in milliseconds. */
  looks: number[];
  /** What `diagnose` and `rollback` were told. */
  told: string[];
}

const talkative = new Set<Behaviour | undefined>(['says', 'fails', 'crashes later']);

const changes: readonly Change[] = [
  { phase: 'watch', prove: 'prove' },
  { phase: 'watch 2', prove: 'prove 2' },
  { phase: 'watch 3', prove: 'prove 3' },
];

/** The steps of a fake plan: `one`, `two`, `three`. */
export const fakeSteps = (count: number, waits?: number) =>
  ['one', 'two', 'three']
    .slice(0, count)
    .map((name) => (waits === undefined ? { name } : { name, waits }));

export function fakeTarget(
  clock: Clock,
  script: Script,
  plan: PlanFacts,
  begun: (phase: Phase) => void = () => undefined,
): FakeTarget {
  const did: Phase[] = [];
  const looks: number[] = [];
  const told: string[] = [];
  let settled: number | undefined;
  let proven: number | undefined;
  const spoke = new Set<Phase>();
  let throttles = 4;

  const step = async (name: Phase, signal?: AbortSignal): Promise<void> => {
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
    if (behaviour === 'is left') throw new LeftToPlatform(left);
    if (behaviour === 'breaks') throw new TypeError('x is not a function');
  };

  return {
    name: 'web-1:/srv/app',
    pace: { first: 700, most: 3_000 },
    did,
    looks,
    told,
    check: (signal) => step('check', signal),
    async lock(signal) {
      await step('lock', signal);
      return { [Symbol.asyncDispose]: () => step('unlock') };
    },
    async plan(signal) {
      await step('plan', signal);
      return plan;
    },
    prepare: (_, signal) => step('prepare', signal),
    migrate: (_, signal) => step('migrate', signal),
    async apply({ steps }, now, signal) {
      const number = steps.indexOf(now);
      await step(number === 0 ? 'apply' : number === 1 ? 'apply 2' : 'apply 3', signal);
      settled = undefined;
      const change = changes[number];
      if (!change) throw new Error('no such step');
      return change;
    },
    async look({ phase }, signal) {
      looks.push(clock.now());
      const behaviour = script[phase];
      if (talkative.has(behaviour) && !spoke.has(phase)) {
        spoke.add(phase);
        return { state: 'progress', text: `${phase}: starting` };
      }
      if (behaviour === 'is throttled' && throttles > 0) {
        throttles -= 1;
        throw new Throttled('not so fast');
      }
      try {
        await step(phase, signal);
      } catch (error) {
        if (!(error instanceof Failure) || signal.aborted) throw error;
        return { state: 'failed', failure: error };
      }
      settled ??= clock.now();
      const crashed = behaviour === 'crashes later' && clock.now() >= settled + 5_000;
      return crashed ? { state: 'failed', failure: failures[phase] } : { state: 'settled' };
    },
    async prove({ prove }, _direction, signal) {
      await step(prove, signal);
      proven ??= clock.now();
      if (script[prove]?.startsWith('sickens') && clock.now() >= proven + 40_000) {
        if (script[prove] === 'sickens later') throw failures[prove];
        throw await stopped(signal);
      }
      return { url: 'http://web-1', how: 'by http://web-1/health answering 200' };
    },
    async diagnose(_, phase, signal) {
      told.push(`diagnose ${phase}`);
      await step('diagnose', signal);
      return script.diagnose === 'suspects' ? { ...evidence, likely: suspicion } : evidence;
    },
    async rollback(_, { hurry }, signal) {
      told.push(hurry ? 'rollback in a hurry' : 'rollback');
      await step('rollback', signal);
      return { phase: 'watch rollback', prove: 'prove rollback' };
    },
    async cleanUp(_plan, ending, signal) {
      told.push(`clean up ${ending}`);
      await step('clean up', signal);
    },
  };
}

function stopped(signal: AbortSignal | undefined): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve(signal.reason);
    signal?.addEventListener('abort', () => resolve(signal.reason), { once: true });
  });
}
