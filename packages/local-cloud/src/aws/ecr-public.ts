import type { Handler } from '../http/exchange.ts';
import { type EcrParts, tokenLifetime } from './ecr.ts';
import { jsonService } from './json-service.ts';
import { Refusal } from './refusal.ts';
import { accountOf } from './sessions.ts';
import type { Signed } from './signature.ts';

/**
 * Amazon ECR Public, which exists in us-east-1 only: GetAuthorizationToken, CreateRepository.
 * Source: https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/
 */
export function ecrPublicService({ now, password, repositories, sessions }: EcrParts): Handler {
  return jsonService({
    sessions,
    now,
    service: 'ecr-public',
    target: 'SpencerFrontendService',
    operations: {
      GetAuthorizationToken: {
        input: {},
        resource: () => '*',
        alsoNeeds: ['sts:GetServiceBearerToken'],
        run(_, signed) {
          checkRegion(signed);
          return {
            authorizationData: {
              authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
              expiresAt: now() / 1_000 + tokenLifetime,
            },
          };
        },
      },
      CreateRepository: {
        input: { repositoryName: 'string' },
        resource: (input, signed) => arn(signed, input['repositoryName']),
        run(input, signed) {
          checkRegion(signed);
          const repositoryName = String(input['repositoryName']);
          const registryId = accountOf(signed.session.role);
          const repository = repositories.create({
            registryId,
            repositoryName,
            repositoryArn: arn(signed, repositoryName),
            repositoryUri: `public.ecr.aws/local/${repositoryName}`,
            createdAt: now() / 1_000,
          });
          return { repository, catalogData: {} };
        },
      },
    },
  });
}

function arn({ session }: Signed, name: unknown): string {
  return `arn:aws:ecr-public::${accountOf(session.role)}:repository/${name}`;
}

// Outside of us-east-1 the API has no endpoint at all.
function checkRegion({ region }: Signed): void {
  if (region === 'us-east-1') return;
  throw new Refusal('UnsupportedCommandException', `ECR Public is not in ${region}`);
}
