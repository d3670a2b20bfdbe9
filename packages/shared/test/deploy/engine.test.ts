import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { closingLine, deploySummary } from '../../src/deploy/report.ts';
import {
  evidence,
  failures,
  left,
  moment,
  type Phase,
  type Script,
  suspicion,
} from './fake-target.ts';
import { type Circumstances, cancelled, runFake as run, timeout } from './run-fake.ts';

const rollbackDone = 'rollback, watch (rollback), prove (rollback)';

describe('a deploy that goes well', () => {
  it('is deployed once the new version is proven', async () => {
    const { result, did, phases } = await run({});
    expect(result).toMatchObject({
      target: 'web-1:/srv/app',
      status: 'deployed',
      serving: 'new',
      proof: { url: 'http://web-1' },
      failure: undefined,
      rollbackFailure: undefined,
      evidence: undefined,
    });
    expect(did).toBe('lock plan apply watch prove clean up unlock');
    expect(phases).toBe('lock, plan, apply, watch, prove');
  });

  it('says how long each phase and the whole took', async () => {
    const { result, said } = await run({});
    expect(result.timeline.map(({ name, start, end }) => [name, start, end])).toEqual([
      ['lock', 0, 1_000],
      ['plan', 1_000, 2_000],
      ['apply', 2_000, 3_000],
      ['watch', 3_000, 4_000],
      ['prove', 4_000, 5_000],
    ]);
    expect(result.duration).toBe(3_000);
    expect(said).toEqual([
      'done: lock (1.0 s)',
      'done: plan (1.0 s)',
      'done: apply (1.0 s)',
      'done: watch (1.0 s)',
      'done: prove (1.0 s)',
    ]);
  });

  it('is unchanged when the plan changes nothing, but applied and proven all the same', async () => {
    const { result, did } = await run({ same: true });
    expect(result).toMatchObject({ status: 'unchanged', serving: 'new' });
    expect(did).toBe('lock plan apply watch prove clean up unlock');
  });

  it.each([
    ['fails', 'clean-up was left undone: The connection to h was lost: reset.'],
    ['breaks', 'clean-up was left undone: x is not a function'],
    ['hangs', 'clean-up was left undone: the time limit of 60000 ms was reached'],
  ] as const)('stays green when the clean-up %s', async (cleanUp, told) => {
    const { result, said, did } = await run({ script: { 'clean up': cleanUp } });
    expect(result).toMatchObject({ status: 'deployed', failure: undefined });
    expect(said).toContain(told);
    expect(did).toMatch(/unlock$/);
  });

  it('checks first, before it waits for the lock', async () => {
    const { did, phases } = await run({ checks: true });
    expect(did).toBe('check lock plan apply watch prove clean up unlock');
    expect(phases).toBe('check, lock, plan, apply, watch, prove');
  });

  it('needs no lock', async () => {
    const { result, did } = await run({ lockless: true });
    expect(result).toMatchObject({ status: 'deployed' });
    expect(did).toBe('plan apply watch prove clean up');
  });
});

describe('a dry run', () => {
  it.each([
    ['previous', 'old', ' and serves the version before (app@sha256:old)'],
    ['nothing', 'nothing', ' and serves nothing, as before this run'],
    ['none', 'unchanged', ''],
  ] as const)(
    'takes no lock and writes nothing (rollback: %s)',
    async (rollbackTo, serving, what) => {
      const { result, did } = await run({ dryRun: true, rollbackTo });
      expect(result).toMatchObject({ status: 'planned', serving, proof: undefined });
      expect(did).toBe('plan');
      expect(closingLine(result)).toBe(`planned: web-1:/srv/app was not changed${what}.`);
    },
  );

  it('fails like a real one when the plan fails', async () => {
    const { result } = await run({ dryRun: true, script: { plan: 'fails' } });
    expect(result).toMatchObject({
      status: 'failed',
      serving: 'unchanged',
      failure: failures.plan,
    });
    expect(closingLine(result)).toBe('failed: web-1:/srv/app was not changed.');
  });
});

describe('what fails before the first write has changed nothing, and nothing is undone', () => {
  it.each<[script: Script, code: string, did: string]>([
    [{ check: 'fails' }, 'image/not-found', 'check'],
    [{ lock: 'fails' }, 'ssh/locked', 'check lock'],
    [{ plan: 'fails' }, 'ssh/tools', 'check lock plan unlock'],
    [{ plan: 'fails', unlock: 'fails' }, 'ssh/tools', 'check lock plan unlock'],
  ])('%j', async (script, code, did) => {
    const { result, did: begun } = await run({ script, checks: true });
    expect(result).toMatchObject({ status: 'failed', serving: 'unchanged', failure: { code } });
    expect(closingLine(result)).toBe('failed: web-1:/srv/app was not changed.');
    expect(begun).toBe(did);
  });
});

