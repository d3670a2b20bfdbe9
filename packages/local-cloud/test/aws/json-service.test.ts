import {
  DescribeTaskDefinitionCommand,
  type DescribeTaskDefinitionRequest,
  type DescribeTaskDefinitionResponse,
  ECSClient,
  ListClustersCommand,
  type ListClustersRequest,
  type ListClustersResponse,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionRequest,
  type RegisterTaskDefinitionResponse,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { jsonService } from '../../src/aws/json-service.ts';
import type { Wire } from '../../src/aws/model/wire.ts';
import { Permissions } from '../../src/aws/permissions.ts';
import { Refusal } from '../../src/aws/refusal.ts';
import { demoAws } from '../../src/aws/seed.ts';
import type { Operation } from '../../src/aws/service.ts';
import { Sessions } from '../../src/aws/sessions.ts';
import { isRecord } from '../../src/http/exchange.ts';
import { Faults } from '../../src/http/faults.ts';
import { type Listening, serve } from '../../src/http/serve.ts';

type ListClusters = Operation<Wire<ListClustersRequest>, Wire<ListClustersResponse>>;
type Register = Operation<
  Wire<RegisterTaskDefinitionRequest>,
  Wire<RegisterTaskDefinitionResponse>
>;
type Describe = Operation<
  Wire<DescribeTaskDefinitionRequest>,
  Wire<DescribeTaskDefinitionResponse>
>;

const [role] = demoAws().roles;
if (!role) throw new Error('no role');
const anything = { ...role, allow: ['ecs:*', 'iam:PassRole'] };

let permissions: Permissions;
let service: Listening | undefined;
let now: number;
let printed: string;
beforeEach(() => {
  permissions = new Permissions();
  now = Date.now();
  printed = '';
  jest.spyOn(console, 'error').mockImplementation((...said) => {
    printed += said.join(' ');
  });
});
afterEach(async () => {
  await service?.[Symbol.asyncDispose]();
  jest.restoreAllMocks();
});

/** A client of an ECS that has these operations. */
async function client(
  operations: Readonly<Record<string, Operation>>,
  body: (input: object) => string | undefined = () => undefined,
): Promise<ECSClient> {
  const sessions = new Sessions();
  const session = sessions.create(anything, 'session', now + 3_600_000);
  const handler = jsonService({
    model: 'ecs',
    operations,
    permissions,
    sessions,
    now: () => now,
    buckets: [{ actions: ['StopTask'], burst: 2, rate: 1 }],
  });
  service = await serve('ecs', handler, new Faults());
  const ecs = new ECSClient({
    region: 'eu-central-1',
    endpoint: service.url,
    credentials: session,
    maxAttempts: 1,
  });
  ecs.middlewareStack.add(
    (next) => (args) => {
      const instead = body(args.input);
      if (isRecord(args.request) && instead !== undefined) args.request['body'] = instead;
      return next(args);
    },
    { step: 'build', priority: 'high' },
  );
  return ecs;
}

const listClusters = (answer: () => object): ListClusters => ({
  resource: () => '*',
  run: answer,
});
const list = new ListClustersCommand({ maxResults: 5 });

describe('an answer', () => {
  test('is read by the SDK, also when it comes later', async () => {
    const operation: ListClusters = { resource: () => '*', run: async () => ({ clusterArns: [] }) };
    const ecs = await client({ ListClusters: operation });
    await expect(ecs.send(list)).resolves.toMatchObject({ clusterArns: [] });
  });

  test.each<[string, object]>([
    ['clusterArns must be a list', { clusterArns: 'one' }],
    ['clusterArns[0] must be a text', { clusterArns: [1] }],
    ['clusters must be a member that the model knows', { clusters: [] }],
    ['nextToken must be a text', { nextToken: null }],
  ])('that its model does not allow is a bug, and printed: %s', async (said, answer) => {
    const ecs = await client({ ListClusters: listClusters(() => answer) });
    await expect(ecs.send(list)).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(printed).toContain(
      `The answer of ecs:ListClusters is not what its model says: ${said}.`,
    );
  });

  test('may be an error of the operation, and no other', async () => {
    let code = 'ClientException';
    const operation = listClusters(() => {
      throw new Refusal(code, 'said why');
    });
    const ecs = await client({ ListClusters: operation });
    await expect(ecs.send(list)).rejects.toMatchObject({ name: code, message: 'said why' });
    code = 'ServiceNotFoundException';
    await expect(ecs.send(list)).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(printed).toContain(
      'ecs:ListClusters has no error ServiceNotFoundException in its model',
    );
  });
});

describe('a request', () => {
  const empty = { ListClusters: listClusters(() => ({})) };

  test.each([
    ['a member that nobody knows', '{"maxResult":5}', 'SerializationException', 'maxResult'],
    ['another type', '{"maxResults":"5"}', 'SerializationException', 'maxResults'],
    ['a list', '[]', 'SerializationException', 'The body must be an object'],
    ['no JSON', '{', 'SerializationException', 'not JSON'],
  ])('with %s is refused', async (_, body, name, said) => {
    const ecs = await client(empty, () => body);
    await expect(ecs.send(list)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(said),
    });
    expect(permissions.calls).toEqual([]);
  });

  test('without what is required is refused in the words of AWS', async () => {
    const operation: Operation = { resource: () => '*', run: () => ({}) };
    const ecs = await client({ StopTask: operation }, () => '{"task":null}');
    await expect(ecs.send(new StopTaskCommand({ task: 'x' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message:
        "1 validation error detected: Value null at 'task' failed to satisfy constraint: Member must not be null",
    });
  });

  test('has no member of null', async () => {
    let given: object = {};
    const operation: Operation = {
      resource: () => '*',
      run: (input) => {
        given = input;
        return {};
      },
    };
    const ecs = await client({ ListClusters: operation }, () => '{"maxResults":null}');
    await ecs.send(list);
    expect(given).toEqual({});
  });

  test('may ask for what the operation does, and not for what it would ignore', async () => {
    const operation: Operation = { members: ['nextToken'], resource: () => '*', run: () => ({}) };
    const ecs = await client({ ListClusters: operation });
    await expect(ecs.send(list)).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'The local cloud does not do maxResults of ecs:ListClusters.',
    });
  });

  test('may bring a member of tomorrow where the operation keeps it', async () => {
    let kept: object = {};
    const register: Register = {
      keepsUnknown: true,
      resource: () => '*',
      run: (input) => {
        kept = input;
        return { taskDefinition: input };
      },
    };
    const describe: Describe = {
      keepsUnknown: true,
      resource: () => '*',
      run: () => ({ taskDefinition: kept }),
    };
    const invented = { family: 'shop', containerDefinitions: [{ name: 'a', ofNextYear: [null] }] };
    const ecs = await client(
      { RegisterTaskDefinition: register, DescribeTaskDefinition: describe },
      (input) => ('family' in input ? JSON.stringify(invented) : undefined),
    );
    await ecs.send(new RegisterTaskDefinitionCommand({ family: 'x', containerDefinitions: [] }));
    expect(kept).toEqual(invented);
    const described = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'shop' }));
    expect(described.taskDefinition).toMatchObject({ family: 'shop' });
  });
});

