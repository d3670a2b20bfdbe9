import {
  CreateRepositoryCommand,
  type CreateRepositoryCommandInput,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  ListTagsForResourceCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Aws, startAws } from '../../src/aws/aws.ts';

const role = 'arn:aws:iam::123456789012:role/deploy';
const host = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';

let aws: Aws;
let ecr: ECRClient;
beforeEach(async () => {
  aws = await startAws();
  const endpoint = aws.env['AWS_ENDPOINT_URL_ECR'] ?? '';
  ecr = new ECRClient({ region: 'eu-central-1', endpoint, credentials: aws.credentials(role) });
});
afterEach(async () => {
  await aws[Symbol.asyncDispose]();
});

const create = (more: Partial<CreateRepositoryCommandInput> = {}) =>
  ecr.send(new CreateRepositoryCommand({ repositoryName: 'team/app', ...more }));

describe('a repository', () => {
  test('is what ECR makes by default', async () => {
    const { repository } = await create();
    expect(repository).toEqual({
      repositoryArn: 'arn:aws:ecr:eu-central-1:123456789012:repository/team/app',
      registryId: '123456789012',
      repositoryName: 'team/app',
      repositoryUri: `${host}/team/app`,
      createdAt: expect.any(Date),
      imageTagMutability: 'MUTABLE',
      imageScanningConfiguration: { scanOnPush: false },
      encryptionConfiguration: { encryptionType: 'AES256' },
    });
  });

  test('has what was asked for, and can be read again', async () => {
    const key = 'arn:aws:kms:eu-central-1:123456789012:key/1';
    await create({
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: 'KMS', kmsKey: key },
      tags: [{ Key: 'team', Value: 'shop' }],
    });
    const { repositories } = await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: ['team/app'] }),
    );
    expect(repositories).toMatchObject([
      {
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: { encryptionType: 'KMS', kmsKey: key },
      },
    ]);
    const resourceArn = repositories?.[0]?.repositoryArn;
    await expect(ecr.send(new ListTagsForResourceCommand({ resourceArn }))).resolves.toMatchObject({
      tags: [{ Key: 'team', Value: 'shop' }],
    });
  });

  test.each<[string, Partial<CreateRepositoryCommandInput>, string, string]>([
    ['a bad name', { repositoryName: 'Team/App' }, 'InvalidParameterException', 'repositoryName'],
    ['a short name', { repositoryName: 'a' }, 'InvalidParameterException', 'length'],
    [
      'a key for AES256',
      { encryptionConfiguration: { encryptionType: 'AES256', kmsKey: 'k' } },
      'InvalidParameterException',
      'kmsKey',
    ],
    [
      'exclusions without their mutability',
      { imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'dev-*' }] },
      'InvalidParameterException',
      'imageTagMutabilityExclusionFilters',
    ],
    [
      'a mutability without its exclusions',
      { imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' },
      'InvalidParameterException',
      'imageTagMutabilityExclusionFilters',
    ],
    [
      'a tag of AWS',
      { tags: [{ Key: 'aws:x', Value: '' }] },
      'InvalidTagParameterException',
      'aws:x',
    ],
    [
      'too many tags',
      { tags: Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: '' })) },
      'TooManyTagsException',
      '50',
    ],
  ])('is not made with %s', async (_, more, name, said) => {
    await expect(create(more)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(said),
    });
    expect(aws.ecrRepositories()).toEqual([]);
  });

  test('exists once', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ name: 'RepositoryAlreadyExistsException' });
  });

  test('needs a permission of its own for its tags', async () => {
    aws.permissions.withhold('ecr:TagResource');
    await expect(create({ tags: [{ Key: 'k', Value: 'v' }] })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('ecr:TagResource'),
    });
    await expect(create()).resolves.toBeDefined();
  });
});

