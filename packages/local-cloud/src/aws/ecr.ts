import type {
  CreateRepositoryRequest,
  CreateRepositoryResponse,
  DescribeRepositoriesRequest,
  DescribeRepositoriesResponse,
  GetAuthorizationTokenRequest,
  GetAuthorizationTokenResponse,
} from '@aws-sdk/client-ecr';
import type { Handler } from '../http/exchange.ts';
import { jsonService } from './json-service.ts';
import type { Violation } from './model/check.ts';
import type { Wire } from './model/wire.ts';
import type { Repositories } from './repositories.ts';
import type { AwsParts, Operation } from './service.ts';
import { accountOf } from './sessions.ts';
import type { Signed } from './signature.ts';

export interface EcrParts extends AwsParts {
  repositories: Repositories;
  /** What `AWS` logs in with. */
  password: string;
}

/** How long an authorization token is good for, in seconds. */
export const tokenLifetime = 12 * 3_600;

/**
 * Amazon ECR, private registries: GetAuthorizationToken, CreateRepository, DescribeRepositories.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/
 */
export function ecrService(parts: EcrParts): Handler {
  return jsonService({
    ...parts,
    model: 'ecr',
    sentence: ecrSentence,
    operations: {
      GetAuthorizationToken: getAuthorizationToken(parts),
      CreateRepository: createRepository(parts),
      DescribeRepositories: describeRepositories(parts),
    },
  });
}

/** ECR's own sentence for a broken constraint. */
export function ecrSentence({ must, path }: Violation): string {
  return `Invalid parameter at '${path}' failed to satisfy constraint: '${must}'`;
}

function getAuthorizationToken({
  now,
  password,
}: EcrParts): Operation<Wire<GetAuthorizationTokenRequest>, Wire<GetAuthorizationTokenResponse>> {
  return {
    resource: () => '*',
    run: (_, signed) => ({
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
          expiresAt: now() / 1_000 + tokenLifetime,
          proxyEndpoint: `https://${host(accountOf(signed.session.role), signed)}`,
        },
      ],
    }),
  };
}

function createRepository({
  now,
  repositories,
}: EcrParts): Operation<Wire<CreateRepositoryRequest>, Wire<CreateRepositoryResponse>> {
  return {
    members: ['registryId', 'repositoryName'],
    resource: ({ registryId, repositoryName }, signed) => arn(signed, repositoryName, registryId),
    run({ repositoryName, ...input }, signed) {
      const { registryId = accountOf(signed.session.role) } = input;
      const repository = repositories.create({
        registryId,
        repositoryName,
        repositoryArn: arn(signed, repositoryName, registryId),
        repositoryUri: `${host(registryId, signed)}/${repositoryName}`,
        createdAt: now() / 1_000,
      });
      return { repository };
    },
  };
}

function describeRepositories({
  repositories,
}: EcrParts): Operation<Wire<DescribeRepositoriesRequest>, Wire<DescribeRepositoriesResponse>> {
  return {
    members: ['registryId', 'repositoryNames'],
    resource: ({ registryId }, signed) => arn(signed, '*', registryId),
    run({ repositoryNames, ...input }, signed) {
      const { registryId = accountOf(signed.session.role) } = input;
      if (!repositoryNames) {
        const here = arn(signed, '', registryId);
        const all = repositories.all().filter((found) => found.repositoryArn.startsWith(here));
        return { repositories: all };
      }
      return {
        repositories: repositoryNames.map((name) =>
          repositories.get(arn(signed, name, registryId), name, registryId),
        ),
      };
    },
  };
}

function arn(
  { region, session }: Signed,
  name: string,
  registryId = accountOf(session.role),
): string {
  return `arn:aws:ecr:${region}:${registryId}:repository/${name}`;
}

function host(registryId: string, { region }: Signed): string {
  return `${registryId}.dkr.ecr.${region}.amazonaws.com`;
}
