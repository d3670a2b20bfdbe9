import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Throttled } from '@slipway/shared/deploy/target';
import { Failure } from '@slipway/shared/failure/failure';
import type { EcsApi } from '../../src/api/ecs-api.ts';
import { openEcs } from '../../src/api/open-ecs.ts';
import { type AwsEndpoint, identity, startAwsEndpoint } from './aws-endpoint.ts';

let aws: AwsEndpoint;
let ecs: EcsApi & Disposable;
const { signal } = new AbortController();
beforeAll(async () => {
  aws = await startAwsEndpoint();
});
afterAll(async () => {
  await aws[Symbol.asyncDispose]();
});
beforeEach(async () => {
  ecs = await openEcs({ region: 'eu-central-1', identity }, aws.context);
});
afterEach(() => ecs[Symbol.dispose]());

const document = {
  family: 'shop',
  containerDefinitions: [
    { name: 'web', image: 'shop:1', inventedHere: { deep: [1, 'two', null] } },
  ],
  ephemeralStorage: { sizeInGiB: 21 },
  inventedToo: 'für später',
};

describe('a document that the SDK does not know all of', () => {
  test('reaches RegisterTaskDefinition as it is, and its answer comes back as it is', async () => {
    const answered = { ...document, revision: 7, newInTheAnswer: true };
    aws.answer({ body: { taskDefinition: answered } });
    const { taskDefinition } = await ecs.registerTaskDefinition(document, signal);
    expect(taskDefinition).toEqual(answered);
    const [sent] = aws.sent;
    expect(sent?.operation).toBe('RegisterTaskDefinition');
    expect(sent?.body).toBe(JSON.stringify(document));
    expect(sent?.headers['content-length']).toBe(String(Buffer.byteLength(sent?.body ?? '')));
    expect(sent?.headers['authorization']).toContain('Credential=ASIAEXAMPLE/');
  });

  test('comes from DescribeTaskDefinition as it is, with its tags', async () => {
    const tags = [{ key: 'team', value: 'shop' }];
    aws.answer({ body: { taskDefinition: { ...document, registeredAt: 1.7e9 }, tags } });
    expect(await ecs.describeTaskDefinition({ taskDefinition: 'shop' }, signal)).toEqual({
      taskDefinition: { ...document, registeredAt: 1.7e9 },
      tags,
    });
    expect(JSON.parse(aws.sent[0]?.body ?? '')).toEqual({
      taskDefinition: 'shop',
      include: ['TAGS'],
    });
  });

  test('reaches CreateService as it is, and a repeated call creates one service', async () => {
    const service = { serviceName: 'shop', taskDefinition: 'shop:7', inventedHere: [{}] };
    aws.answer({ status: 503, body: '' }, { body: { service: { serviceName: 'shop' } } });
    const answer = await ecs.createService(service, signal);
    expect(answer.service?.serviceName).toBe('shop');
    const [first, second] = aws.sent.map(({ body }) => JSON.parse(body));
    expect(first).toEqual({ ...service, clientToken: expect.stringMatching(/^[\w-]{36}$/) });
    expect(second).toEqual(first);
  });

  test('keeps a client token of its own', async () => {
    aws.answer({ body: { service: {} } });
    await ecs.createService({ serviceName: 'shop', clientToken: 'mine' }, signal);
    expect(JSON.parse(aws.sent[0]?.body ?? '').clientToken).toBe('mine');
  });
});

test('other calls are as the SDK has them', async () => {
  aws.answer({ body: { services: [{ serviceName: 'shop', createdAt: 1.7e9 }] } });
  const { services } = await ecs.describeServices({ cluster: 'c', services: ['shop'] }, signal);
  expect(services?.[0]?.createdAt).toEqual(new Date(1.7e12));
});

