import type {
  GetLifecyclePolicyRequest,
  GetLifecyclePolicyResponse,
  PutLifecyclePolicyRequest,
  PutLifecyclePolicyResponse,
} from '@aws-sdk/client-ecr';
import type { Wire } from '../model/wire.ts';
import { Refusal } from '../refusal.ts';
import type { Operation } from '../service.ts';
import { whatIsWrongWithPolicy } from './lifecycle-policy.ts';
import { arnOf, type EcrParts } from './parts.ts';

/** PutLifecyclePolicy: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html */
export function putLifecyclePolicy({
  repositories,
}: EcrParts): Operation<Wire<PutLifecyclePolicyRequest>, Wire<PutLifecyclePolicyResponse>> {
  return {
    resource: arnOf,
    run(input, signed) {
      const { registryId, repositoryArn, repositoryName } = repositories.get(arnOf(input, signed));
      const { lifecyclePolicyText } = input;
      const wrong = whatIsWrongWithPolicy(lifecyclePolicyText);
      if (wrong !== undefined) {
        throw new Refusal(
          'InvalidParameterException',
          `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${wrong}'`,
        );
      }
      repositories.policies.set(repositoryArn, lifecyclePolicyText);
      return { registryId, repositoryName, lifecyclePolicyText };
    },
  };
}

/** GetLifecyclePolicy: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicy.html */
export function getLifecyclePolicy({
  repositories,
}: EcrParts): Operation<Wire<GetLifecyclePolicyRequest>, Wire<GetLifecyclePolicyResponse>> {
  return {
    resource: arnOf,
    run(input, signed) {
      const { registryId, repositoryArn, repositoryName } = repositories.get(arnOf(input, signed));
      const lifecyclePolicyText = repositories.policies.get(repositoryArn);
      if (lifecyclePolicyText !== undefined) {
        return { registryId, repositoryName, lifecyclePolicyText };
      }
      throw new Refusal(
        'LifecyclePolicyNotFoundException',
        `Lifecycle policy does not exist for the repository with name '${repositoryName}' in the registry with id '${registryId}'`,
      );
    },
  };
}