describe('preparing', () => {
  it('comes before the change', async () => {
    const { result, did } = await run({ prepares: true });
    expect(result.status).toBe('deployed');
    expect(did).toBe('lock plan prepare apply watch prove clean up unlock');
  });

  it.each<[circumstances: Circumstances, status: string, code: string]>([
    [{ script: { prepare: 'fails' } }, 'failed', 'ssh/command'],
    [{ script: { prepare: 'breaks' } }, 'failed', 'deploy/unexpected'],
    [{ script: { prepare: 'hangs' } }, 'failed', 'deploy/timeout'],
    [{ script: { prepare: 'hangs' }, cancel: 'prepare' }, 'cancelled', 'action/cancelled'],
  ])(
    'that fails needs no rollback, as nothing that serves was touched (%j)',
    async (c, status, code) => {
      const { result, did, told } = await run({ ...c, prepares: true });
      expect(result).toMatchObject({ status, serving: 'old', failure: { code } });
      const diagnosed = status === 'failed' ? ' diagnose' : '';
      expect(did).toBe(`lock plan prepare${diagnosed} clean up unlock`);
      expect(told).toEqual([...(diagnosed ? ['diagnose prepare'] : []), 'clean up not-changed']);
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
    const { result, did } = await run(circumstances);
    expect(result.status).toBe('deployed');
    expect(did).toBe('lock plan prepare migrate apply watch prove clean up unlock');
  });

  it.each<[circumstances: Circumstances, status: string, code: string]>([
    [{ script: { migrate: 'fails' } }, 'failed', 'ssh/command'],
    [{ script: { migrate: 'breaks' } }, 'failed', 'deploy/unexpected'],
    [{ script: { migrate: 'hangs' }, migrateTimeout: 60_000 }, 'failed', 'deploy/migrate-timeout'],
    [{ cancel: 'migrate' }, 'cancelled', 'action/cancelled'],
  ])('that fails is diagnosed and leaves what serves alone (%j)', async (c, status, code) => {
    const { result, did, told } = await run({ ...c, migrates: true });
    expect(result).toMatchObject({ status, serving: 'old', failure: { code } });
    const diagnosed = status === 'failed' ? ' diagnose' : '';
    expect(did).toBe(`lock plan migrate${diagnosed} clean up unlock`);
    expect(told).toEqual([...(diagnosed ? ['diagnose migrate'] : []), 'clean up not-changed']);
    expect(closingLine(result)).toBe(
      `${status}: web-1:/srv/app was not changed and serves the version before (app@sha256:old).`,
    );
  });
});

const failing = [
  ['apply', 'ssh/command', 'lock plan apply', 'lock, plan, apply!'],
  ['watch', 'deploy/exited', 'lock plan apply watch', 'lock, plan, apply, watch!'],
  ['prove', 'deploy/unproven', 'lock plan apply watch prove', 'lock, plan, apply, watch, prove!'],
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
      'the version before is restored and proven',
      {},
      'rolled-back',
      'old',
      undefined,
      'rollback watch rollback prove rollback clean up',
      rollbackDone,
    ],
    [
      'a first version is removed, and that is proven',
      { rollbackTo: 'nothing' },
      'failed',
      'nothing',
      undefined,
      'rollback watch rollback prove rollback clean up',
      rollbackDone,
    ],
    ['there is no rollback', { rollbackTo: 'none' }, 'failed', 'unknown', undefined, '', ''],
    ['no rollback is wanted', { rollback: false }, 'failed', 'unknown', undefined, '', ''],
    [
      'the rollback fails too',
      { script: { rollback: 'fails' } },
      'failed',
      'unknown',
      'ssh/unreachable',
      'rollback',
      'rollback!',
    ],
    [
      'the old version does not come up again',
      { script: { 'watch rollback': 'fails' } },
      'failed',
      'unknown',
      'deploy/unhealthy',
      'rollback watch rollback',
      'rollback, watch (rollback)!',
    ],
    [
      'the old version is not proven',
      { script: { 'prove rollback': 'fails' } },
      'failed',
      'unknown',
      'deploy/unproven',
      'rollback watch rollback prove rollback',
      'rollback, watch (rollback), prove (rollback)!',
    ],
    [
      'a first version cannot be removed',
      { rollbackTo: 'nothing', script: { rollback: 'breaks' } },
      'failed',
      'unknown',
      'deploy/unexpected',
      'rollback',
      'rollback!',
    ],
  ])('%s', async (_, more, status, serving, backCode, didThen, phasesThen) => {
    const circumstances = { ...more, script: { ...more.script, [step]: 'fails' as const } };
    const { result, did, phases, clock } = await run(circumstances);
    expect(result).toMatchObject({ status, serving, evidence, duration: undefined });
    expect(result.failure?.code).toBe(code);
    expect(result.rollbackFailure?.code).toBe(backCode);
    expect(result.proof === undefined).toBe(serving === 'unknown');
    expect(did).toBe([before, 'diagnose', didThen, 'unlock'].filter(Boolean).join(' '));
    expect(phases).toBe([phasesBefore, 'diagnose', phasesThen].filter(Boolean).join(', '));
    expect(clock.sleeping()).toBe(0);
  });

  it('by a bug of ours, the rollback is taken all the same', async () => {
    const { result } = await run({ script: { [step]: 'breaks' } });
    expect(result).toMatchObject({ status: 'rolled-back', serving: 'old' });
    expect(result.failure).toMatchObject({
      code: 'deploy/unexpected',
      message: `Phase ${step} hit an error that the action does not know: x is not a function`,
    });
  });
});

