import { beforeAll, describe, expect, it } from '@jest/globals';
import { eachLimited } from '@slipway/shared/concurrency/each-limited';
import type { AwsService } from '../../../packages/local-cloud/src/aws/aws.ts';
import type { Fault } from '../../../packages/local-cloud/src/http/faults.ts';
import type { StepResult } from '../../../packages/local-cloud/src/runner.ts';
import { behaveByCommand, settled, withBalancedService } from './balanced.ts';
import { image, place, World } from './world.ts';

/** A call of each phase. */
interface Asked {
  phase: string;
  service: AwsService;
  operation: string;
  /** It changes something, so that it counts whether it was carried out. */
  writes?: true;
}

const good: readonly Asked[] = [
  { phase: 'check', service: 'ecs', operation: 'DescribeServices' },
  { phase: 'plan', service: 'ecs', operation: 'DescribeTaskDefinition' },
  { phase: 'plan', service: 'elbv2', operation: 'DescribeTargetGroups' },
  { phase: 'prepare', service: 'ecs', operation: 'RegisterTaskDefinition', writes: true },
  { phase: 'migrate', service: 'ecs', operation: 'RunTask', writes: true },
  { phase: 'migrate', service: 'ecs', operation: 'DescribeTasks' },
  { phase: 'apply', service: 'ecs', operation: 'UpdateService', writes: true },
  { phase: 'watch', service: 'ecs', operation: 'DescribeServiceDeployments' },
  { phase: 'watch', service: 'ecs', operation: 'ListTasks' },
  { phase: 'clean up', service: 'ecs', operation: 'ListTaskDefinitions' },
];
const bad: readonly Asked[] = [
  { phase: 'diagnose', service: 'logs', operation: 'GetLogEvents' },
  { phase: 'rollback', service: 'ecs', operation: 'StopServiceDeployment', writes: true },
];

/** A request of the action may take fifteen seconds. */
const kinds = [
  { kind: 'within the limit', fault: { delay: 2_000 }, of: () => true },
  { kind: 'never', fault: 'slow', of: () => true },
  { kind: 'beyond the limit', fault: { delay: 17_000 }, of: ({ writes }) => writes === true },
] as const satisfies readonly { kind: string; fault: Fault; of(asked: Asked): boolean }[];

const rows = [...good, ...bad].flatMap((asked) =>
  kinds.filter(({ of }) => of(asked)).map(({ fault, kind }) => ({ ...asked, fault, kind })),
);
type Row = (typeof rows)[number];

describe('an answer of AWS that comes slowly', () => {
  const ended = new Map<Row, Ended>();
  beforeAll(async () => {
    // They wait more than they work. The slow ones first.
    const order = rows.toSorted((a, b) => a.kind.localeCompare(b.kind));
    const errors = await eachLimited(order, { limit: 10, whatever: true }, async (row) => {
      ended.set(row, await gone(row));
    });
    expect(errors).toEqual([]);
  }, 300_000);

  it.each(rows)('$phase, $operation, $kind: it ends as it does otherwise', (row) => {
    const one = ended.get(row);
    if (!one) throw new Error('it has not ended');
    const { left, revisions, secrets, serves, step, tasks } = one;
    // The fault has hit.
    expect(left).toBe(0);
    expect({ status: step.outputs['status'], serves }).toEqual(
      good.some(({ operation }) => operation === row.operation)
        ? { status: 'deployed', serves: image('shop-2') }
        : { status: 'rolled-back', serves: image('shop-1') },
    );
    expect(step.log.trimEnd().split('\n').at(-1)).toContain(`(${serves}), proven by http://`);
    // Nothing is done twice that counts.
    expect({ revisions, tasks }).toEqual({ revisions: 2, tasks: row.phase in evil ? 0 : 1 });
    const shown = `${step.log.replace(/^::add-mask::.*\n/gm, '')}${step.summary}${JSON.stringify(step.outputs)}`;
    for (const secret of secrets) expect(shown).not.toContain(secret);
  });
});

const evil = { diagnose: true, rollback: true };

interface Ended {
  step: StepResult;
  serves: string;
  /** Deployments of the service. */
  revisions: number;
  /** Tasks of `run-before` that were started. */
  tasks: number;
  /** Faults that hit nothing. */
  left: number;
  secrets: readonly string[];
}

async function gone({ fault, operation, phase, service }: Row): Promise<Ended> {
  await using world = await World.open();
  behaveByCommand(world);
  await withBalancedService(world);
  const { faults } = world.aws;
  faults.when(
    service,
    ({ body, headers }) =>
      headers['x-amz-target']?.endsWith(`.${operation}`) === true ||
      body.includes(`Action=${operation}&`),
    fault,
  );
  const isBad = phase in evil;
  const step = await world.deploy(isBad ? 'shop-crash' : 'shop-2', {
    timeout: '2m',
    'health-url': '',
    'health-path': '/health',
    'health-threshold': '1',
    ...(isBad ? {} : { 'run-before': 'npm run migrate', 'keep-revisions': '2' }),
  });
  await settled(world);
  const { tasks } = world.ecs.worlds.at(place);
  return {
    step,
    serves: world.serves,
    revisions: world.service.revisions.length,
    tasks: tasks.all.filter(({ wire }) => wire.startedBy === 'slipway-run-before').length,
    left: faults.left(service).length,
    secrets: world.secrets,
  };
}
