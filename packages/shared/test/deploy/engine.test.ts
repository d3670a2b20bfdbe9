import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { type DeployResult, deploy } from '../../src/deploy/engine.ts';
import { closingLine } from '../../src/deploy/report.ts';
import type { PlanFacts } from '../../src/deploy/target.ts';
import { Failure } from '../../src/failure/failure.ts';
import { evidence, failures, fakeTarget, moment, type Script, type Step } from './fake-target.ts';
import { virtualClock } from './virtual-clock.ts';

interface Circumstances {
  script?: Script;
  wayBack?: PlanFacts['wayBack'];
  rollback?: boolean;
  dryRun?: boolean;
  /** Nothing would change. */
  same?: boolean;
  /** The target checks first. */
  checks?: boolean;
  /** The target prepares. */
  prepares?: boolean;
  /** The target migrates. */
  migrates?: boolean;
  /** The target has no lock. */
  lockless?: boolean;
  /** The run is cancelled half a second into this step. */
  cancel?: Step;
}

const cancelled = Failure.of('action/cancelled', { signal: 'SIGINT' });
const timeout = 600_000;

async function run(circumstances: Circumstances) {
  const { script = {}, wayBack = 'previous', cancel } = circumstances;
  const clock = virtualClock();
  const controller = new AbortController();
  const plan: PlanFacts = {
    image: 'app@sha256:new',
    previousImage: wayBack === 'previous' ? 'app@sha256:old' : undefined,
    diff: circumstances.same ? [] : [{ what: 'image', before: 'old', after: 'new' }],
    wayBack,
  };
  const { check, prepare, migrate, hold, did, ...bare } = fakeTarget(
    clock,
    script,
    plan,
    (step) => {
      if (step === cancel) clock.sleep(500).then(() => controller.abort(cancelled));
    },
  );
  const target = {
    ...bare,
    ...(circumstances.checks ? { check } : {}),
    ...(circumstances.prepares ? { prepare } : {}),
    ...(circumstances.migrates ? { migrate } : {}),
    ...(circumstances.lockless ? {} : { hold }),
  };
  const said: string[] = [];
  const quoted: string[] = [];
  const end = await deploy(target, {
    timeout,
    rollback: circumstances.rollback ?? true,
    dryRun: circumstances.dryRun ?? false,
    clock,
    signal: controller.signal,
    say: (line) => said.push(line),
    quote: (line) => quoted.push(line),
  }).then(
    (result) => ({ result, thrown: undefined }),
    (error: unknown) => ({ result: undefined, thrown: error }),
  );
  return { ...end, did: did.join(' '), said, quoted, clock };
}

/** The result of a run that has one. */
async function ran(circumstances: Circumstances) {
  const { result, thrown, ...rest } = await run(circumstances);
  if (!result) throw thrown;
  return { result, phases: phases(result), ...rest };
}

/** `plan, apply!`: the phases in their order, those that failed with a mark. */
function phases({ timeline }: DeployResult): string {
  return timeline.map(({ name, ok }) => (ok ? name : `${name}!`)).join(', ');
}

const wayBackDone = 'rollback, watch (way back), prove (way back)';

