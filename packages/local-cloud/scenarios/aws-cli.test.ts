import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalCloud, startLocalCloud } from '../src/cloud.ts';
import { isRecord } from '../src/http/exchange.ts';

const role = 'arn:aws:iam::123456789012:role/deploy';
const session = 'arn:aws:sts::123456789012:assumed-role/deploy/session';
const cache = process.env['SLIPWAY_CACHE'] ?? join(homedir(), '.cache/slipway');

let cloud: LocalCloud;
let home: string;
let credentials: ReturnType<LocalCloud['aws']['credentials']>;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-aws-'));
  cloud = await startLocalCloud();
  credentials = cloud.aws.credentials(role);
});
afterAll(async () => {
  await cloud[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});

/** Runs the AWS CLI of PyPI as it is; what it prints is JSON, or a table or lines by `--output`. */
async function aws(line: string, ...more: readonly string[]): Promise<string> {
  const run = promisify(execFile)(join(cache, 'aws-cli/aws'), [...line.split(' '), ...more], {
    env: {
      ...cloud.aws.env,
      PATH: process.env['PATH'],
      HOME: home,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_MAX_ATTEMPTS: '1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
      NO_PROXY: '127.0.0.1',
    },
  });
  return (await run).stdout;
}

async function json(line: string, ...more: readonly string[]): Promise<unknown> {
  const said = await aws(line, ...more);
  return said === '' ? undefined : JSON.parse(said);
}

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
    const said = await json(
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
    await expect(json('sts get-caller-identity')).resolves.toMatchObject({
      Account: '123456789012',
      Arn: session,
    });
  });

  test('with a refusal that it reads', async () => {
    const line = `sts assume-role-with-web-identity --role-arn ${role} --role-session-name run-1`;
    await expect(aws(line, '--web-identity-token', 'none')).rejects.toMatchObject({
      stderr: expect.stringContaining(
        'An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity',
      ),
    });
  });
});

describe('Amazon ECR answers the AWS CLI', () => {
  const uri = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/app';

  test('with a password to log in with', async () => {
    await expect(aws('ecr get-login-password')).resolves.toMatch(/^\S{64}\n$/);
  });

  test('with a repository, its tags and its lifecycle policy', async () => {
    const made = await json(
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
    await json('ecr put-lifecycle-policy --repository-name team/app', ...policy);
    const kept = await json('ecr get-lifecycle-policy --repository-name team/app');
    expect(kept).toMatchObject({ lifecyclePolicyText: policy[1] });
    const arn = 'arn:aws:ecr:eu-central-1:123456789012:repository/team/app';
    await expect(json(`ecr list-tags-for-resource --resource-arn ${arn}`)).resolves.toEqual({
      tags: [{ Key: 'team', Value: 'shop' }],
    });
  });

  test('with all repositories, whose pages it follows by itself', async () => {
    for (const name of ['one', 'two', 'three']) {
      await json(`ecr create-repository --repository-name pages/${name}`);
    }
    const query = "repositories[?starts_with(repositoryName, 'pages/')].repositoryName";
    await expect(
      json('ecr describe-repositories --page-size 1', '--query', query),
    ).resolves.toEqual(['pages/one', 'pages/two', 'pages/three']);
  });

  test('with the public registry, in its one region', async () => {
    const here = 'ecr-public --region us-east-1';
    await expect(aws(`${here} get-login-password`)).resolves.toMatch(/^\S{64}\n$/);
    await expect(
      json(`${here} create-repository --repository-name team/public`),
    ).resolves.toMatchObject({ repository: { repositoryUri: 'public.ecr.aws/local/team/public' } });
  });

  test('with a denial that it reads', async () => {
    cloud.aws.permissions.withhold('ecr:DescribeRepositories');
    await expect(aws('ecr describe-repositories')).rejects.toMatchObject({
      stderr: expect.stringContaining(
        `An error occurred (AccessDeniedException) when calling the DescribeRepositories operation: User: ${session} is not authorized to perform: ecr:DescribeRepositories`,
      ),
    });
    cloud.aws.permissions.restore();
  });
});