describe('a version that crashes while it is being proven', () => {
  it('has failed then, not when the time is up', async () => {
    const { result, phases } = await run({ script: { watch: 'crashes later', prove: 'hangs' } });
    expect(result).toMatchObject({ status: 'rolled-back', failure: failures.watch });
    expect(phases).toBe(`lock, plan, apply, watch, prove!, diagnose, ${rollbackDone}`);
    const prove = result.timeline.find(({ name }) => name === 'prove');
    expect((prove?.end ?? 0) - (prove?.start ?? 0)).toBeLessThan(8_000);
  });

  it('is watched without saying the same thing at every look', async () => {
    const { quoted } = await run({ script: { watch: 'crashes later', prove: 'hangs' } });
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
  ])('the reason is told, and the rollback has its time: %j', async (script, code, message) => {
    const { result, clock } = await run({ script });
    expect(result).toMatchObject({ status: 'rolled-back', serving: 'old', failure: { code } });
    expect(result.failure?.message).toBe(message);
    const failed = result.timeline.findIndex(({ ok }) => !ok);
    const end = 2_000 + timeout;
    expect([end, end + moment]).toContain(result.timeline[failed]?.end);
    expect(clock.sleeping()).toBe(0);
  });

  it.each<[script: Script, code: string]>([
    [{ watch: 'hangs' }, 'deploy/timeout'],
    [{ prove: 'hangs, then fails' }, 'deploy/unproven'],
  ])('what is against the new version by then is told as well: %j', async (script, code) => {
    const { result } = await run({ script: { ...script, diagnose: 'suspects' } });
    expect(result).toMatchObject({ status: 'rolled-back', failure: { code } });
    expect(result.failure?.message.split('\n').at(-1)).toBe(
      `deploy/unhealthy: ${suspicion.message}`,
    );
  });

  it('a failure that is known says enough by itself', async () => {
    const { result } = await run({ script: { watch: 'fails', diagnose: 'suspects' } });
    expect(result.failure?.message).toBe(failures.watch.message);
  });

  it.each<[script: Script, phase: string]>([
    [{ apply: 'fails', rollback: 'hangs' }, 'rollback'],
    [{ apply: 'fails', 'watch rollback': 'hangs' }, 'watch (rollback)'],
    [{ apply: 'fails', 'prove rollback': 'hangs' }, 'prove (rollback)'],
  ])('on the rollback, it ends too: %j', async (script, phase) => {
    const { result, did } = await run({ script });
    expect(result).toMatchObject({ status: 'failed', serving: 'unknown', failure: failures.apply });
    expect(result.rollbackFailure?.code).toBe('deploy/timeout');
    expect(result.rollbackFailure?.message).toContain(`phase ${phase}.`);
    expect(did).toMatch(/unlock$/);
  });
});