describe('a deploy that goes well', () => {
  it('is deployed once the new version is proven', async () => {
    const { result, did, phases } = await ran({});
    expect(result).toMatchObject({
      target: 'web-1:/srv/app',
      status: 'deployed',
      serving: 'new',
      proof: { url: 'http://web-1' },
      failure: undefined,
      rollbackFailure: undefined,
      evidence: undefined,
    });
    expect(did).toBe('hold plan apply watch prove finish unlock');
    expect(phases).toBe('plan, apply, watch, prove');
  });

  it('says how long each phase and the whole took', async () => {
    const { result, said } = await ran({});
    // The lock took the first second; from apply to proof it was three.
    expect(result.timeline.map(({ name, start, end }) => [name, start, end])).toEqual([
      ['plan', 1_000, 2_000],
      ['apply', 2_000, 3_000],
      ['watch', 3_000, 4_000],
      ['prove', 4_000, 5_000],
    ]);
    expect(result.duration).toBe(3_000);
    expect(said).toEqual([
      'done: plan (1.0 s)',
      'done: apply (1.0 s)',
      'done: watch (1.0 s)',
      'done: prove (1.0 s)',
    ]);
  });

  it('is unchanged when the plan changes nothing, but applied and proven all the same', async () => {
    const { result, did } = await ran({ same: true });
    expect(result).toMatchObject({ status: 'unchanged', serving: 'new' });
    expect(did).toBe('hold plan apply watch prove finish unlock');
  });

  it.each([
    ['fails', 'clean-up was left undone: The connection to h was lost: reset.'],
    ['breaks', 'clean-up was left undone: x is not a function'],
    ['hangs', 'clean-up was left undone: the time limit of 60000 ms was reached'],
  ] as const)('stays green when the clean-up %s', async (finish, told) => {
    const { result, said, did } = await ran({ script: { finish } });
    expect(result).toMatchObject({ status: 'deployed', failure: undefined });
    expect(said).toContain(told);
    expect(did).toMatch(/unlock$/);
  });

  it('checks first, before it waits for the lock', async () => {
    const { did, phases } = await ran({ checks: true });
    expect(did).toBe('check hold plan apply watch prove finish unlock');
    expect(phases).toBe('check, plan, apply, watch, prove');
  });

  it('needs no lock', async () => {
    const { result, did } = await ran({ lockless: true });
    expect(result).toMatchObject({ status: 'deployed' });
    expect(did).toBe('plan apply watch prove finish');
  });
});

describe('a dry run', () => {
  it.each([
    ['previous', 'old', 'serves the version before (app@sha256:old)'],
    ['remove', 'nothing', 'serves nothing, as before this run'],
    ['none', 'unknown', 'is not proven to serve anything'],
  ] as const)('takes no lock and writes nothing (way back: %s)', async (wayBack, serving, what) => {
    const { result, did } = await ran({ dryRun: true, wayBack });
    expect(result).toMatchObject({ status: 'planned', serving, proof: undefined });
    expect(did).toBe('plan');
    expect(closingLine(result)).toBe(`planned: web-1:/srv/app was not changed and ${what}.`);
  });

  it('fails like a real one when the plan fails', async () => {
    expect((await run({ dryRun: true, script: { plan: 'fails' } })).thrown).toBe(failures.plan);
  });
});

describe('what fails before the first write is thrown, and nothing is undone', () => {
  it.each<[script: Script, code: string, did: string]>([
    [{ check: 'fails' }, 'image/not-found', 'check'],
    [{ hold: 'fails' }, 'ssh/locked', 'check hold'],
    [{ plan: 'fails' }, 'ssh/tools', 'check hold plan unlock'],
    [{ plan: 'fails', unlock: 'fails' }, 'ssh/tools', 'check hold plan unlock'],
  ])('%j', async (script, code, did) => {
    const end = await run({ script, checks: true });
    expect(end.thrown).toMatchObject({ code });
    expect(end.did).toBe(did);
  });
});

describe('preparing', () => {
  it('comes before the change', async () => {
    const { result, did } = await ran({ prepares: true });
    expect(result.status).toBe('deployed');
    expect(did).toBe('hold plan prepare apply watch prove finish unlock');
  });

  it.each<[circumstances: Circumstances, status: string, code: string]>([
    [{ script: { prepare: 'fails' } }, 'failed', 'ssh/command'],
    [{ script: { prepare: 'breaks' } }, 'failed', 'deploy/unexpected'],
    [{ script: { prepare: 'hangs' } }, 'failed', 'deploy/timeout'],
    [{ script: { prepare: 'hangs' }, cancel: 'prepare' }, 'cancelled', 'action/cancelled'],
  ])(
    'that fails needs no way back, as nothing that serves was touched (%j)',
    async (c, status, code) => {
      const { result, did } = await ran({ ...c, prepares: true });
      expect(result).toMatchObject({ status, serving: 'old', failure: { code } });
      expect(did).toBe('hold plan prepare finish unlock');
    },
  );
});

