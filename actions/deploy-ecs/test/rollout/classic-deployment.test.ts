import type { Deployment } from '@aws-sdk/client-ecs';
import { describe, expect, it } from '@jest/globals';
import type { RolloutState } from '@slipway/shared/deploy/target';
import { stateByDeployments } from '../../src/rollout/classic-deployment.ts';
import type { Goal } from '../../src/rollout/lifecycle.ts';

const watched = { deployment: { id: 'ecs-svc/2', taskDefinition: 'shop:2' }, previous: 'shop:1' };
const completed: Goal = { kind: 'completed' };

const ours: Deployment = {
  id: 'ecs-svc/2',
  status: 'PRIMARY',
  taskDefinition: 'shop:2',
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
};
const old: Deployment = {
  id: 'ecs-svc/1',
  status: 'ACTIVE',
  taskDefinition: 'shop:1',
  desiredCount: 0,
  runningCount: 1,
  pendingCount: 0,
};

function seen(state: RolloutState): string {
  if (state.state === 'failed') return `${state.failure.code}: ${state.failure.message}`;
  return state.state === 'settled' ? 'settled' : `… ${state.text}`;
}

const look = (deployments: Deployment[], goal: Goal = completed, healthy?: boolean) =>
  seen(
    stateByDeployments(
      { deployments },
      watched,
      goal,
      healthy === undefined
        ? undefined
        : healthy
          ? { healthy }
          : { healthy, text: '1 of 2 is healthy' },
    ),
  );

describe('a deployment by its rollout state', () => {
  it.each([
    ['COMPLETED is the end', { ...ours, rolloutState: 'COMPLETED' }, 'settled'],
    [
      'IN_PROGRESS is never green, though all tasks run',
      { ...ours, rolloutState: 'IN_PROGRESS' },
      '… IN_PROGRESS; 2 of 2 tasks run, 0 pending',
    ],
    [
      'IN_PROGRESS with failed tasks says so',
      { ...ours, rolloutState: 'IN_PROGRESS', runningCount: 0, pendingCount: 1, failedTasks: 2 },
      '… IN_PROGRESS; 0 of 2 tasks run, 1 pending; 2 failed',
    ],
    [
      'FAILED is red at once, with the reason',
      {
        ...ours,
        rolloutState: 'FAILED',
        rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
      },
      'ecs/rollout-failed: ECS gave the deployment up: ECS deployment circuit breaker: tasks failed to start.',
    ],
    [
      'FAILED without a reason is red too',
      { ...ours, rolloutState: 'FAILED' },
      'ecs/rollout-failed: ECS gave the deployment up: ECS gives no reason.',
    ],
  ] satisfies Array<[string, Deployment, string]>)('%s', (_, deployment, text) => {
    expect(look([deployment])).toBe(text);
  });

  it('is never green in a state of tomorrow', () => {
    const tomorrow: Deployment = JSON.parse(JSON.stringify({ ...ours, rolloutState: 'RESTING' }));
    expect(look([tomorrow])).toBe('… RESTING; 2 of 2 tasks run, 0 pending');
  });
});

describe('a deployment that is not the first one any more', () => {
  const running: Deployment = { ...old, status: 'PRIMARY', desiredCount: 2, runningCount: 2 };

  it.each([
    ['left the list', [running]],
    ['is there and drains', [running, { ...ours, status: 'ACTIVE' }]],
  ])('%s, the version before is back: ECS rolled it back', (_, deployments) => {
    expect(look(deployments)).toBe(
      'ecs/rolled-back: ECS rolled this deployment back by itself: it runs shop:1 again.',
    );
  });

  it('says the reason of ECS', () => {
    const rolloutStateReason = 'ECS deployment circuit breaker: rolling back to deploymentId 1.';
    expect(look([{ ...running, rolloutStateReason }])).toBe(
      'ecs/rolled-back: ECS rolled this deployment back by itself: ECS deployment circuit breaker: rolling back to deploymentId 1.',
    );
  });

  it('another version is there: somebody else deployed', () => {
    const other: Deployment = { ...ours, id: 'ecs-svc/3', taskDefinition: 'shop:3' };
    for (const rest of [[], [{ ...ours, status: 'INACTIVE' }]]) {
      expect(look([other, ...rest])).toBe(
        'ecs/superseded: Another deployment has replaced this one, and was left alone. The service is set to run shop:3.',
      );
    }
  });

  it('nothing is there: that is no success', () => {
    expect(look([])).toMatch(/^ecs\/superseded: .* nothing\.$/);
  });

  it('a new deployment of the same task definition is no rollback', () => {
    const again = { ...watched, previous: 'shop:2' };
    const other: Deployment = { ...ours, id: 'ecs-svc/3' };
    expect(seen(stateByDeployments({ deployments: [other] }, again, completed))).toMatch(
      /^ecs\/superseded/,
    );
  });
});

describe('a deployment without a rollout state, by its tasks', () => {
  it.each([
    ['all run and nothing else does', [ours], 'settled'],
    ['none is wanted and none runs', [{ ...ours, desiredCount: 0, runningCount: 0 }], 'settled'],
    ['an old one runs', [ours, old], '… in progress; 2 of 2 tasks run, 0 pending; 1 old tasks run'],
    [
      'one is missing',
      [{ ...ours, runningCount: 1, pendingCount: 1 }],
      '… in progress; 1 of 2 tasks run, 1 pending',
    ],
    [
      'no counts',
      [{ id: 'ecs-svc/2', status: 'PRIMARY' }],
      '… in progress; 0 of 0 tasks run, 0 pending',
    ],
  ] satisfies Array<[string, Deployment[], string]>)('%s', (_, deployments, text) => {
    expect(look(deployments)).toBe(text);
  });
});

describe('wait-for healthy without service deployments', () => {
  const running: Deployment = { ...ours, rolloutState: 'IN_PROGRESS' };
  const healthy: Goal = { kind: 'healthy' };

  it('is over when every new task is healthy, though old ones drain', () => {
    expect(look([running, old], healthy, true)).toBe('settled');
  });

  it('waits for a task that is not', () => {
    expect(look([running, old], healthy, false)).toBe(
      '… IN_PROGRESS; 2 of 2 tasks run, 0 pending; 1 old tasks run; 1 of 2 is healthy',
    );
    expect(look([{ ...running, runningCount: 1 }], healthy, true)).toMatch(
      /^… IN_PROGRESS; 1 of 2/,
    );
  });
});
