import {
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Seed } from '../../../local-cloud/src/seed.ts';
import { createEcrRepository, ecrCredentials } from '../../src/identity/aws.ts';
import { awsSessionName } from '../../src/identity/aws-role.ts';
import type { EcrRepositorySettings } from '../../src/identity/ecr-repository.ts';
import { identityOf, role, startWorld, type World } from './world.ts';

const registry = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const subject = 'repo:org/app:ref:refs/heads/main';
const kmsKey = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd';

let world: World;
beforeAll(async () => {
  world = await startWorld(({ aws }) => ({
    aws: { ...aws, registryPassword: 'planted-registry-password' },
  }));
});
afterEach(() => world.reset());
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const login = (w: World = world) =>
  ecrCredentials({ identity: identityOf(w.means), registry }, w.means);

/** A cloud in which one thing about AWS is different. */
const otherWorld = (change: Partial<Seed['aws']['roles'][0]>, run: Partial<Seed['run']> = {}) =>
  startWorld((seed) => ({
    aws: { ...seed.aws, roles: seed.aws.roles.map((known) => ({ ...known, ...change })) },
    run: { ...seed.run, ...run },
  }));

describe('credentials', () => {
  test.each([
    ['a private registry', { registry }],
    ['the public registry', { registry: 'public.ecr.aws' }],
    ['a registry on loopback', { registry: 'localhost:5000', region: 'eu-west-1' }],
  ])('of %s', async (_, place) => {
    const identity = identityOf(world.means);
    const credentials = await ecrCredentials({ identity, ...place }, world.means);
    expect(credentials).toEqual({ username: 'AWS', password: 'planted-registry-password' });
    const { accessKeyId, secretAccessKey, sessionToken } = await identity.credentials();
    expect(world.masked.slice(-5)).toEqual([
      accessKeyId,
      secretAccessKey,
      sessionToken,
      Buffer.from('AWS:planted-registry-password').toString('base64'),
      'planted-registry-password',
    ]);
    world.expectMaskedBeforeUse();
  });

  test('have everything behind the first colon for a password', async () => {
    const authorizationToken = Buffer.from('AWS:planted:with:colons').toString('base64');
    const body = JSON.stringify({ authorizationData: [{ authorizationToken }] });
    world.cloud.faults.next('ecr', { status: 200, body });
    expect(await login()).toEqual({ username: 'AWS', password: 'planted:with:colons' });
  });

  test('need a region that somebody tells', async () => {
    const identity = identityOf(world.means);
    const work = ecrCredentials({ identity, registry: 'localhost:5000' }, world.means);
    const failure = await world.failure(work);
    expect(failure.code).toBe('action/input');
    expect(failure.message).toContain('aws-region');
    expect(world.asked).toEqual([]);
  });
});

describe('repositories', () => {
  test.each([
    [registry, 'team/app', `${registry}/team/app`],
    ['public.ecr.aws', 'alias/team/app', 'public.ecr.aws/local/team/app'],
  ])('at %s are created once', async (host, repository, uri) => {
    const identity = identityOf(world.means);
    const create = () => createEcrRepository({ registry: host, repository, identity }, world.means);
    await expect(create()).resolves.toEqual({ made: 'created' });
    await expect(create()).resolves.toEqual({ made: 'existed' });
    expect(world.cloud.aws.ecrRepositories().filter((found) => found === uri)).toHaveLength(1);
  });

  test.each<[string, EcrRepositorySettings | undefined, object, number | undefined]>([
    [
      'usual settings',
      undefined,
      {
        imageScanningConfiguration: { scanOnPush: true },
        imageTagMutability: 'MUTABLE',
        encryptionConfiguration: { encryptionType: 'AES256' },
      },
      30,
    ],
    [
      'settings of one’s own',
      { scanOnPush: false, immutableTags: true, keep: 0, kmsKey },
      {
        imageScanningConfiguration: { scanOnPush: false },
        imageTagMutability: 'IMMUTABLE',
        encryptionConfiguration: { encryptionType: 'KMS', kmsKey },
      },
      undefined,
    ],
  ])('get %s', async (_, settings, wanted, keep) => {
    const identity = identityOf(world.means);
    const repository = `team/${keep ?? 'all'}`;
    await createEcrRepository({ registry, repository, identity, settings }, world.means);
    const credentials = await identity.credentials();
    const endpoint = world.cloud.env['AWS_ENDPOINT_URL_ECR'] ?? '';
    const ecr = new ECRClient({ region: 'eu-central-1', credentials, endpoint });
    const { repositories } = await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [repository] }),
    );
    expect(repositories).toEqual([expect.objectContaining(wanted)]);
    const policy = ecr.send(new GetLifecyclePolicyCommand({ repositoryName: repository }));
    if (keep === undefined) {
      await expect(policy).rejects.toThrow('Lifecycle policy does not exist');
    } else {
      const { rules } = JSON.parse((await policy).lifecyclePolicyText ?? '');
      expect(rules[0].selection).toMatchObject({ tagStatus: 'tagged', countNumber: keep });
    }
    ecr.destroy();
  });

  test('are there without a lifecycle policy, where that permission is missing', async () => {
    await using poor = await otherWorld({ allow: ['ecr:CreateRepository'] });
    const identity = identityOf(poor.means);
    const repository = 'team/app';
    const done = await createEcrRepository({ registry, repository, identity }, poor.means);
    expect(done.made).toBe('created');
    expect(done.withoutPolicy?.remedy).toBe('Grant it ecr:PutLifecyclePolicy.');
  });

  test('need the permission', async () => {
    await using poor = await otherWorld({ allow: ['ecr:GetAuthorizationToken'] });
    const identity = identityOf(poor.means);
    const work = createEcrRepository({ registry, repository: 'team/app', identity }, poor.means);
    const failure = await poor.failure(work);
    expect(failure.code).toBe('identity/permission');
    expect(failure.message).toContain(
      `${role} is known, but may not create the repository team/app`,
    );
    expect(failure.remedy).toBe('Grant it ecr:CreateRepository.');
  });

  test('with a name that ECR refuses', async () => {
    const identity = identityOf(world.means);
    const work = createEcrRepository({ registry, repository: 'Team/App', identity }, world.means);
    const failure = await world.failure(work);
    expect(failure.message).toMatch(/Amazon ECR .*InvalidParameterException: .*repositoryName/);
  });
});