describe('migrating', () => {
  it('comes between the two, with no limit but its own', async () => {
    const circumstances = {
      prepares: true,
      migrates: true,
      script: { migrate: 'takes long' },
    } as const;
    const { result, did } = await ran(circumstances);
    expect(result.status).toBe('deployed');
    expect(did).toBe('hold plan prepare migrate apply watch prove finish unlock');
  });

  it.each<[circumstances: Circumstances, status: string, code: string]>([
    [{ script: { migrate: 'fails' } }, 'failed', 'deploy/migrate-timeout'],
    [{ cancel: 'migrate' }, 'cancelled', 'action/cancelled'],
  ])('that fails leaves what serves alone (%j)', async (c, status, code) => {
    const { result, did } = await ran({ ...c, migrates: true });
    expect(result).toMatchObject({ status, serving: 'old', failure: { code } });
    expect(did).toBe('hold plan migrate finish unlock');
  });
});

const failing = [
  ['apply', 'ssh/command', 'hold plan apply', 'plan, apply!'],
  ['watch', 'deploy/exited', 'hold plan apply watch', 'plan, apply, watch!'],
  ['prove', 'deploy/unproven', 'hold plan apply watch prove', 'plan, apply, watch, prove!'],
] as const;

describe.each(failing)('when %s fails', (step, code, before, phasesBefore) => {
  it.each<
    [
      what: string,
      circumstances: Circumstances,
      status: string,
      serving: string,
      backCode: string | undefined,
      didThen: string,
      phasesThen: string,
    ]
  >([
    [
      'the version before is taken back and proven',
      {},
      'rolled-back',
      'old',
      undefined,
      'rollback watch back prove back finish',
      wayBackDone,
    ],
    [
      'a first version is removed, and that is proven',
      { wayBack: 'remove' },
      'failed',
      'nothing',
      undefined,
      'rollback watch back prove back finish',
      wayBackDone,
    ],
    ['there is no way back', { wayBack: 'none' }, 'failed', 'unknown', undefined, '', ''],
    ['no way back is wanted', { rollback: false }, 'failed', 'unknown', undefined, '', ''],
    [
      'the way back fails too',
      { script: { rollback: 'fails' } },
      'failed',
      'unknown',
      'ssh/unreachable',
      'rollback',
      'rollback!',
    ],
    [
      'the old version does not come up again',
      { script: { 'watch back': 'fails' } },
      'failed',
      'unknown',
      'deploy/unhealthy',
      'rollback watch back',
      'rollback, watch (way back)!',
    ],
    [
      'the old version is not proven',
      { script: { 'prove back': 'fails' } },
      'failed',
      'unknown',
      'deploy/unproven',
      'rollback watch back prove back',
      'rollback, watch (way back), prove (way back)!',
    ],
    [
      'a first version cannot be removed',
      { wayBack: 'remove', script: { rollback: 'breaks' } },
      'failed',
      'unknown',
      'deploy/unexpected',
      'rollback',
      'rollback!',
    ],
  ])('%s', async (_, more, status, serving, backCode, didThen, phasesThen) => {
    const circumstances = { ...more, script: { ...more.script, [step]: 'fails' as const } };
    const { result, did, phases, clock } = await ran(circumstances);
    expect(result).toMatchObject({ status, serving, evidence, duration: undefined });
    expect(result.failure?.code).toBe(code);
    expect(result.rollbackFailure?.code).toBe(backCode);
    expect(result.proof === undefined).toBe(serving === 'unknown');
    expect(did).toBe([before, 'diagnose', didThen, 'unlock'].filter(Boolean).join(' '));
    expect(phases).toBe([phasesBefore, 'diagnose', phasesThen].filter(Boolean).join(', '));
    expect(clock.sleeping()).toBe(0);
  });

  it('by a bug of ours, the way back is taken all the same', async () => {
    const { result } = await ran({ script: { [step]: 'breaks' } });
    expect(result).toMatchObject({ status: 'rolled-back', serving: 'old' });
    expect(result.failure).toMatchObject({
      code: 'deploy/unexpected',
      message: `Phase ${step} hit an error that the action does not know: x is not a function`,
    });
  });
});

