import {
  DescribeLoadBalancersCommand,
  type DescribeLoadBalancersInput,
  type DescribeLoadBalancersOutput,
  DescribeTargetHealthCommand,
  type DescribeTargetHealthInput,
  type DescribeTargetHealthOutput,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Wire } from '../../src/aws/model/wire.ts';
import { Permissions } from '../../src/aws/permissions.ts';
import { queryService } from '../../src/aws/query-service.ts';
import { Refusal } from '../../src/aws/refusal.ts';
import { demoAws } from '../../src/aws/seed.ts';
import type { Operation } from '../../src/aws/service.ts';
import { Sessions } from '../../src/aws/sessions.ts';
import { isRecord } from '../../src/http/exchange.ts';
import { Faults } from '../../src/http/faults.ts';
import { type Listening, serve } from '../../src/http/serve.ts';

type Health = Operation<Wire<DescribeTargetHealthInput>, Wire<DescribeTargetHealthOutput>>;
type Balancers = Operation<Wire<DescribeLoadBalancersInput>, Wire<DescribeLoadBalancersOutput>>;

const [role] = demoAws().roles;
if (!role) throw new Error('no role');
const reader = { ...role, allow: ['elasticloadbalancing:*'] };

let service: Listening | undefined;
let permissions: Permissions;
let printed: string;
beforeEach(() => {
  permissions = new Permissions();
  printed = '';
  jest.spyOn(console, 'error').mockImplementation((...said) => {
    printed += said.join(' ');
  });
});
afterEach(async () => {
  await service?.[Symbol.asyncDispose]();
  jest.restoreAllMocks();
});

async function client(
  operations: Readonly<Record<string, Operation>>,
  more = '',
): Promise<ElasticLoadBalancingV2Client> {
  const sessions = new Sessions();
  const handler = queryService({
    model: 'elbv2',
    operations,
    permissions,
    sessions,
    now: Date.now,
    buckets: [{ actions: ['DescribeTargetHealth'], burst: 1, rate: 1 / 3_600 }],
  });
  service = await serve('elbv2', handler, new Faults());
  const elb = new ElasticLoadBalancingV2Client({
    region: 'eu-central-1',
    endpoint: service.url,
    credentials: sessions.create(reader, 'session', Date.now() + 3_600_000),
    maxAttempts: 1,
  });
  elb.middlewareStack.add(
    (next) => (args) => {
      if (isRecord(args.request)) args.request['body'] = `${args.request['body']}${more}`;
      return next(args);
    },
    { step: 'build', priority: 'high' },
  );
  return elb;
}

const arn = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop/1';
const ask = new DescribeTargetHealthCommand({
  TargetGroupArn: arn,
  Targets: [{ Id: '10.0.0.1', Port: 80 }, { Id: '10.0.0.2' }],
});
const health = (answer: () => Wire<DescribeTargetHealthOutput>): Health => ({
  resource: ({ TargetGroupArn }) => TargetGroupArn,
  run: answer,
});

test('lists, numbers and structures go both ways', async () => {
  let asked: object = {};
  const operation: Health = {
    resource: () => '*',
    run(input) {
      asked = input;
      return {
        TargetHealthDescriptions: (input.Targets ?? []).map((Target) => ({
          Target,
          TargetHealth: { State: 'unhealthy' as const, Description: '<b> & "c"' },
        })),
      };
    },
  };
  const elb = await client({ DescribeTargetHealth: operation });
  const { TargetHealthDescriptions: said } = await elb.send(ask);
  expect(asked).toEqual(ask.input);
  expect(said).toEqual(
    ask.input.Targets?.map((Target) => ({
      Target,
      TargetHealth: { State: 'unhealthy', Description: '<b> & "c"' },
    })),
  );
});

test('an empty list, one member and a time are read by the SDK', async () => {
  let found: Wire<DescribeLoadBalancersOutput>['LoadBalancers'] = [];
  const operation: Balancers = { resource: () => '*', run: () => ({ LoadBalancers: found }) };
  const elb = await client({ DescribeLoadBalancers: operation });
  const read = async () => (await elb.send(new DescribeLoadBalancersCommand())).LoadBalancers;
  await expect(read()).resolves.toEqual([]);
  found = [{ LoadBalancerName: 'shop', CreatedTime: 1_800_000_000.5 }];
  await expect(read()).resolves.toEqual([
    { LoadBalancerName: 'shop', CreatedTime: new Date(1_800_000_000_500) },
  ]);
});

describe('a request', () => {
  test.each([
    ['an unknown parameter', '&Target=x', 'Unknown parameter Target'],
    ['a member out of order', '&Targets.member.4.Id=x', 'Unknown parameter Targets.member.4.Id'],
    ['a port that is no number', '&Targets.member.3.Id=x&Targets.member.3.Port=http', 'port'],
    ['a target without an id', '&Targets.member.3.Port=80', "null at 'targets[2].Id'"],
    ['another value than there is', '&Include.member.1=Every', 'enum value set'],
  ])('with %s is refused', async (_, more, said) => {
    const elb = await client({ DescribeTargetHealth: health(() => ({})) }, more);
    await expect(elb.send(ask)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringMatching(new RegExp(said.replace(/[.[\]]/g, '\\$&'), 'i')),
    });
  });

  test('without the permission is refused in the words of this protocol', async () => {
    const elb = await client({ DescribeTargetHealth: health(() => ({})) });
    permissions.withhold('elasticloadbalancing:Describe*');
    await expect(elb.send(ask)).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
      message: expect.stringContaining(
        `elasticloadbalancing:DescribeTargetHealth on resource: ${arn}`,
      ),
    });
  });

  test('too many are throttled', async () => {
    const elb = await client({ DescribeTargetHealth: health(() => ({})) });
    await elb.send(ask);
    await expect(elb.send(ask)).rejects.toMatchObject({ name: 'Throttling' });
  });
});

describe('an answer', () => {
  test('that the model does not allow is a bug, and printed', async () => {
    const operation: Operation = { resource: () => '*', run: () => ({ TargetHealth: [] }) };
    const elb = await client({ DescribeTargetHealth: operation });
    await expect(elb.send(ask)).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(printed).toContain('TargetHealth must be a member that the model knows');
  });

  test('may be an error of the operation by its code on the wire, and no other', async () => {
    let code = 'TargetGroupNotFound';
    const operation = health(() => {
      throw new Refusal(code, 'said why');
    });
    const elb = await client({ DescribeTargetHealth: operation });
    await expect(elb.send(ask)).rejects.toMatchObject({
      name: 'TargetGroupNotFoundException',
      message: 'said why',
    });
    code = 'TargetGroupNotFoundException';
    await service?.[Symbol.asyncDispose]();
    const other = await client({ DescribeTargetHealth: operation });
    await expect(other.send(ask)).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(printed).toContain('has no error TargetGroupNotFoundException in its model');
  });
});

test('an operation is unsigned where its model says so, and only there', () => {
  const parts = { permissions, sessions: new Sessions(), now: Date.now };
  const unsigned = { unsigned: true, run: () => ({}) } as const;
  const signed: Operation = { resource: () => '*', run: () => ({}) };
  const sts = (operation: Operation | typeof unsigned, name: string) => () =>
    queryService({ ...parts, model: 'sts', operations: { [name]: operation } });
  expect(sts(unsigned, 'GetCallerIdentity')).toThrow('said otherwise by its model');
  expect(sts(signed, 'AssumeRoleWithWebIdentity')).toThrow('said otherwise by its model');
});
