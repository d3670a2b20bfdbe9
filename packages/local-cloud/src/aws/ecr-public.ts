import type {
  CreateRepositoryRequest,
  CreateRepositoryResponse,
  GetAuthorizationTokenRequest,
  GetAuthorizationTokenResponse,
} from '@aws-sdk/client-ecr-public';
import type { Handler } from '../http/exchange.ts';
import { type EcrParts, ecrSentence, tokenLifetime } from './ecr/parts.ts';
import { jsonService } from './json-service.ts';
import type { Wire } from './model/wire.ts';
import { Refusal } from './refusal.ts';
import type { Operation } from './service.ts';
import { accountOf } from './sessions.ts';
import type { Signed } from './signature.ts';

/**
 * Amazon ECR Public, which exists in us-east-1 only: GetAuthorizationToken, CreateRepository.
 * Source: https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/
 */
export function ecrPublicService(parts: EcrParts): Handler {
  return jsonService({
    ...parts,
    model: 'ecr-public',
    sentence: ecrSentence,
    operations: {
      GetAuthorizationToken: getAuthorizationToken(parts),
      CreateRepository: createRepository(parts),
    },
  });
}

function getAuthorizationToken({
  now,
  password,
}: EcrParts): Operation<Wire<GetAuthorizationTokenRequest>, Wire<GetAuthorizationTokenResponse>> {
  return {
    resource: () => '*',
    alsoNeeds: () => [{ action: 'sts:GetServiceBearerToken', resource: '*' }],
    run(_, signed) {
      checkRegion(signed);
      return {
        authorizationData: {
          authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
          expiresAt: now() / 1_000 + tokenLifetime,
        },
      };
    },
  };
}

function createRepository({
  now,
  repositories,
}: EcrParts): Operation<Wire<CreateRepositoryRequest>, Wire<CreateRepositoryResponse>> {
  return {
    members: ['repositoryName'],
    resource: ({ repositoryName }, signed) => arn(signed, repositoryName),
    run({ repositoryName }, signed) {
      checkRegion(signed);
      const repository = repositories.create({
        registryId: accountOf(signed.session.role),
        repositoryName,
        repositoryArn: arn(signed, repositoryName),
        repositoryUri: `public.ecr.aws/local/${repositoryName}`,
        createdAt: now() / 1_000,
      });
      return { repository, catalogData: {} };
    },
  };
}

function arn({ session }: Signed, name: string): string {
  return `arn:aws:ecr-public::${accountOf(session.role)}:repository/${name}`;
}

// Outside of us-east-1 the API has no endpoint at all.
function checkRegion({ region }: Signed): void {
  if (region === 'us-east-1') return;
  throw new Refusal('UnsupportedCommandException', `ECR Public is not in ${region}`);
}
