import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ECS, type RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { serviceModel } from '../../../src/aws/model/service-model.ts';
import type { Wire } from '../../../src/aws/model/wire.ts';
import { isRecord } from '../../../src/http/exchange.ts';
import { valuesOf } from '../model/shapes.ts';
import { Shop } from './shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
  shop.world.roles = new Set(['arn:aws:iam::123456789012:role/run']);
});
afterAll(() => shop[Symbol.asyncDispose]());

const web = { name: 'web', image: 'shop:1' };

describe('RegisterTaskDefinition refuses, by the sentence of ECS', () => {
  it.each<[what: Partial<RegisterTaskDefinitionRequest>, said: RegExp]>([
    [{ family: 'my shop' }, /^Invalid family name/],
    [{ containerDefinitions: [] }, /^Container list cannot be empty/],
    [
      { containerDefinitions: [{ image: 'shop:1' }] },
      /^Container\.name should not be null or empty\.$/,
    ],
    [
      { containerDefinitions: [{ name: 'web' }] },
      /^Container\.image should not be null or empty\.$/,
    ],
    [{ containerDefinitions: [web, web] }, /must be unique/],
    [{ containerDefinitions: [{ ...web, essential: false }] }, /must be essential/],
    [
      { containerDefinitions: Array.from({ length: 11 }, (_, n) => ({ ...web, name: `c${n}` })) },
      /at most 10 containers/,
    ],
    [
      { cpu: '256', memory: '4096' },
      /^No Fargate configuration exists for given values: 256 CPU, 4096 memory\.$/,
    ],
    [{ cpu: '300', memory: '512' }, /^No Fargate configuration exists/],
    [{ networkMode: 'bridge' }, /only supports network mode ‘awsvpc’/],
    [
      { containerDefinitions: [{ ...web, portMappings: [{ containerPort: 80, hostPort: 81 }] }] },
      /host ports and container ports in port mappings must match/,
    ],
    [
      {
        containerDefinitions: [
          { ...web, image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:1' },
        ],
      },
      /execution role ARN to support ECR images\.$/,
    ],
    [
      { containerDefinitions: [{ ...web, logConfiguration: { logDriver: 'awslogs' } }] },
      /execution role ARN to support log driver awslogs\.$/,
    ],
    [{ executionRoleArn: 'run' }, /^Role is not valid$/],
    [{ taskRoleArn: 'arn:aws:iam::123456789012:role/gone' }, /^Role is not valid$/],
  ])('%j', async (what, said) => {
    await expect(shop.register('1', what)).rejects.toMatchObject({
      name: 'ClientException',
      message: expect.stringMatching(said),
    });
  });

  it('one that is larger than 64 KiB', async () => {
    const containerDefinitions = [{ ...web, command: ['x'.repeat(70_000)] }];
    await expect(shop.register('1', { containerDefinitions })).rejects.toMatchObject({
      name: 'ClientException',
      message: expect.stringMatching(/Max allowed length is '65536' bytes\.$/),
    });
  });

  it.each([
    ['.5 vCPU', '1 GB'],
    ['1024', '8192'],
    ['16 vCPU', '32 GB'],
  ])('but not the sizes %s and %s', async (cpu, memory) => {
    await expect(shop.register('1', { cpu, memory, family: 'sizes' })).resolves.toMatch(
      /sizes:\d+$/,
    );
  });

  it('a container outside of Fargate needs memory of its own or of the task', async () => {
    const { memory: _, ...rest } = { memory: undefined, requiresCompatibilities: undefined };
    await expect(
      shop.client.registerTaskDefinition({ family: 'ec2', containerDefinitions: [web], ...rest }),
    ).rejects.toMatchObject({
      message:
        "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified.",
    });
  });
});

describe('revisions', () => {
  it('count up, can be listed both ways and by page', async () => {
    for (const tag of ['1', '2', '3']) await shop.register(tag, { family: 'pages' });
    const numbers = async (sort: 'ASC' | 'DESC', maxResults: number) => {
      const seen: string[][] = [];
      let nextToken: string | undefined;
      do {
        const page = await shop.client.listTaskDefinitions({
          familyPrefix: 'pages',
          sort,
          maxResults,
          nextToken,
        });
        seen.push((page.taskDefinitionArns ?? []).map((arn) => arn.split(':').at(-1) ?? ''));
        ({ nextToken } = page);
      } while (nextToken !== undefined);
      return seen;
    };
    expect(await numbers('ASC', 2)).toEqual([['1', '2'], ['3']]);
    expect(await numbers('DESC', 2)).toEqual([['3', '2'], ['1']]);
    await expect(shop.client.listTaskDefinitions({ nextToken: 'mine' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('of a deregistered one are described, but cannot run; they can be deleted then', async () => {
    const first = await shop.register('1', { family: 'old' });
    const second = await shop.register('2', { family: 'old' });
    await shop.client.deregisterTaskDefinition({ taskDefinition: second });
    const described = await shop.client.describeTaskDefinition({ taskDefinition: 'old' });
    expect(described.taskDefinition?.taskDefinitionArn).toBe(first);
    const gone = await shop.client.describeTaskDefinition({ taskDefinition: second });
    expect(gone.taskDefinition).toMatchObject({ status: 'INACTIVE', revision: 2 });
    await expect(shop.client.runTask({ taskDefinition: second })).rejects.toMatchObject({
      name: 'ClientException',
      message: 'TaskDefinition is inactive',
    });
    const { failures, taskDefinitions } = await shop.client.deleteTaskDefinitions({
      taskDefinitions: [first, second],
    });
    expect(failures).toMatchObject([{ arn: first }]);
    expect(taskDefinitions).toMatchObject([{ status: 'DELETE_IN_PROGRESS' }]);
    await expect(
      shop.client.describeTaskDefinition({ taskDefinition: second }),
    ).rejects.toMatchObject({ message: 'Unable to describe task definition.' });
  });

  it('have tags, which are shown when they are asked for', async () => {
    const arn = await shop.register('1', { family: 'tagged', tags: [{ key: 'a', value: '1' }] });
    await shop.client.tagResource({ resourceArn: arn, tags: [{ key: 'b', value: '2' }] });
    const asked = await shop.client.describeTaskDefinition({
      taskDefinition: arn,
      include: ['TAGS'],
    });
    expect(asked.tags).toEqual([
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ]);
    expect((await shop.client.listTagsForResource({ resourceArn: arn })).tags).toHaveLength(2);
    expect((await shop.client.describeTaskDefinition({ taskDefinition: arn })).tags).toEqual([]);
  });

  it('keep what neither the model nor the client knows, byte for byte', async () => {
    const invented = '"inventedByUs":{"deep":[1,{"and ünusual":null}],"size":"0.50"}';
    const raw = await rawly(
      `{"family":"invented","containerDefinitions":[{"name":"web","image":"shop:1","memory":128,${invented}}],${invented}}`,
    );
    expect(raw.split(invented)).toHaveLength(3);
  });

  // What the client would drop is put in before it signs, and read before it parses.
  async function rawly(body: string): Promise<string> {
    const answers: string[] = [];
    const client = new ECS({
      region: 'eu-central-1',
      endpoint: shop.aws.env['AWS_ENDPOINT_URL_ECS'] ?? '',
      credentials: shop.client.config.credentials,
    });
    client.middlewareStack.add(
      (next) => async (args) => {
        const { request } = args;
        if (isRecord(request) && isRecord(request['headers'])) {
          request['body'] = body;
          request['headers']['content-length'] = String(Buffer.byteLength(body));
        }
        return next(args);
      },
      { step: 'build' },
    );
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { response } = result;
        if (isRecord(response) && response['body'] instanceof Readable) {
          answers.push(await text(response['body']));
          response['body'] = Readable.from([answers.join('')]);
        }
        return result;
      },
      { step: 'deserialize', priority: 'low' },
    );
    await client.registerTaskDefinition({ family: 'x', containerDefinitions: [] });
    return answers.join('');
  }
});

describe('every member of the newest model', () => {
  const model = serviceModel('ecs');
  const { input } = model.operations['RegisterTaskDefinition'] ?? {};
  if (!input) throw new Error('The model has no RegisterTaskDefinition.');

  it('survives, whatever its value', () => {
    const values = valuesOf(model, input);
    fc.assert(
      fc.property(values, (value) => {
        if (!isRegistration(value)) throw new Error('The model has no family.');
        const { tags: _, ...rest } = value;
        const { definition } = shop.world.definitions.register(value, { at: 0, by: 'me' });
        expect(definition).toMatchObject(rest);
      }),
      { numRuns: 200 },
    );
  });
});

function isRegistration(value: unknown): value is Wire<RegisterTaskDefinitionRequest> {
  return isRecord(value) && 'family' in value && Array.isArray(value['containerDefinitions']);
}