describe('a cancelled run', () => {
  const old = 'serves the version before (app@sha256:old)';
  const proven = 'proven by http://web-1/health answering 200';

  it.each<[cancel: Phase, did: string]>([
    ['check', 'check'],
    ['lock', 'check lock'],
    ['plan', 'check lock plan unlock'],
  ])('that changed nothing yet just ends: during %s', async (cancel, did) => {
    const end = await run({ cancel, checks: true });
    expect(end.result).toMatchObject({ status: 'cancelled', failure: cancelled });
    expect(end.did).toBe(did);
  });

  it('does not begin to write when the plan took no notice', async () => {
    const end = await run({ cancel: 'plan', script: { plan: 'ignores' } });
    expect(end.result).toMatchObject({ status: 'cancelled', serving: 'old', failure: cancelled });
    expect(end.did).toBe('lock plan unlock');
  });

  it.each<[cancel: Phase, script: Script]>([
    ['apply', {}],
    ['watch', {}],
    ['prove', {}],
    ['apply', { apply: 'hangs, then breaks' }],
    ['watch', { watch: 'hangs, then fails' }],
    ['prove', { prove: 'hangs, then fails' }],
  ])('takes the rollback at once: during %s %j', async (cancel, script) => {
    const { result, did, phases, clock } = await run({ cancel, script });
    expect(result).toMatchObject({ status: 'cancelled', serving: 'old', failure: cancelled });
    expect(result.evidence).toBeUndefined();
    expect(did).toMatch(/ rollback watch rollback prove rollback clean up unlock$/);
    expect(did).not.toContain('diagnose');
    expect(phases).toMatch(/!, rollback, watch \(rollback\), prove \(rollback\)$/);
    expect(closingLine(result)).toBe(`cancelled: web-1:/srv/app ${old}, ${proven}.`);
    expect(clock.sleeping()).toBe(0);
  });

  it.each<[what: string, circumstances: Circumstances, status: string, closing: string]>([
    [
      'with a first version',
      { rollbackTo: 'nothing' },
      'cancelled',
      `cancelled: web-1:/srv/app serves nothing, as before this run, ${proven}.`,
    ],
    [
      'without a rollback',
      { rollbackTo: 'none' },
      'cancelled',
      'cancelled: web-1:/srv/app is not proven to serve anything; ' +
        'there is no rollback: the version before is gone.',
    ],
    [
      'that wants no rollback',
      { rollback: false },
      'cancelled',
      'cancelled: web-1:/srv/app is not proven to serve anything; ' +
        'there is no rollback: input rollback is false.',
    ],
    [
      'whose rollback fails',
      { script: { rollback: 'fails' } },
      'failed',
      'failed: web-1:/srv/app is not proven to serve anything; ' +
        'the rollback failed: h could not be reached: no route.',
    ],
  ])('%s says what serves', async (_, circumstances, status, closing) => {
    const { result } = await run({ ...circumstances, cancel: 'watch' });
    expect(result).toMatchObject({ status, failure: cancelled });
    expect(closingLine(result)).toBe(closing);
  });

  it.each<[leaves: Phase, done: string]>([
    ['rollback', 'rollback!'],
    ['watch rollback', 'rollback, watch (rollback)!'],
  ])('does not wait for what the platform ends by itself: %s', async (leaves, done) => {
    const { result, phases, said } = await run({
      cancel: 'watch',
      script: { [leaves]: 'is left' },
    });
    expect(result).toMatchObject({ status: 'cancelled', failure: cancelled, serving: 'unknown' });
    expect(result.rollbackFailure).toBeUndefined();
    expect(phases).toMatch(new RegExp(`${done.replace(/[()]/g, '\\$&')}$`));
    expect(said.at(-1)).toBe(left);
    expect(closingLine(result)).toBe(
      `cancelled: web-1:/srv/app is not proven to serve anything; ${left}.`,
    );
    expect(deploySummary(result)).toContain('none; the rollback to app&#58;1 has begun');
  });

  it('looks no longer for the reason of a failure, and rolls back', async () => {
    const { result, phases } = await run({
      cancel: 'diagnose',
      script: { watch: 'fails', diagnose: 'hangs' },
    });
    expect(result).toMatchObject({ status: 'rolled-back', failure: failures.watch });
    const diagnose = result.timeline.find(({ name }) => name === 'diagnose');
    expect((diagnose?.end ?? 0) - (diagnose?.start ?? 0)).toBe(500);
    expect(phases).toBe(`lock, plan, apply, watch!, diagnose!, ${rollbackDone}`);
  });

  it.each<Phase>(['rollback', 'watch rollback', 'prove rollback'])(
    'does not stop the rollback from a failure: during %s',
    async (cancel) => {
      const { result, did } = await run({ cancel, script: { prove: 'fails' } });
      expect(result).toMatchObject({ status: 'rolled-back', serving: 'old', evidence });
      expect(result.failure).toBe(failures.prove);
      expect(did).toMatch(/ rollback watch rollback prove rollback clean up unlock$/);
    },
  );

  it('that is proven already stays deployed', async () => {
    const { result } = await run({ cancel: 'clean up' });
    expect(result).toMatchObject({ status: 'deployed', serving: 'new', failure: undefined });
  });
});

