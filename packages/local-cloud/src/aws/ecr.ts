import type { Handler } from '../http/exchange.ts';
import { type Input, jsonService, type Operation } from './json-service.ts';
import type { Repositories } from './repositories.ts';
import { accountOf, type Sessions } from './sessions.ts';
import type { Signed } from './signature.ts';

export interface EcrParts {
  sessions: Sessions;
  repositories: Repositories;
  /** What `AWS` logs in with. */
  password: string;
  /** Milliseconds since the epoch. */
  now: () => number;
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
    service: 'ecr',
    target: 'AmazonEC2ContainerRegistry_V20150921',
    operations: {
      GetAuthorizationToken: getAuthorizationToken(parts),
      CreateRepository: createRepository(parts),
      DescribeRepositories: describeRepositories(parts),
    },
  });
}

function getAuthorizationToken({ now, password }: EcrParts): Operation {
  return {
    input: { 'registryIds?': ['string'] },
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

function createRepository({ now, repositories }: EcrParts): Operation {
  return {
    input: { repositoryName: 'string', 'registryId?': 'string' },
    resource: arn,
    run(input, signed) {
      const { registryId, repositoryName } = name(input, signed);
      const repository = repositories.create({
        registryId,
        repositoryName,
        repositoryArn: arn(input, signed),
        repositoryUri: `${host(registryId, signed)}/${repositoryName}`,
        createdAt: now() / 1_000,
      });
      return { repository };
    },
  };
}

function describeRepositories({ repositories }: EcrParts): Operation {
  return {
    input: { 'repositoryNames?': ['string'], 'registryId?': 'string' },
    resource: arn,
    run(input, signed) {
      const { registryId } = name(input, signed);
      const names: unknown = input['repositoryNames'];
      if (!Array.isArray(names)) {
        const here = arn({ repositoryName: '' }, signed);
        const all = repositories.all().filter((found) => found.repositoryArn.startsWith(here));
        return { repositories: all };
      }
      return {
        repositories: names.map((repositoryName) =>
          repositories.get(arn({ registryId, repositoryName }, signed), repositoryName, registryId),
        ),
      };
    },
  };
}

function name(input: Input, { session }: Signed) {
  const { registryId = accountOf(session.role), repositoryName = '*' } = input;
  return { registryId: String(registryId), repositoryName: String(repositoryName) };
}

function arn(input: Input, signed: Signed): string {
  const { registryId, repositoryName } = name(input, signed);
  return `arn:aws:ecr:${signed.region}:${registryId}:repository/${repositoryName}`;
}

function host(registryId: string, { region }: Signed): string {
  return `${registryId}.dkr.ecr.${region}.amazonaws.com`;
}