describe('a refusal', () => {
  const refuse = async (type: string, message = 'no', status = 400) => {
    aws.answer({ status, body: { __type: type, message } });
    const input = { cluster: 'prod', service: 'shop', taskDefinition: 'shop:9' };
    return await thrown(ecs.updateService(input, signal));
  };

  test.each([
    ['ClusterNotFoundException', 'ecs/cluster-not-found', 'cluster prod in eu-central-1'],
    ['ServiceNotFoundException', 'ecs/service-not-found', 'service shop in the cluster prod'],
    ['ServiceNotActiveException', 'ecs/service-inactive', 'shop in the cluster prod is not active'],
    ['ExpiredTokenException', 'ecs/session-expired', identity.who],
    ['UnrecognizedClientException', 'ecs/session-invalid', identity.who],
    ['PlatformUnknownException', 'ecs/platform', 'PlatformUnknownException: no'],
    ['UnsupportedFeatureException', 'ecs/unsupported', 'eu-central-1 does not have'],
    ['BlockedException', 'ecs/blocked', 'BlockedException'],
    ['ConflictException', 'ecs/conflict', 'ConflictException'],
    ['InvalidParameterException', 'ecs/invalid', 'InvalidParameterException: no'],
    ['ClientException', 'ecs/rejected', 'ClientException: no'],
    ['SomethingNewException', 'ecs/rejected', 'SomethingNewException: no'],
  ])('%s is %s', async (type, code, words) => {
    const failure = await refuse(type);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(aws.sent).toHaveLength(1);
  });

  test.each([
    ['ClientException', 'TaskDefinition not found.', 'ecs/task-definition-not-found'],
    ['ClientException', 'Unable to describe task definition.', 'ecs/task-definition-not-found'],
    ['InvalidParameterException', 'TaskDefinition is inactive', 'ecs/task-definition-not-found'],
    ['InvalidParameterException', 'Cluster not found.', 'ecs/cluster-not-found'],
    ['ClientException', 'The referenced cluster was inactive.', 'ecs/cluster-not-found'],
    ['ClientException', 'Role is not valid', 'ecs/role'],
    ['ClientException', 'ECS was unable to assume the role that was provided', 'ecs/role'],
    ['InvalidParameterException', 'Too many concurrent attempts to create', 'ecs/quota'],
  ])('%s with "%s" is %s', async (type, message, code) => {
    expect(await refuse(type, message)).toMatchObject({ code });
  });

  test.each([
    ['ecs:UpdateService', 'arn:aws:ecs:eu-central-1:123456789012:service/prod/shop'],
    ['iam:PassRole', `arn:aws:iam::123456789012:role/${'long-'.repeat(80)}`],
  ])('names %s and the resource', async (action, resource) => {
    const user = 'arn:aws:sts::123456789012:assumed-role/deploy/me';
    const message = `User: ${user} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
    const failure = await refuse('AccessDeniedException', message);
    expect(failure).toMatchObject({ code: 'ecs/denied' });
    const { remedy } = failure instanceof Failure ? failure : { remedy: '' };
    expect(remedy).toContain(`\`${action}\` on arn:aws:`);
    expect(String(failure)).toContain(user);
  });

  test('that names nothing names the call', async () => {
    const failure = await refuse('AccessDeniedException', 'no');
    expect(String(failure)).toContain(`${identity.who} may not ecs:UpdateService on *`);
  });

  test.each([
    ['ThrottlingException', 400, { 'retry-after': '1' }, 1_000],
    ['Whatever', 429, {}, undefined],
  ])(
    '%s (HTTP %d) is no failure, but a wish for fewer calls',
    async (type, status, headers, ms) => {
      aws.answer({ status, headers, body: { __type: type, message: 'Rate exceeded' } });
      const error = await thrown(ecs.listTasks({}, signal));
      expect(error).toBeInstanceOf(Throttled);
      expect(error).toMatchObject({ retryAfter: ms });
      // Whoever asks waits longer; two more attempts at once would only be refused as well.
      expect(aws.sent).toHaveLength(1);
    },
  );

  test.each([
    [500, '', 'HTTP 500'],
    [502, '<html>proxy</html>', 'HTTP 502'],
    [200, '<html>proxy</html>', 'HTTP 200'],
    [403, '<html>proxy</html>', 'HTTP 403'],
  ])('HTTP %d with %j is no answer of AWS', async (status, body, said) => {
    aws.answer({ status, body });
    const error = await thrown(ecs.listTasks({}, signal));
    expect(error).toMatchObject({ code: 'ecs/unavailable' });
    expect(String(error)).toContain(`ListTasks got no usable answer: ${said}`);
  });

  test('a quota is no wish for fewer calls', async () => {
    expect(await refuse('LimitExceededException', 'The limit was exceeded.')).toMatchObject({
      code: 'ecs/quota',
    });
  });
});

test('a call ends with the run', async () => {
  const over = new AbortController();
  aws.answer({ status: 503, body: '' });
  const call = thrown(ecs.listTasks({}, over.signal));
  const reason = new Error('cancelled');
  over.abort(reason);
  expect(await call).toBe(reason);
});

async function thrown(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
