import type {
  GetAuthorizationTokenRequest,
  GetAuthorizationTokenResponse,
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
} from '@aws-sdk/client-ecr';
import type { Handler } from '../http/exchange.ts';
import { createRepository } from './ecr/create-repository.ts';
import { describeRepositories } from './ecr/describe-repositories.ts';
import { getLifecyclePolicy, putLifecyclePolicy } from './ecr/lifecycle.ts';
import { type EcrParts, ecrSentence, hostOf, tokenLifetime } from './ecr/parts.ts';
import { jsonService } from './json-service.ts';
import type { Wire } from './model/wire.ts';
import type { Operation } from './service.ts';
import { accountOf } from './sessions.ts';

/**
 * Amazon ECR, private registries: tokens to log in with, repositories and their lifecycle policies.
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
      GetLifecyclePolicy: getLifecyclePolicy(parts),
      ListTagsForResource: listTagsForResource(parts),
      PutLifecyclePolicy: putLifecyclePolicy(parts),
    },
  });
}

function getAuthorizationToken({
  now,
  password,
}: EcrParts): Operation<Wire<GetAuthorizationTokenRequest>, Wire<GetAuthorizationTokenResponse>> {
  return {
    resource: () => '*',
    run: ({ registryIds }, signed) => ({
      authorizationData: (registryIds ?? [accountOf(signed.session.role)]).map((registryId) => ({
        authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
        expiresAt: now() / 1_000 + tokenLifetime,
        proxyEndpoint: `https://${hostOf(registryId, signed)}`,
      })),
    }),
  };
}

function listTagsForResource({
  repositories,
}: EcrParts): Operation<Wire<ListTagsForResourceRequest>, Wire<ListTagsForResourceResponse>> {
  return {
    resource: ({ resourceArn }) => resourceArn,
    run({ resourceArn }) {
      repositories.get(resourceArn);
      return { tags: repositories.tags.get(resourceArn) ?? [] };
    },
  };
}
