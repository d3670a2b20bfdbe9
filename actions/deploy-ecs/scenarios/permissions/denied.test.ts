import { beforeAll, describe, expect, it } from '@jest/globals';
import { eachLimited } from '@slipway/shared/concurrency/each-limited';
import type { Call } from '../../../../packages/local-cloud/src/aws/permissions.ts';
import type { StepResult } from '../../../../packages/local-cloud/src/runner.ts';
import permissions from '../../src/api/permissions.json' with { type: 'json' };
import { place, type World } from '../world.ts';
import { openWay, versions, ways } from './ways.ts';

/** What becomes of a run without one permission. */
interface Row {
  denied: string;
  way: keyof typeof ways;
  /** Output `reason`; none: the run is green. */
  reason?: string;
  /** What is said, once, of what is done without the permission. */
  so?: RegExp;
  serves: 'old' | 'new' | 'nothing';
}

const denied = 'ecs/denied';
const unchanged = { reason: denied, serves: 'old' } as const;
const rows: readonly Row[] = [
  { denied: 'ecs:DescribeServices', way: 'plain', ...unchanged },
  { denied: 'ecs:CreateService', way: 'created', reason: denied, serves: 'nothing' },
  { denied: 'ecs:UpdateService', way: 'plain', ...unchanged },
  {
    denied: 'ecs:DeleteService',
    way: 'removed',
    reason: 'ecs/task-exited',
    so: /^the rollback failed: .* may not ecs:DeleteService on/,
    serves: 'nothing',
  },
  { denied: 'ecs:DescribeTaskDefinition', way: 'plain', ...unchanged },
  { denied: 'ecs:RegisterTaskDefinition', way: 'plain', ...unchanged },
  { denied: 'ecs:TagResource', way: 'plain', ...unchanged },
  { denied: 'iam:PassRole', way: 'plain', ...unchanged },
  {
    denied: 'ecs:DescribeServiceDeployments',
    way: 'plain',
    so: /So the rollout is followed by the deployments that the service lists/,
    serves: 'new',
  },
  {
    denied: 'ecs:DescribeServiceDeployments',
    way: 'bad',
    reason: 'ecs/task-exited',
    so: /So the rollout is followed by the deployments that the service lists/,
    serves: 'old',
  },
  { denied: 'ecs:DescribeServiceDeployments', way: 'tested', ...unchanged },
  {
    denied: 'ecs:DescribeServiceRevisions',
    way: 'takenOver',
    so: /So what the deployment in flight brings, and what served before it, is read/,
    serves: 'new',
  },
  {
    denied: 'ecs:StopServiceDeployment',
    way: 'bad',
    reason: 'ecs/task-exited',
    so: /So the service is updated instead/,
    serves: 'old',
  },
  { denied: 'ecs:ContinueServiceDeployment', way: 'tested', ...unchanged },
  {
    denied: 'ecs:ListTasks',
    way: 'healthy',
    so: /So a failure is only seen once ECS itself gives up, and healthy once/,
    serves: 'new',
  },
  { denied: 'ecs:ListTasks', way: 'broken', reason: 'ecs/rolled-back', serves: 'old' },
  { denied: 'ecs:DescribeTasks', way: 'broken', reason: 'ecs/rolled-back', serves: 'old' },
  {
    denied: 'ecs:DescribeTasks',
    way: 'healthy',
    so: /So a failure is only seen once ECS itself gives up, and healthy once/,
    serves: 'new',
  },
  {
    denied: 'ecs:DescribeTasks',
    way: 'good',
    so: /run-before: the task \w+ was told to stop/,
    ...unchanged,
  },
  { denied: 'ecs:RunTask', way: 'good', ...unchanged },
  {
    denied: 'ecs:StopTask',
    way: 'cancelled',
    reason: 'action/cancelled',
    so: /could not be stopped and runs on: .* may not ecs:StopTask on/,
    serves: 'old',
  },
  {
    denied: 'ecs:ListTaskDefinitions',
    way: 'good',
    so: /clean-up was left undone: .* may not ecs:ListTaskDefinitions on/,
    serves: 'new',
  },
  {
    denied: 'ecs:DeregisterTaskDefinition',
    way: 'good',
    so: /clean-up was left undone: .* may not ecs:DeregisterTaskDefinition on/,
    serves: 'new',
  },
  {
    denied: 'logs:GetLogEvents',
    way: 'good',
    so: /The log of the task cannot be shown: .* may not logs:GetLogEvents on/,
    serves: 'new',
  },
  {
    denied: 'logs:GetLogEvents',
    way: 'bad',
    reason: 'ecs/task-exited',
    so: /not found out: .* may not logs:GetLogEvents on/,
    serves: 'old',
  },
  {
    denied: 'elasticloadbalancing:DescribeTargetHealth',
    way: 'healthy',
    so: /So healthy is only seen once ECS has completed the rollout/,
    serves: 'new',
  },
  {
    denied: 'elasticloadbalancing:DescribeTargetHealth',
    way: 'bad',
    reason: 'ecs/task-exited',
    so: /not found out: .* may not elasticloadbalancing:DescribeTargetHealth on/,
    serves: 'old',
  },
  { denied: 'elasticloadbalancing:DescribeTargetGroups', way: 'good', ...unchanged },
  { denied: 'elasticloadbalancing:DescribeLoadBalancers', way: 'good', ...unchanged },
  { denied: 'elasticloadbalancing:DescribeListeners', way: 'good', ...unchanged },
];

