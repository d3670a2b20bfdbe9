import { awsClientSettings, stopWith } from './aws-client.ts';
import type { AwsIdentity } from './aws-identity.ts';
import type { IdentityContext } from './context.ts';
import type { EcrRepositorySettings } from './ecr-repository.ts';

/** What the private and the public ECR have in common. */
export interface EcrApi extends Disposable {
  /** IAM prefix of its actions. */
  service: 'ecr' | 'ecr-public';
  /** What a role needs to be allowed for {@link authorizationToken}. */
  loginPermission: string;
  /** base64 of `user:password`. */
  authorizationToken(): Promise<string | undefined>;
  createRepository(repository: string, settings: EcrRepositorySettings): Promise<void>;
  /** Only private registries have these. */
  putLifecyclePolicy?(repository: string, policy: string): Promise<void>;
}

/** A private registry: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/ */
export async function privateEcr(
  o: { account?: string | undefined; region: string; identity: AwsIdentity },
  context: IdentityContext,
): Promise<EcrApi> {
  const sdk = await import('@aws-sdk/client-ecr');
  const client = new sdk.ECRClient({
    ...awsClientSettings('ECR', o.region, context),
    credentials: () => o.identity.credentials(),
  });
  const options = stopWith(context);
  return {
    service: 'ecr',
    loginPermission: 'ecr:GetAuthorizationToken on resource *',
    async authorizationToken() {
      const answer = await client.send(new sdk.GetAuthorizationTokenCommand(), options);
      return answer.authorizationData?.[0]?.authorizationToken;
    },
    async createRepository(repositoryName, { immutableTags, kmsKey, scanOnPush }) {
      const command = new sdk.CreateRepositoryCommand({
        registryId: o.account,
        repositoryName,
        imageScanningConfiguration: { scanOnPush },
        imageTagMutability: immutableTags ? 'IMMUTABLE' : 'MUTABLE',
        encryptionConfiguration: kmsKey
          ? { encryptionType: 'KMS', kmsKey }
          : { encryptionType: 'AES256' },
      });
      await client.send(command, options);
    },
    async putLifecyclePolicy(repositoryName, lifecyclePolicyText) {
      const input = { registryId: o.account, repositoryName, lifecyclePolicyText };
      await client.send(new sdk.PutLifecyclePolicyCommand(input), options);
    },
    [Symbol.dispose]: () => client.destroy(),
  };
}

/** `public.ecr.aws`: https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/ */
export async function publicEcr(
  o: { region: string; identity: AwsIdentity },
  context: IdentityContext,
): Promise<EcrApi> {
  const sdk = await import('@aws-sdk/client-ecr-public');
  const client = new sdk.ECRPUBLICClient({
    ...awsClientSettings('ECR_PUBLIC', o.region, context),
    credentials: () => o.identity.credentials(),
  });
  const options = stopWith(context);
  return {
    service: 'ecr-public',
    loginPermission: 'ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken on resource *',
    async authorizationToken() {
      const answer = await client.send(new sdk.GetAuthorizationTokenCommand(), options);
      return answer.authorizationData?.authorizationToken;
    },
    async createRepository(repository) {
      // The first part of the path is the alias of the registry, which the API does not want.
      const repositoryName = repository.slice(repository.indexOf('/') + 1);
      await client.send(new sdk.CreateRepositoryCommand({ repositoryName }), options);
    },
    [Symbol.dispose]: () => client.destroy(),
  };
}