describe('a permission', () => {
  const operation: ListClusters = {
    resource: () => 'arn:aws:ecs:eu-central-1:123456789012:cluster/shop',
    alsoNeeds: () => [{ action: 'iam:PassRole', resource: 'arn:aws:iam::123456789012:role/task' }],
    run: () => ({}),
  };

  test('is remembered with what it was asked for', async () => {
    const ecs = await client({ ListClusters: operation });
    await ecs.send(list);
    expect(permissions.calls).toEqual([
      {
        action: 'ecs:ListClusters',
        resource: 'arn:aws:ecs:eu-central-1:123456789012:cluster/shop',
        role: anything.arn,
        verdict: 'allowed',
      },
      {
        action: 'iam:PassRole',
        resource: 'arn:aws:iam::123456789012:role/task',
        role: anything.arn,
        verdict: 'allowed',
      },
    ]);
  });

  test.each(['ecs:ListClusters', 'iam:PassRole'])('to %s can be taken away', async (action) => {
    const ecs = await client({ ListClusters: operation });
    permissions.withhold(action);
    await expect(ecs.send(list)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`is not authorized to perform: ${action} on resource: arn:`),
    });
    expect(permissions.calls.at(-1)).toMatchObject({ action, verdict: 'denied' });
    permissions.restore();
    await expect(ecs.send(list)).resolves.toBeDefined();
  });
});

test('more requests than the bucket has tokens are throttled', async () => {
  const operation: Operation = { resource: () => '*', run: () => ({}) };
  const ecs = await client({ StopTask: operation });
  const stop = () => ecs.send(new StopTaskCommand({ task: 'x' }));
  await stop();
  await stop();
  await expect(stop()).rejects.toMatchObject({
    name: 'ThrottlingException',
    message: 'Rate exceeded',
  });
  now += 1_000;
  await expect(stop()).resolves.toBeDefined();
});

test('an operation or a member that the model does not have cannot be written', async () => {
  const operation: Operation = { resource: () => '*', run: () => ({}) };
  await expect(client({ ListCluster: operation })).rejects.toThrow(
    'ecs has no operation ListCluster in its model.',
  );
  await expect(client({ ListClusters: { ...operation, members: ['cluster'] } })).rejects.toThrow(
    'ecs:ListClusters does not take cluster.',
  );
});
