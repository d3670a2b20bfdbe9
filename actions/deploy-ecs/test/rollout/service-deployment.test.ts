import type { ServiceDeployment, ServiceDeploymentStatus } from '@aws-sdk/client-ecs';
import { ServiceDeploymentStatus as statuses } from '@aws-sdk/client-ecs';
import { describe, expect, it } from '@jest/globals';
import type { RolloutState } from '@slipway/shared/deploy/target';
import { type Goal, hasReached } from '../../src/rollout/lifecycle.ts';
import { isOver, isRollingBack, stateOf } from '../../src/rollout/service-deployment.ts';
import { lifecycleStages } from '../../src/settings.ts';

const completed: Goal = { kind: 'completed' };
const back: Goal = { kind: 'rolled-back' };

// What a user would see: green, red with a code, or a line about the progress.
function seen(state: RolloutState): string {
  if (state.state === 'failed') return `${state.failure.code}: ${state.failure.message}`;
  return state.state === 'settled' ? 'settled' : `… ${state.text}`;
}

const codeOf = (state: RolloutState) =>
  state.state === 'failed' ? state.failure.code : state.state;

describe('every status of a service deployment', () => {
  const table: ReadonlyArray<[ServiceDeploymentStatus, string, string]> = [
    ['PENDING', 'progress', 'progress'],
    ['IN_PROGRESS', 'progress', 'progress'],
    ['SUCCESSFUL', 'settled', 'ecs/rollback-failed'],
    ['STOP_REQUESTED', 'ecs/stopped', 'progress'],
    ['STOPPED', 'ecs/stopped', 'ecs/rollback-failed'],
    ['ROLLBACK_REQUESTED', 'ecs/rolled-back', 'progress'],
    ['ROLLBACK_IN_PROGRESS', 'ecs/rolled-back', 'progress'],
    ['ROLLBACK_SUCCESSFUL', 'ecs/rolled-back', 'settled'],
    ['ROLLBACK_FAILED', 'ecs/rollback-failed', 'ecs/rollback-failed'],
  ];

  it('is in this table, as the SDK lists them', () => {
    expect(table.map(([status]) => status).sort()).toEqual(Object.values(statuses).sort());
  });

  it.each(table)('%s: forward %s, on the way back %s', (status, forward, backward) => {
    expect(codeOf(stateOf({ status }, completed))).toBe(forward);
    expect(codeOf(stateOf({ status }, back))).toBe(backward);
  });

  const newer = JSON.parse('{"status":"REBALANCING","lifecycleStage":"ORBIT"}');

  it.each([completed, back, { kind: 'paused' } as const, { kind: 'healthy' } as const])(
    'is said and never green where this version does not know it: %j',
    (goal) => {
      expect(seen(stateOf(newer, goal, { healthy: true }))).toBe('… REBALANCING, stage ORBIT');
      expect(seen(stateOf({}, goal, { healthy: true }))).toBe('… without a status');
    },
  );

  it('is over, or being taken back', () => {
    const over = table.filter(([status]) => isOver({ status })).map(([status]) => status);
    expect(over).toEqual(['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED']);
    const taken = table.filter(([status]) => isRollingBack({ status })).map(([status]) => status);
    expect(taken).toEqual(['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_SUCCESSFUL']);
  });
});