describe('a version that crashes while it is being proven', () => {
  it('has failed then, not when the time is up', async () => {
    const { result, phases } = await ran({ script: { watch: 'crashes later', prove: 'hangs' } });
    expect(result).toMatchObject({ status: 'rolled-back', failure: failures.watch });
    expect(phases).toBe(`plan, apply, watch, prove!, diagnose, ${wayBackDone}`);
    const prove = result.timeline.find(({ name }) => name === 'prove');
    expect((prove?.end ?? 0) - (prove?.start ?? 0)).toBeLessThan(8_000);
  });

  it('is watched without saying the same thing at every look', async () => {
    const { quoted } = await ran({ script: { watch: 'crashes later', prove: 'hangs' } });
    expect(quoted.filter((line) => line === 'watch: starting')).toHaveLength(1);
  });
});

describe('when the time is up', () => {
  const limit = 'Nothing was proven within 10 min';
  it.each<[script: Script, code: string, message: string]>([
    [{ apply: 'hangs' }, 'deploy/timeout', `${limit}; the time ran out in phase apply.`],
    [{ watch: 'hangs' }, 'deploy/timeout', `${limit}; the time ran out in phase watch.`],
    [{ prove: 'hangs' }, 'deploy/timeout', `${limit}; the time ran out in phase prove.`],
    [
      { apply: 'hangs, then breaks' },
      'deploy/timeout',
      `${limit}; the time ran out in phase apply.`,
    ],
    [
      { watch: 'hangs, then breaks' },
      'deploy/timeout',
      `${limit}; the time ran out in phase watch.`,
    ],
    // The proof knows best what was missing.
    [{ prove: 'hangs, then fails' }, 'deploy/unproven', failures.prove.message],
  ])('the reason is told, and the way back has its time: %j', async (script, code, message) => {
    const { result, clock } = await ran({ script });
    expect(result).toMatchObject({ status: 'rolled-back', serving: 'old', failure: { code } });
    expect(result.failure?.message).toBe(message);
    const failed = result.timeline.findIndex(({ ok }) => !ok);
    const end = 2_000 + timeout;
    expect([end, end + moment]).toContain(result.timeline[failed]?.end);
    expect(clock.sleeping()).toBe(0);
  });

  it.each<[script: Script, phase: string]>([
    [{ apply: 'fails', rollback: 'hangs' }, 'rollback'],
    [{ apply: 'fails', 'watch back': 'hangs' }, 'watch (way back)'],
    [{ apply: 'fails', 'prove back': 'hangs' }, 'prove (way back)'],
  ])('on the way back, it ends too: %j', async (script, phase) => {
    const { result, did } = await ran({ script });
    expect(result).toMatchObject({ status: 'failed', serving: 'unknown', failure: failures.apply });
    expect(result.rollbackFailure?.code).toBe('deploy/timeout');
    expect(result.rollbackFailure?.message).toContain(`phase ${phase}.`);
    expect(did).toMatch(/unlock$/);
  });
});

