import { setTimeout as delay } from 'node:timers/promises';
import { ECS, waitUntilTasksStopped } from '@aws-sdk/client-ecs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Aws, startAws } from '../src/aws/aws.ts';
import { quickDurations } from '../src/aws/ecs/options.ts';
import { atPace, scripts } from '../src/aws/ecs/virtual/script.ts';
import { virtualEcs } from '../src/aws/ecs/virtual/virtual-ecs.ts';
import { serviceModel, signingName } from '../src/aws/model/service-model.ts';
import { type LocalCloud, startLocalCloud } from '../src/cloud.ts';
import { isRecord } from '../src/http/exchange.ts';
import { type AwsCli, startAwsCli } from './aws-cli.ts';

const role = 'arn:aws:iam::123456789012:role/deploy';
const session = 'arn:aws:sts::123456789012:assumed-role/deploy/session';

let cloud: LocalCloud;
let aws: AwsCli;
beforeAll(async () => {
  cloud = await startLocalCloud();
  aws = await startAwsCli(cloud.aws, role);
});
afterAll(async () => {
  await aws[Symbol.asyncDispose]();
  await cloud[Symbol.asyncDispose]();
});

async function idToken(): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer, ACTIONS_ID_TOKEN_REQUEST_URL: url } = cloud.env;
  const answer = await fetch(`${url}&audience=sts.amazonaws.com`, {
    headers: { authorization: `Bearer ${bearer}` },
  });
  const said: unknown = await answer.json();
  return isRecord(said) ? String(said['value']) : '';
}

describe('AWS STS answers the AWS CLI', () => {
  test('with credentials for a token of GitHub, which AWS takes', async () => {
    const said = await aws.json(
      `sts assume-role-with-web-identity --role-arn ${role} --role-session-name run-1`,
      '--web-identity-token',
      await idToken(),
    );
    expect(said).toMatchObject({
      Credentials: { Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
      SubjectFromWebIdentityToken: 'repo:org/app:ref:refs/heads/main',
      AssumedRoleUser: { Arn: 'arn:aws:sts::123456789012:assumed-role/deploy/run-1' },
      Audience: 'sts.amazonaws.com',
    });
    const {
      AccessKeyId = '',
      SecretAccessKey = '',
      SessionToken = '',
    } = JSON.parse(JSON.stringify(isRecord(said) ? said['Credentials'] : {}));
    const sts = new STSClient({
      region: 'eu-central-1',
      endpoint: cloud.aws.env['AWS_ENDPOINT_URL_STS'] ?? '',
      credentials: {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
      },
    });
    await expect(sts.send(new GetCallerIdentityCommand())).resolves.toMatchObject({
      Arn: 'arn:aws:sts::123456789012:assumed-role/deploy/run-1',
    });
  });

  test('with who signed', async () => {
    await expect(aws.json('sts get-caller-identity')).resolves.toMatchObject({
      Account: '123456789012',
      Arn: session,
    });
  });

  test('with a refusal that it reads', async () => {
    const line = `sts assume-role-with-web-identity --role-arn ${role} --role-session-name run-1`;
    await expect(aws.text(line, '--web-identity-token', 'none')).rejects.toThrow(
      'An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity',
    );
  });
});

describe('Amazon ECR answers the AWS CLI', () => {
  const uri = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/app';

  test('with a password to log in with', async () => {
    await expect(aws.text('ecr get-login-password')).resolves.toMatch(/^\S{64}\n$/);
  });

  test('with a repository, its tags and its lifecycle policy', async () => {
    const made = await aws.json(
      'ecr create-repository --repository-name team/app --image-tag-mutability IMMUTABLE',
      ...['--image-scanning-configuration', 'scanOnPush=true'],
      ...['--encryption-configuration', 'encryptionType=KMS'],
      ...['--tags', 'Key=team,Value=shop'],
    );
    expect(made).toMatchObject({ repository: { repositoryUri: uri } });
    const rule = {
      rulePriority: 1,
      description: 'keep 30',
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 30 },
      action: { type: 'expire' },
    };
    const policy = ['--lifecycle-policy-text', JSON.stringify({ rules: [rule] })];
    await aws.json('ecr put-lifecycle-policy --repository-name team/app', ...policy);
    const kept = await aws.json('ecr get-lifecycle-policy --repository-name team/app');
    expect(kept).toMatchObject({ lifecyclePolicyText: policy[1] });
    const arn = 'arn:aws:ecr:eu-central-1:123456789012:repository/team/app';
    await expect(aws.json(`ecr list-tags-for-resource --resource-arn ${arn}`)).resolves.toEqual({
      tags: [{ Key: 'team', Value: 'shop' }],
    });
  });

  test('with all repositories, whose pages it follows by itself', async () => {
    for (const name of ['one', 'two', 'three']) {
      await aws.json(`ecr create-repository --repository-name pages/${name}`);
    }
    const query = "repositories[?starts_with(repositoryName, 'pages/')].repositoryName";
    await expect(
      aws.json('ecr describe-repositories --page-size 1', '--query', query),
    ).resolves.toEqual(['pages/one', 'pages/two', 'pages/three']);
  });

  test('with the public registry, in its one region', async () => {
    await using there = await startAwsCli(cloud.aws, role, 'us-east-1');
    await expect(there.text('ecr-public get-login-password')).resolves.toMatch(/^\S{64}\n$/);
    await expect(
      there.json('ecr-public create-repository --repository-name team/public'),
    ).resolves.toMatchObject({ repository: { repositoryUri: 'public.ecr.aws/local/team/public' } });
  });

  test('with a denial that it reads', async () => {
    cloud.aws.permissions.withhold('ecr:DescribeRepositories');
    await expect(aws.text('ecr describe-repositories')).rejects.toThrow(
      `An error occurred (AccessDeniedException) when calling the DescribeRepositories operation: User: ${session} is not authorized to perform: ecr:DescribeRepositories`,
    );
    cloud.aws.permissions.restore();
  });
});