test('the way to AWS is through the proxy of the runner', async () => {
  const { AWS_ENDPOINT_URL_STS: sts } = world.cloud.env;
  const env = { ...world.means.env, AWS_ENDPOINT_URL_STS: 'http://localhost:1', HTTP_PROXY: sts };
  const means = { ...world.means, env };
  await expect(
    ecrCredentials({ identity: identityOf(means), registry }, means),
  ).resolves.toMatchObject({
    username: 'AWS',
  });
});

describe('refused', () => {
  const trust = { audience: 'sts.amazonaws.com', subject };

  test.each<[string, Partial<Seed['aws']['roles'][0]>, Partial<Seed['run']>, string]>([
    ['another subject', {}, { subject: 'repo:evil/app:ref:refs/heads/main' }, 'AccessDenied'],
    ['the form with ids', { trust }, { subject: 'repo:org@1/app@2:ref:x' }, 'AccessDenied'],
    ['another audience', { trust: { ...trust, audience: 'x' } }, {}, 'AccessDenied'],
    ['no such role', { arn: `${role}s` }, {}, 'AccessDenied'],
    ['no provider', { arn: role.replace('12', '99') }, {}, 'No OpenIDConnect provider found'],
    ['an expired token', {}, { tokenLifetime: -60 }, 'ExpiredToken'],
  ])('%s', async (_, change, github, said) => {
    await using other = await otherWorld(change, github);
    const failure = await other.failure(login(other));
    const sent = github.subject ?? subject;
    expect(failure.code).toBe('identity/refused');
    expect(failure.message).toContain(`subject ${sent}: `);
    expect(failure.message).toContain(said);
    expect(failure.remedy).toContain(`the trust policy of ${role}`);
    expect(failure.remedy).toMatch(/"127\.0\.0\.1:\d+:aud":"sts\.amazonaws\.com"/);
    expect(failure.remedy).toContain(JSON.stringify(sent));
    other.expectMaskedBeforeUse();
  });

  test('offers a condition for both forms of the subject, as GitHub may add the ids', async () => {
    await using other = await otherWorld({ trust: { ...trust, audience: 'x' } });
    const { remedy } = await other.failure(login(other));
    expect(remedy).toContain(`:sub":["${subject}","repo:org@1001/app@2002:ref:refs/heads/main"]}.`);
  });

  test('says why a condition without the ids does not match', async () => {
    const withIds = 'repo:org@1001/app@2002:ref:refs/heads/main';
    await using other = await otherWorld({ trust }, { subject: withIds });
    const { remedy } = await other.failure(login(other));
    expect(remedy).toContain(`:sub":"${withIds}"}.`);
    expect(remedy).toContain(`A condition for ${subject} does not match`);
  });

  test('an audience that the provider does not know', async () => {
    await using other = await startWorld((seed) => ({ aws: { ...seed.aws, clientIds: ['x'] } }));
    const failure = await other.failure(login(other));
    expect(failure.message).toContain('Incorrect token audience');
    expect(failure.remedy).toContain('with audience sts.amazonaws.com');
  });
});