describe('wait-for a stage', () => {
  const cases = lifecycleStages.flatMap((at, i) =>
    lifecycleStages.map((stage, j) => ({ at, stage, there: i >= j })),
  );

  it.each(cases)('$stage, looked at in $at: $there', ({ at, stage, there }) => {
    const now: ServiceDeployment = JSON.parse(
      JSON.stringify({ status: 'IN_PROGRESS', lifecycleStage: at }),
    );
    expect(hasReached(now, stage)).toBe(there);
    expect(stateOf(now, { kind: 'stage', stage }).state).toBe(there ? 'settled' : 'progress');
  });

  it.each(['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS', 'STOP_REQUESTED'] as const)(
    'does not count in %s',
    (status) => {
      const now: ServiceDeployment = { status, lifecycleStage: 'BAKE_TIME' };
      expect(stateOf(now, { kind: 'stage', stage: 'POST_SCALE_UP' }).state).toBe('failed');
    },
  );

  it('is there at the end, though a rolling deployment has no stages', () => {
    expect(stateOf({ status: 'SUCCESSFUL' }, { kind: 'stage', stage: 'BAKE_TIME' }).state).toBe(
      'settled',
    );
    expect(stateOf({ status: 'IN_PROGRESS' }, { kind: 'stage', stage: 'BAKE_TIME' }).state).toBe(
      'progress',
    );
  });
});

describe('wait-for healthy', () => {
  const all = { requestedTaskCount: 2, runningTaskCount: 2, pendingTaskCount: 0 };
  const rows: ReadonlyArray<[string, ServiceDeployment, boolean]> = [
    ['one of two tasks', { targetServiceRevision: { ...all, runningTaskCount: 1 } }, false],
    [
      'two of two and one to come',
      { targetServiceRevision: { ...all, pendingTaskCount: 1 } },
      false,
    ],
    ['all of them', { targetServiceRevision: all }, true],
    ['nothing said about tasks', {}, false],
    [
      'all of them, which get no traffic yet',
      {
        targetServiceRevision: all,
        lifecycleStage: 'POST_SCALE_UP',
        deploymentConfiguration: { strategy: 'BLUE_GREEN' },
      },
      false,
    ],
    [
      'all of them, some traffic',
      {
        targetServiceRevision: all,
        lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
        deploymentConfiguration: { strategy: 'CANARY' },
      },
      false,
    ],
    [
      'all of them, all traffic, the old ones still there',
      {
        targetServiceRevision: all,
        lifecycleStage: 'BAKE_TIME',
        deploymentConfiguration: { strategy: 'LINEAR' },
      },
      true,
    ],
  ];

  it.each(rows)('%s', (_, now, there) => {
    const running: ServiceDeployment = { status: 'IN_PROGRESS', ...now };
    const state = stateOf(running, { kind: 'healthy' }, { healthy: true });
    expect(state.state).toBe(there ? 'settled' : 'progress');
  });

  it('waits for what the tasks themselves say', () => {
    const running: ServiceDeployment = { status: 'IN_PROGRESS', targetServiceRevision: all };
    expect(stateOf(running, { kind: 'healthy' }).state).toBe('progress');
    expect(
      seen(stateOf(running, { kind: 'healthy' }, { healthy: false, text: '1 of 2 is healthy' })),
    ).toBe('… IN_PROGRESS; 2 of 2 tasks run, 0 pending; 1 of 2 is healthy');
  });
});

describe('the test traffic', () => {
  const hook = { hookId: 'h-1', targetType: 'PAUSE', status: 'AWAITING_ACTION' } as const;
  const at = (lifecycleStage: string, hooks: ServiceDeployment['lifecycleHookDetails']) =>
    stateOf(
      {
        status: 'IN_PROGRESS',
        ...JSON.parse(JSON.stringify({ lifecycleStage })),
        lifecycleHookDetails: hooks,
      },
      { kind: 'paused' },
    ).state;

  it.each([
    ['the hook waits', 'POST_TEST_TRAFFIC_SHIFT', [hook], 'settled'],
    ['no hook yet', 'POST_TEST_TRAFFIC_SHIFT', [], 'progress'],
    ['a hook of an earlier stage waits', 'POST_SCALE_UP', [hook], 'progress'],
    [
      'a Lambda hook runs there',
      'POST_TEST_TRAFFIC_SHIFT',
      [{ ...hook, targetType: 'AWS_LAMBDA' } as const],
      'progress',
    ],
    [
      'the hook was continued',
      'POST_TEST_TRAFFIC_SHIFT',
      [{ ...hook, status: 'SUCCEEDED' } as const],
      'progress',
    ],
    ['somebody else continued it', 'PRE_PRODUCTION_TRAFFIC_SHIFT', [], 'settled'],
    ['it was over between two looks', 'PRODUCTION_TRAFFIC_SHIFT', [], 'settled'],
  ] as const)('%s', (_, stage, hooks, state) => {
    expect(at(stage, [...hooks])).toBe(state);
  });
});