describe('a cancelled run', () => {
  const old = 'serves the version before (app@sha256:old)';
  const proven = 'proven by http://web-1/health answering 200';

  it.each<[cancel: Step, did: string]>([
    ['check', 'check'],
    ['hold', 'check hold'],
    ['plan', 'check hold plan unlock'],
  ])('that changed nothing yet just ends: during %s', async (cancel, did) => {
    const end = await run({ cancel, checks: true });
    expect(end.thrown).toBe(cancelled);
    expect(end.did).toBe(did);
  });

  it('does not begin to write when the plan took no notice', async () => {
    const end = await run({ cancel: 'plan', script: { plan: 'ignores' } });
    expect(end.thrown).toBe(cancelled);
    expect(end.did).toBe('hold plan unlock');
  });

  it.each<[cancel: Step, script: Script]>([
    ['apply', {}],
    ['watch', {}],
    ['prove', {}],
    ['apply', { apply: 'hangs, then breaks' }],
    ['watch', { watch: 'hangs, then fails' }],
    ['prove', { prove: 'hangs, then fails' }],
  ])('takes the way back at once: during %s %j', async (cancel, script) => {
    const { result, did, phases, clock } = await ran({ cancel, script });
    expect(result).toMatchObject({ status: 'cancelled', serving: 'old', failure: cancelled });
    expect(result.evidence).toBeUndefined();
    expect(did).toMatch(/ rollback watch back prove back finish unlock$/);
    expect(did).not.toContain('diagnose');
    expect(phases).toMatch(/!, rollback, watch \(way back\), prove \(way back\)$/);
    expect(closingLine(result)).toBe(`cancelled: web-1:/srv/app ${old}, ${proven}.`);
    expect(clock.sleeping()).toBe(0);
  });

  it.each<[what: string, circumstances: Circumstances, status: string, closing: string]>([
    [
      'with a first version',
      { wayBack: 'remove' },
      'cancelled',
      `cancelled: web-1:/srv/app serves nothing, as before this run, ${proven}.`,
    ],
    [
      'without a way back',
      { wayBack: 'none' },
      'cancelled',
      'cancelled: web-1:/srv/app is not proven to serve anything.',
    ],
    [
      'that wants no way back',
      { rollback: false },
      'cancelled',
      'cancelled: web-1:/srv/app is not proven to serve anything.',
    ],
    [
      'whose way back fails',
      { script: { rollback: 'fails' } },
      'failed',
      'failed: web-1:/srv/app is not proven to serve anything; ' +
        'the way back failed: h could not be reached: no route.',
    ],
  ])('%s says what serves', async (_, circumstances, status, closing) => {
    const { result } = await ran({ ...circumstances, cancel: 'watch' });
    expect(result).toMatchObject({ status, failure: cancelled });
    expect(closingLine(result)).toBe(closing);
  });

  it('looks no longer for the reason of a failure, and goes back', async () => {
    const { result, phases } = await ran({
      cancel: 'diagnose',
      script: { watch: 'fails', diagnose: 'hangs' },
    });
    expect(result).toMatchObject({ status: 'rolled-back', failure: failures.watch });
    const diagnose = result.timeline.find(({ name }) => name === 'diagnose');
    expect((diagnose?.end ?? 0) - (diagnose?.start ?? 0)).toBe(500);
    expect(phases).toBe(`plan, apply, watch!, diagnose!, ${wayBackDone}`);
  });

  it.each<Step>(['rollback', 'watch back', 'prove back'])(
    'does not stop the way back from a failure: during %s',
    async (cancel) => {
      const { result, did } = await ran({ cancel, script: { prove: 'fails' } });
      expect(result).toMatchObject({ status: 'rolled-back', serving: 'old', evidence });
      expect(result.failure).toBe(failures.prove);
      expect(did).toMatch(/ rollback watch back prove back finish unlock$/);
    },
  );

  it('that is proven already stays deployed', async () => {
    const { result } = await ran({ cancel: 'finish' });
    expect(result).toMatchObject({ status: 'deployed', serving: 'new', failure: undefined });
  });
});