describe('repositories', () => {
  test('come a page at a time', async () => {
    for (const name of ['aa', 'bb', 'cc']) await create({ repositoryName: name });
    const page = async (nextToken?: string) => {
      const asked = new DescribeRepositoriesCommand({ maxResults: 2, nextToken });
      const { nextToken: next, repositories = [] } = await ecr.send(asked);
      return { next, names: repositories.map(({ repositoryName }) => repositoryName) };
    };
    const first = await page();
    expect(first.names).toEqual(['aa', 'bb']);
    await expect(page(first.next)).resolves.toEqual({ next: undefined, names: ['cc'] });
    await expect(page('bad')).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('are named, or come in pages', async () => {
    await create();
    const both = { repositoryNames: ['team/app'], maxResults: 1 };
    await expect(ecr.send(new DescribeRepositoriesCommand(both))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});

test('there is a token for each registry that is named', async () => {
  const registryIds = ['111111111111', '222222222222'];
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({ registryIds }));
  expect(authorizationData?.map(({ proxyEndpoint }) => proxyEndpoint)).toEqual([
    'https://111111111111.dkr.ecr.eu-central-1.amazonaws.com',
    'https://222222222222.dkr.ecr.eu-central-1.amazonaws.com',
  ]);
});

describe('a lifecycle policy', () => {
  const selection = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 30 };
  const rule = (change: object = {}, selected: object = {}) => ({
    rulePriority: 1,
    description: 'keep 30 images, and say so in a text that is long enough for ECR',
    selection: { ...selection, ...selected },
    action: { type: 'expire' },
    ...change,
  });
  const put = (policy: unknown, repositoryName = 'team/app') => {
    const lifecyclePolicyText = typeof policy === 'string' ? policy : JSON.stringify(policy);
    return ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
  };
  const get = () => ecr.send(new GetLifecyclePolicyCommand({ repositoryName: 'team/app' }));

  test('is kept as it is', async () => {
    await create();
    await expect(get()).rejects.toMatchObject({ name: 'LifecyclePolicyNotFoundException' });
    const text = JSON.stringify({ rules: [rule()] }, undefined, 2);
    await put(text);
    await expect(get()).resolves.toMatchObject({ lifecyclePolicyText: text });
  });

  test('needs its repository', async () => {
    const work = put({ rules: [rule()] }, 'absent');
    await expect(work).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
  });

  test.each<[string, unknown, string]>([
    ['no JSON', `{${' '.repeat(100)}`, 'the text is not JSON'],
    ['no rules', { rules: [], comment: 'x'.repeat(100) }, 'comment'],
    ['an empty list', `{"rules":[]}${' '.repeat(100)}`, 'the policy has no rules'],
    ['a priority of 0', { rules: [rule({ rulePriority: 0 })] }, 'rules[0] has a wrong'],
    ['another action', { rules: [rule({ action: { type: 'delete' } })] }, 'rules[0].action'],
    ['no count', { rules: [rule({}, { countNumber: '30' })] }, 'countNumber'],
    ['a unit for a count', { rules: [rule({}, { countUnit: 'days' })] }, 'not have countUnit'],
    [
      'an age without a unit',
      { rules: [rule({}, { countType: 'sinceImagePushed' })] },
      'have countUnit',
    ],
    ['tags without a pattern', { rules: [rule({}, { tagStatus: 'tagged' })] }, 'tagPatternList'],
    ['a pattern without tags', { rules: [rule({}, { tagPrefixList: ['v'] })] }, 'tagPrefixList'],
    ['one priority twice', { rules: [rule(), rule()] }, 'same rulePriority'],
    [
      'the rule for any first',
      { rules: [rule(), rule({ rulePriority: 2 }, { tagStatus: 'untagged' })] },
      'highest rulePriority',
    ],
  ])('with %s is refused', async (_, policy, said) => {
    await create();
    await expect(put(policy)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringMatching(/^Invalid parameter at 'LifecyclePolicyText'/),
    });
    await expect(put(policy)).rejects.toMatchObject({ message: expect.stringContaining(said) });
    await expect(get()).rejects.toMatchObject({ name: 'LifecyclePolicyNotFoundException' });
  });
});
