import type {
  CreateRepositoryRequest,
  CreateRepositoryResponse,
  EncryptionConfiguration,
} from '@aws-sdk/client-ecr';
import type { Wire } from '../model/wire.ts';
import { Refusal } from '../refusal.ts';
import type { Operation } from '../service.ts';
import { accountOf } from '../sessions.ts';
import type { Signed } from '../signature.ts';
import { arnOf, type EcrParts, ecrSentence, hostOf } from './parts.ts';

type Asked = Wire<CreateRepositoryRequest>;

const mostTags = 50;

/** CreateRepository: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
export function createRepository({
  now,
  repositories,
}: EcrParts): Operation<Asked, Wire<CreateRepositoryResponse>> {
  return {
    resource: arnOf,
    alsoNeeds: (input, signed) =>
      input.tags ? [{ action: 'ecr:TagResource', resource: arnOf(input, signed) }] : [],
    run(input, signed) {
      checkExclusions(input);
      checkTags(input);
      const { imageTagMutability = 'MUTABLE', repositoryName } = input;
      const { registryId = accountOf(signed.session.role) } = input;
      const filters = input.imageTagMutabilityExclusionFilters;
      const repository = repositories.create({
        repositoryArn: arnOf(input, signed),
        registryId,
        repositoryName,
        repositoryUri: `${hostOf(registryId, signed)}/${repositoryName}`,
        createdAt: now() / 1_000,
        imageTagMutability,
        ...(filters && { imageTagMutabilityExclusionFilters: filters }),
        imageScanningConfiguration: { scanOnPush: false, ...input.imageScanningConfiguration },
        encryptionConfiguration: encryption(input.encryptionConfiguration, signed),
      });
      repositories.tags.set(repository.repositoryArn, input.tags ?? []);
      return { repository };
    },
  };
}

// Without a key of one's own, ECR names the key that AWS keeps for it in the account.
function encryption(
  asked: Wire<EncryptionConfiguration> | undefined,
  { region, session }: Signed,
): Wire<EncryptionConfiguration> {
  if (!asked || asked.encryptionType === 'AES256') {
    if (asked?.kmsKey === undefined) return { encryptionType: 'AES256' };
    const must = 'must not be set with the encryption type AES256';
    throw invalid('encryptionConfiguration.kmsKey', must);
  }
  const account = accountOf(session.role);
  const own = `arn:aws:kms:${region}:${account}:key/00000000-0000-4000-8000-000000000ec2`;
  return { kmsKey: own, ...asked };
}

function checkExclusions({
  imageTagMutability = 'MUTABLE',
  imageTagMutabilityExclusionFilters: filters,
}: Asked): void {
  if (imageTagMutability.endsWith('_WITH_EXCLUSION') === (filters !== undefined)) return;
  const must = filters
    ? `must not be set with the mutability ${imageTagMutability}`
    : `must be set with the mutability ${imageTagMutability}`;
  throw invalid('imageTagMutabilityExclusionFilters', must);
}

function checkTags({ tags = [] }: Asked): void {
  if (tags.length > mostTags) {
    throw new Refusal('TooManyTagsException', `A repository can have at most ${mostTags} tags.`);
  }
  const keys = tags.map(({ Key }) => Key);
  const wrong = keys.find((key, at) => !/^(?!aws:).{1,128}$/is.test(key) || keys.indexOf(key) < at);
  if (wrong === undefined) return;
  throw new Refusal(
    'InvalidTagParameterException',
    `The tag key '${wrong}' is invalid or a duplicate.`,
  );
}

function invalid(path: string, must: string): Refusal {
  return new Refusal('InvalidParameterException', ecrSentence({ must, path }));
}