describe('diagnosis is a help, never a second failure', () => {
  it.each([
    ['fails', 1_000, 'no diagnosis: The connection to h was lost: reset.'],
    ['breaks', 1_000, 'no diagnosis: x is not a function'],
    ['hangs', 10_000, 'no diagnosis: the time limit of 10000 ms was reached'],
  ] as const)('when it %s', async (diagnose, ms, told) => {
    const { result, said, phases } = await ran({ script: { watch: 'fails', diagnose } });
    expect(result).toMatchObject({ status: 'rolled-back', failure: failures.watch });
    expect(result.evidence).toBeUndefined();
    expect(said).toContain(told);
    expect(phases).toBe(`plan, apply, watch!, diagnose!, ${wayBackDone}`);
    const entry = result.timeline.find(({ name }) => name === 'diagnose');
    expect((entry?.end ?? 0) - (entry?.start ?? 0)).toBe(ms);
  });

  it('is shown in the log, before anything is undone', async () => {
    const { said, quoted } = await ran({ script: { watch: 'fails' } });
    expect(said).toContain('deploy/exited: web stopped instead of serving: exit code 3.');
    expect(said).toContain('last log lines of web:');
    expect(quoted).toEqual([
      'image: old -> new',
      'watch: starting',
      'web exited with code 3',
      'starting',
      'cannot open the database',
      'watch back: starting',
    ]);
  });
});

describe('a lock that cannot be given back', () => {
  it.each<[script: Script, status: string]>([
    [{}, 'deployed'],
    [{ watch: 'fails' }, 'rolled-back'],
    [{ watch: 'fails', rollback: 'fails' }, 'failed'],
  ])('does not hide how the deploy ended: %j', async (script, status) => {
    const { result, said } = await ran({ script: { ...script, unlock: 'fails' } });
    expect(result.status).toBe(status);
    expect(said).toContain('the lock was left behind: The connection to h was lost: reset.');
  });
});

test('whatever goes wrong whenever: the end is true, the lock is free, nothing runs on', async () => {
  const behaviour = fc.constantFrom(
    ...([undefined, 'fails', 'breaks', 'hangs', 'hangs, then breaks'] as const),
    ...(['hangs, then fails', 'ignores', 'crashes later'] as const),
  );
  const steps = 'hold,plan,apply,watch,prove,diagnose,rollback,watch back,prove back,finish'.split(
    ',',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.record(Object.fromEntries(steps.map((step) => [step, behaviour]))),
      fc.record({
        wayBack: fc.constantFrom('previous', 'remove', 'none'),
        rollback: fc.boolean(),
        cancel: fc.constantFrom(undefined, ...Object.keys(failures)),
      }),
      async (script, { cancel, ...circumstances }) => {
        // Nothing bounds the waits for a lock and for a plan but the target itself.
        if (script['hold']?.startsWith('hangs')) script['hold'] = 'fails';
        if (script['plan']?.startsWith('hangs')) script['plan'] = 'fails';
        const chosen = steps.find((step) => step === cancel);
        const { result, did, clock } = await run({
          ...circumstances,
          script,
          ...(isStep(chosen) ? { cancel: chosen } : {}),
        });
        expect(clock.sleeping()).toBe(0);
        expect(did.includes('unlock')).toBe(did.includes('plan'));
        if (!result) return expect(did).not.toContain('apply');
        const { status, serving, failure, proof } = result;
        expect(failure === undefined).toBe(status === 'deployed');
        expect(serving === 'new').toBe(status === 'deployed');
        expect(proof !== undefined).toBe(serving !== 'unknown');
        if (serving === 'old' || serving === 'nothing') expect(did).toContain('prove back');
        if (status === 'rolled-back') expect(serving).toBe('old');
        if (status === 'cancelled') expect(failure).toBe(cancelled);
      },
    ),
    { numRuns: 300 },
  );
});

function isStep(text: string | undefined): text is Step {
  return text !== undefined && Object.hasOwn(failures, text);
}