describe('no permission', () => {
  test.each([
    [registry, [], 'ecr:GetAuthorizationToken on resource *'],
    ['public.ecr.aws', ['ecr-public:*'], 'sts:GetServiceBearerToken on resource *'],
  ])('to log in to %s', async (host, allow, grant) => {
    await using poor = await otherWorld({ allow });
    const failure = await poor.failure(
      ecrCredentials({ identity: identityOf(poor.means), registry: host }, poor.means),
    );
    expect(failure.code).toBe('identity/permission');
    expect(failure.message).toContain('AccessDeniedException: User: arn:aws:sts::123456789012');
    expect(failure.remedy).toContain(grant);
  });
});

describe('a passing fault', () => {
  const throttled = { status: 400, body: '{"__type":"ThrottlingException","message":"Rate"}' };
  test.each([
    ['sts', '503', { status: 503 }],
    ['sts', 'a reset connection', 'reset' as const],
    ['ecr', '503', { status: 503 }],
    ['ecr', 'a reset connection', 'reset' as const],
    ['ecr', 'throttling', throttled],
    ['issuer', '503, so that STS cannot reach it', { status: 503 }],
  ] as const)('of %s (%s) is tried again', async (service, _, fault) => {
    world.cloud.faults.next(service, fault);
    await expect(login()).resolves.toMatchObject({ username: 'AWS' });
  });

  test.each([
    ['sts', 'AWS STS'],
    ['ecr', 'Amazon ECR'],
  ] as const)('of %s that stays is named in the end', async (service, name) => {
    world.cloud.faults.next(service, { status: 503 }, { status: 503 }, { status: 503 });
    const failure = await world.failure(login());
    expect(failure.code).toBe('identity/unavailable');
    expect(failure.message).toBe(`${name} gave no usable answer: HTTP 503.`);
  });
});

test('the page of a proxy is no refusal', async () => {
  world.cloud.faults.next('sts', { status: 403, body: '<html>planted-secret</html>' });
  const failure = await world.failure(login());
  expect(failure.code).toBe('identity/unavailable');
  expect(failure.message).not.toContain('planted');
});

describe('an answer that makes no sense', () => {
  const half = Buffer.from('AWS').toString('base64');
  test.each([
    ['sts', 'planted-secret'],
    ['sts', '<AssumeRoleWithWebIdentityResponse><Credentials>planted-secret'],
    ['sts', '<AssumeRoleWithWebIdentityResponse/>'],
    ['ecr', 'planted-secret'],
    ['ecr', '{"authorizationData":[{"authorizationToken":"planted-secret'],
    ['ecr', '{"authorizationData":[]}'],
    ['ecr', `{"authorizationData":[{"authorizationToken":"${half}"}]}`],
    ['ecr', '{"authorizationData":[{"authorizationToken":"!planted-secret"}]}'],
  ] as const)('from %s: %s', async (service, body) => {
    world.cloud.faults.next(service, { status: 200, body });
    const failure = await world.failure(login());
    expect(failure.code).toBe('identity/unavailable');
    expect(failure.message).not.toContain('planted');
    expect(failure.cause).toBeUndefined();
  });
});

test('cancelling ends it with the reason of the cancellation', async () => {
  const controller = new AbortController();
  const { faults } = world.cloud;
  faults.next('sts', 'slow');
  const means = { ...world.means, signal: controller.signal };
  const silent = faults.hit('sts');
  const work = expect(
    ecrCredentials({ identity: identityOf(means), registry }, means),
  ).rejects.toThrow('by SIGTERM');
  await silent;
  controller.abort(new Error('cancelled by SIGTERM'));
  await work;
});

test.each([
  [{ GITHUB_REPOSITORY: 'org/app', GITHUB_RUN_ID: '123' }, 'org-app-123'],
  [{ GITHUB_REPOSITORY: 'ørg/my app', GITHUB_RUN_ID: '1' }, '-rg-my-app-1'],
  [{ GITHUB_REPOSITORY: 'o/a.b_c', GITHUB_RUN_ID: '1\n2' }, 'o-a.b_c-1-2'],
  [{}, 'slipway-0'],
])('the session of %j is %s', (env, name) => {
  expect(awsSessionName(env)).toBe(name);
});

test('the session of a long repository keeps its run', () => {
  const env = {
    GITHUB_REPOSITORY: `org/${'a'.repeat(200)}`,
    GITHUB_RUN_ID: '12345678901234567890',
  };
  const name = awsSessionName(env);
  expect(name).toMatch(/^[\w+=,.@-]{64}$/);
  expect(name).toMatch(/-12345678901234567890$/);
});