describe('a share of the traffic', () => {
  it.each([
    [undefined, 'PRODUCTION_TRAFFIC_SHIFT', 'progress'],
    [0, 'PRODUCTION_TRAFFIC_SHIFT', 'progress'],
    [9.9, 'PRODUCTION_TRAFFIC_SHIFT', 'progress'],
    [10, 'PRODUCTION_TRAFFIC_SHIFT', 'settled'],
    [100, 'PRODUCTION_TRAFFIC_SHIFT', 'settled'],
    [undefined, 'BAKE_TIME', 'settled'],
  ] as const)('%s %% in %s: %s', (weight, lifecycleStage, state) => {
    const now: ServiceDeployment = {
      status: 'IN_PROGRESS',
      lifecycleStage,
      targetServiceRevision: { requestedProductionTrafficWeight: weight },
    };
    expect(stateOf(now, { kind: 'share', percent: 10 }).state).toBe(state);
  });
});

describe('what is said', () => {
  it('of the progress: tasks, traffic, failures, and who has to go on', () => {
    const text = seen(
      stateOf(
        {
          status: 'IN_PROGRESS',
          lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
          targetServiceRevision: {
            requestedTaskCount: 4,
            runningTaskCount: 3,
            pendingTaskCount: 1,
            requestedTestTrafficWeight: 100,
            requestedProductionTrafficWeight: 0,
          },
          deploymentCircuitBreaker: { status: 'MONITORING', failureCount: 1, threshold: 3 },
          lifecycleHookDetails: [
            {
              hookId: 'h-1',
              targetType: 'PAUSE',
              status: 'AWAITING_ACTION',
              expiresAt: new Date('2026-11-28T06:00:00Z'),
              timeoutAction: 'ROLLBACK',
            },
          ],
        },
        completed,
      ),
    );
    expect(text).toBe(
      '… IN_PROGRESS, stage POST_TEST_TRAFFIC_SHIFT; 3 of 4 tasks run, 1 pending; 100 % of the test traffic; 0 % of the production traffic; circuit breaker counts 1 of 3 failed tasks; paused until somebody continues hook h-1 or, at 2026-11-28T06:00:00.000Z, ROLLBACK',
    );
  });

  it('of an end: everything that ECS knows about it, once', () => {
    expect(
      seen(
        stateOf(
          {
            status: 'ROLLBACK_IN_PROGRESS',
            statusReason: 'Deployment rolled back due to the circuit breaker.',
            rollback: { reason: 'Deployment rolled back due to the circuit breaker.' },
            deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
          },
          completed,
        ),
      ),
    ).toBe(
      'ecs/rolled-back: ECS rolled this deployment back by itself: Deployment rolled back due to the circuit breaker; circuit breaker counts 3 of 3 failed tasks.',
    );
    expect(
      seen(
        stateOf(
          {
            status: 'ROLLBACK_SUCCESSFUL',
            alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['shop-5xx'] },
            lifecycleHookDetails: [
              { hookId: 'h-2', targetType: 'PAUSE', status: 'TIMED_OUT' },
              { hookId: 'h-3', targetType: 'PAUSE', status: 'SUCCEEDED' },
            ],
          },
          completed,
        ),
      ),
    ).toBe(
      'ecs/rolled-back: ECS rolled this deployment back by itself: alarm shop-5xx went off; lifecycle hook h-2 TIMED_OUT.',
    );
    expect(seen(stateOf({ status: 'STOPPED' }, completed))).toBe(
      'ecs/stopped: The deployment was stopped before it was over: its status is STOPPED, and ECS gives no reason.',
    );
  });
});