describe('a permission that the role lacks', () => {
  const ended = new Map<Row, Ended>();
  beforeAll(async () => {
    const errors = await eachLimited(rows, { limit: 6, whatever: true }, async (row) => {
      ended.set(row, await gone(row));
    });
    expect(errors).toEqual([]);
  }, 180_000);

  it('is one of the list, and each of the list is here', () => {
    // What the registry itself checks is not seen by the emulated AWS.
    const listed = permissions.map(({ action }) => action).filter((name) => !/^ecr:/.test(name));
    expect([...new Set(rows.map((row) => row.denied))].sort()).toEqual(listed.sort());
  });

  it.each(rows)('$denied, $way: $reason, serves $serves', (row) => {
    const { calls, secrets, serves, step, writes } = found(ended, row);
    const [call] = calls.filter(({ verdict }) => verdict === 'denied');
    expect(call?.action).toBe(row.denied);
    expect(step.outputs['reason'] ?? '').toBe(row.reason ?? '');
    expect(step.errors).toHaveLength(row.reason === undefined ? 0 : 1);
    expect(step.code).toBe(row.reason === undefined ? 0 : 1);
    if (row.reason === denied) {
      const { text = '' } = step.errors[0] ?? {};
      expect(text).toContain(`may not ${row.denied} on ${call?.resource}: `);
      expect(text).toContain(`Allow \`${row.denied}\` on ${call?.resource} in a policy`);
    }
    const log = step.log.replace(/^::.*\n/gm, '');
    if (row.so) expect(log.split('\n').filter((line) => row.so?.test(line))).toHaveLength(1);
    if (row.reason === undefined) expect(log).toMatch(/^deployed: .*, proven by http/m);
    expect(serves).toBe(row.serves);
    if (serves === 'old') expect(log).toMatch(/ serves the version before \(|was not changed/);
    for (const secret of secrets) {
      expect(`${log}${step.summary}${JSON.stringify(step.outputs)}`).not.toContain(secret);
    }
    // What the run is not allowed to begin with, it has found out before it changed anything.
    if (row.reason === denied) expect(writes).toEqual(writesBefore[row.denied] ?? []);
  });
});

/** What a run changes before it meets the permission that it lacks, and to take that back. */
const writesBefore: Record<string, string[]> = {
  'ecs:CreateService': ['ecs:RegisterTaskDefinition'],
  'ecs:UpdateService': ['ecs:RegisterTaskDefinition'],
  'ecs:ContinueServiceDeployment': [
    'ecs:RegisterTaskDefinition',
    'ecs:UpdateService',
    'ecs:StopServiceDeployment',
    // The pause for the proof is taken out of the service.
    'ecs:UpdateService',
  ],
  'ecs:RunTask': ['ecs:RegisterTaskDefinition'],
  'ecs:DescribeTasks': ['ecs:RegisterTaskDefinition', 'ecs:RunTask', 'ecs:StopTask'],
};

interface Ended {
  step: StepResult;
  calls: readonly Call[];
  /** Changes that were carried out, in their order. */
  writes: string[];
  serves: Row['serves'];
  secrets: readonly string[];
}

async function gone({ denied: action, way }: Row): Promise<Ended> {
  await using world = await openWay(way);
  const { permissions: given } = world.aws;
  given.withhold(action);
  const step = await ways[way].run(world);
  const calls = [...given.calls];
  const writes = calls
    .filter((call, at) => change.test(call.action) && isAllowed(call, calls.slice(at + 1)))
    .map((call) => call.action);
  return { step, calls, writes, serves: servesOf(world), secrets: world.secrets };
}

// A call that needs more permissions than its own is not carried out without them.
function isAllowed({ verdict }: Call, later: readonly Call[]): boolean {
  const next = later.findIndex(({ action }) => !/^(?:iam:PassRole|ecs:TagResource)$/.test(action));
  const more = next < 0 ? later : later.slice(0, next);
  return [verdict, ...more.map((call) => call.verdict)].every((one) => one === 'allowed');
}

const change = /^ecs:(?:Continue|Create|Delete|Deregister|Register|Run|Stop|Update)/;

function servesOf(world: World): Row['serves'] {
  const there = world.ecs.worlds.at(place).findService('default', 'shop');
  if (there?.status !== 'ACTIVE') return 'nothing';
  if (world.serves === versions.old) return 'old';
  return world.serves === versions.new ? 'new' : 'nothing';
}

function found(ended: ReadonlyMap<Row, Ended>, row: Row): Ended {
  const one = ended.get(row);
  if (!one) throw new Error(`${row.way} without ${row.denied} has not ended`);
  return one;
}