test('Amazon ECS, CloudWatch Logs and load balancing answer the AWS CLI', async () => {
  const pace = 0.001;
  const ecs = virtualEcs({ durations: quickDurations });
  await using own = await startAws({ ecs: ecs.worlds });
  await using cli = await startAwsCli(own, role);
  const world = ecs.worlds.at({ account: '123456789012', region: 'eu-central-1' });
  const group = world.balancing.addGroup({ name: 'shop', healthyThreshold: 2, interval: 5 });
  const { listenerArn } = world.balancing.addListener(80, group.arn);
  world.logs.create('/ecs/shop');
  const sdk = new ECS({
    region: 'eu-central-1',
    endpoint: own.env['AWS_ENDPOINT_URL_ECS'] ?? '',
    credentials: own.credentials(role),
  });
  const waiting = { client: sdk, maxWaitTime: 30, minDelay: 1, maxDelay: 1 };
  const until = async (done: string, look: () => Promise<object>) => {
    while (!JSON.stringify(await look()).includes(`"${done}"`)) await delay(100);
  };

  await cli.json('ecs create-cluster --cluster-name shops');
  await expect(cli.json('ecs list-clusters')).resolves.toMatchObject({
    clusterArns: expect.arrayContaining([expect.stringContaining('cluster/shops')]),
  });
  await cli.json('ecs describe-clusters --clusters shops');
  const definition = {
    family: 'shop',
    executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'web',
        image: 'task',
        portMappings: [{ containerPort: 80 }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': '/ecs/shop',
            'awslogs-region': 'eu-central-1',
            'awslogs-stream-prefix': 'web',
          },
        },
      },
    ],
  };
  const register = () =>
    cli.json('ecs register-task-definition --cli-input-json', JSON.stringify(definition));
  await register();
  await register();
  await cli.json('ecs deregister-task-definition --task-definition shop:1');
  await cli.json('ecs delete-task-definitions --task-definitions shop:1');
  await cli.json('ecs describe-task-definition --task-definition shop');
  await cli.json('ecs list-task-definition-families');
  await expect(cli.json('ecs list-task-definitions')).resolves.toMatchObject({
    taskDefinitionArns: ['arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:2'],
  });

  const network = ['--network-configuration', 'awsvpcConfiguration={subnets=[subnet-1]}'];
  ecs.runtime.behave('task', atPace(scripts.task, pace));
  const ran = await cli.text(
    'ecs run-task --cluster shops --launch-type FARGATE --task-definition shop',
    ...network,
    ...['--query', 'tasks[0].taskArn', '--output', 'text'],
  );
  const task = ran.trim();
  const tasks = `ecs describe-tasks --cluster shops --tasks ${task}`;
  await waitUntilTasksStopped(waiting, { cluster: 'shops', tasks: [task] });
  await expect(cli.json(tasks)).resolves.toMatchObject({
    tasks: [{ containers: [{ exitCode: 0 }], stopCode: 'EssentialContainerExited' }],
  });
  const streams = 'logs describe-log-streams --log-group-name /ecs/shop';
  const query = ['--query', 'logStreams[0].logStreamName', '--output', 'text'];
  const stream = (await cli.text(streams, ...query)).trim();
  await expect(
    cli.json(`logs get-log-events --log-group-name /ecs/shop --log-stream-name ${stream}`),
  ).resolves.toMatchObject({ events: [{ message: 'done' }] });
  await expect(
    cli.json('logs filter-log-events --log-group-name /ecs/shop --filter-pattern done'),
  ).resolves.toMatchObject({ events: [{ message: 'done', logStreamName: stream }] });

  ecs.runtime.behave('task', atPace(scripts.healthy, pace));
  const balancer = `targetGroupArn=${group.arn},containerName=web,containerPort=80`;
  await cli.json(
    'ecs create-service --cluster shops --service-name shop --task-definition shop',
    ...`--desired-count 1 --launch-type FARGATE --load-balancers ${balancer}`.split(' '),
    ...network,
  );
  const shop = { cluster: 'shops', service: 'shop' };
  await until('SUCCESSFUL', () => sdk.listServiceDeployments(shop));
  await cli.json('ecs list-service-deployments --cluster shops --service shop');
  const services = 'ecs describe-services --cluster shops --services shop';
  const of = (member: string) => ['--query', `services[0].${member}`, '--output', 'text'];
  const service = (await cli.text(services, ...of('serviceArn'))).trim();
  await cli.json('ecs list-services --cluster shops');
  await cli.json(`ecs tag-resource --resource-arn ${service} --tags key=team,value=shop`);
  await expect(
    cli.json(`ecs list-tags-for-resource --resource-arn ${service}`),
  ).resolves.toMatchObject({ tags: [{ key: 'team', value: 'shop' }] });
  await cli.json(`ecs untag-resource --resource-arn ${service} --tag-keys team`);
  const running = await cli.text(
    'ecs list-tasks --cluster shops --service-name shop --query taskArns[0] --output text',
  );

  await expect(
    cli.json(`elbv2 describe-target-health --target-group-arn ${group.arn}`),
  ).resolves.toMatchObject({ TargetHealthDescriptions: [{ TargetHealth: { State: 'healthy' } }] });
  await expect(cli.json('elbv2 describe-target-groups --names shop')).resolves.toMatchObject({
    TargetGroups: [{ TargetGroupArn: group.arn, Port: 80 }],
  });
  await cli.json(`elbv2 describe-listeners --listener-arns ${listenerArn}`);
  await cli.json(`elbv2 describe-rules --listener-arn ${listenerArn}`);
  await expect(cli.json('elbv2 describe-load-balancers')).resolves.toMatchObject({
    LoadBalancers: [{ DNSName: expect.any(String), Type: 'application' }],
  });

  ecs.runtime.behave('task', atPace(scripts.neverHealthy, pace));
  await cli.json('ecs update-service --cluster shops --service shop --force-new-deployment');
  const current = (await cli.text(services, ...of('currentServiceDeployment'))).trim();
  const deployment = `ecs describe-service-deployments --service-deployment-arns ${current}`;
  const revision = await cli.text(
    deployment,
    ...['--query', 'serviceDeployments[0].targetServiceRevision.arn', '--output', 'text'],
  );
  await cli.json(`ecs describe-service-revisions --service-revision-arns ${revision.trim()}`);
  await expect(
    cli.json(`ecs continue-service-deployment --service-deployment-arn ${current} --hook-id x`),
  ).rejects.toThrow(/An error occurred \(\w+\) when calling the ContinueServiceDeployment/);
  await cli.json(
    `ecs stop-service-deployment --service-deployment-arn ${current} --stop-type ROLLBACK`,
  );
  await until('ROLLBACK_SUCCESSFUL', () => sdk.listServiceDeployments(shop));
  await cli.json(`ecs stop-task --cluster shops --task ${running.trim()}`);
  await cli.json('ecs delete-service --cluster shops --service shop --force');

  const seen = new Set(own.permissions.calls.map(({ action }) => action));
  for (const name of ['ecs', 'logs', 'elbv2'] as const) {
    const prefix = signingName(serviceModel(name));
    const called = [...seen].filter((action) => action.startsWith(`${prefix}:`));
    const there = await operationsOf(own, name);
    expect(called.toSorted()).toEqual(there.map((one) => `${prefix}:${one}`).toSorted());
  }
});

/** The operations of a model that a service of the cloud knows, seen from outside. */
async function operationsOf(own: Aws, name: 'ecs' | 'logs' | 'elbv2'): Promise<string[]> {
  const { metadata, operations } = serviceModel(name);
  const variable = { ecs: 'ECS', logs: 'CLOUDWATCH_LOGS', elbv2: 'ELASTIC_LOAD_BALANCING_V2' };
  const url = own.env[`AWS_ENDPOINT_URL_${variable[name]}`] ?? '';
  const asked = Object.keys(operations).map(async (operation) => {
    const answer =
      metadata.protocol === 'query'
        ? await fetch(url, {
            method: 'POST',
            body: new URLSearchParams({ Action: operation, Version: metadata.apiVersion }),
          })
        : await fetch(url, {
            method: 'POST',
            headers: {
              'content-type': 'application/x-amz-json-1.1',
              'x-amz-target': `${metadata.targetPrefix}.${operation}`,
            },
            body: '{}',
          });
    const said = await answer.text();
    return /UnknownOperation|InvalidAction/.test(said) ? [] : [operation];
  });
  return (await Promise.all(asked)).flat();
}