describe('diagnosis is a help, never a second failure', () => {
  it.each([
    ['fails', 1_000, 'no diagnosis: The connection to h was lost: reset.'],
    ['breaks', 1_000, 'no diagnosis: x is not a function'],
    ['hangs', 10_000, 'no diagnosis: the time limit of 10000 ms was reached'],
  ] as const)('when it %s', async (diagnose, ms, told) => {
    const { result, said, phases } = await run({ script: { watch: 'fails', diagnose } });
    expect(result).toMatchObject({ status: 'rolled-back', failure: failures.watch });
    expect(result.evidence).toBeUndefined();
    expect(said).toContain(told);
    expect(phases).toBe(`lock, plan, apply, watch!, diagnose!, ${rollbackDone}`);
    const entry = result.timeline.find(({ name }) => name === 'diagnose');
    expect((entry?.end ?? 0) - (entry?.start ?? 0)).toBe(ms);
  });

  it('is shown in the log, before anything is undone', async () => {
    const { said, quoted } = await run({
      script: { watch: 'fails', 'watch rollback': 'says' },
    });
    expect(said).toContain('deploy/exited: web stopped instead of serving: exit code 3.');
    expect(said).toContain('last log lines of web:');
    expect(quoted).toEqual([
      'image: old -> new',
      'watch: starting',
      'web exited with code 3',
      'starting',
      'cannot open the database',
      'watch rollback: starting',
    ]);
  });
});

describe('a lock that cannot be given back', () => {
  it.each<[script: Script, status: string]>([
    [{}, 'deployed'],
    [{ watch: 'fails' }, 'rolled-back'],
    [{ watch: 'fails', rollback: 'fails' }, 'failed'],
  ])('does not hide how the deploy ended: %j', async (script, status) => {
    const { result, said } = await run({ script: { ...script, unlock: 'fails' } });
    expect(result.status).toBe(status);
    expect(said).toContain('the lock was left behind: The connection to h was lost: reset.');
  });
});

test('whatever goes wrong whenever: the end is true, the lock is free, nothing runs on', async () => {
  const behaviour = fc.constantFrom(
    ...([undefined, 'fails', 'breaks', 'hangs', 'hangs, then breaks'] as const),
    ...(['hangs, then fails', 'ignores', 'crashes later'] as const),
  );
  const steps =
    'lock,plan,apply,watch,prove,diagnose,rollback,watch rollback,prove rollback,clean up'.split(
      ',',
    );
  await fc.assert(
    fc.asyncProperty(
      fc.record(Object.fromEntries(steps.map((step) => [step, behaviour]))),
      fc.record({
        rollbackTo: fc.constantFrom('previous', 'nothing', 'none'),
        rollback: fc.boolean(),
        steps: fc.constantFrom(1, 2, 3),
        bake: fc.constantFrom(0, 60_000),
        checks: fc.boolean(),
        prepares: fc.boolean(),
        migrates: fc.boolean(),
        cancel: fc.constantFrom(undefined, ...Object.keys(failures)),
      }),
      async (script, { cancel, ...circumstances }) => {
        const chosen = steps.find((step) => step === cancel);
        const { result, did, clock } = await run({
          ...circumstances,
          script,
          ...(isPhase(chosen) ? { cancel: chosen } : {}),
        });
        expect(clock.sleeping()).toBe(0);
        expect(did.includes('unlock')).toBe(/\bplan\b/.test(did));
        const { status, serving, failure, proof } = result;
        expect(failure === undefined).toBe(status === 'deployed');
        expect(serving === 'new').toBe(status === 'deployed');
        const touched = did.includes('apply');
        expect(proof !== undefined).toBe(touched && serving !== 'unknown');
        if (touched) expect(serving).not.toBe('unchanged');
        if (touched && serving === 'old') expect(did).toContain('prove rollback');
        if (status === 'rolled-back') expect(serving).toBe('old');
        if (status === 'cancelled') expect(failure).toBe(cancelled);
      },
    ),
    { numRuns: 300 },
  );
});

function isPhase(text: string | undefined): text is Phase {
  return text !== undefined && Object.hasOwn(failures, text);
}
