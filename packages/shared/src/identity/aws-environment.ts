import { Failure, messageOf } from '../failure/failure.ts';
import { type AwsCredentials, type AwsIdentity, renewedIdentity } from './aws-identity.ts';
import { assumeWithToken } from './aws-role.ts';
import type { IdentityContext } from './context.ts';
import { readIdToken } from './oidc.ts';

/**
 * This job as whoever its environment says, for jobs without a role of their own: keys that an earlier
 * step has set; else the role that EKS, ECS or EC2 gives a runner of one's own. The order is that of the
 * AWS SDK's standard chain; profiles and files of `~/.aws` are left out (docs/decisions/0026).
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 * @throws Failure `identity/no-aws-credentials` with the first call, when there are none
 */
export function environmentIdentity(region: string, context: IdentityContext): AwsIdentity {
  const { env } = context;
  const [key, secret] = [env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY']];
  if (key && secret) {
    const token = env['AWS_SESSION_TOKEN'];
    for (const text of [secret, token]) if (text) context.mask(text);
    const credentials: AwsCredentials = {
      accessKeyId: key,
      secretAccessKey: secret,
      ...(token && { sessionToken: token }),
    };
    return { who: 'AWS_ACCESS_KEY_ID', credentials: async () => credentials };
  }
  const [file, role] = [env['AWS_WEB_IDENTITY_TOKEN_FILE'], env['AWS_ROLE_ARN']];
  if (file && role) {
    const get = async () => assumeWithToken({ role, region }, await tokenOf(file), context);
    return renewedIdentity(role, context.clock, get);
  }
  const container =
    env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] ?? env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  const who = `the role of the ${container ? 'container' : 'machine'} that the runner is on`;
  const get = () => (container ? ofContainer(context) : ofMachine(context));
  return renewedIdentity(who, context.clock, async () => masked(await get(), context));
}

// The token of a pod of EKS, which EKS renews in its file.
async function tokenOf(file: string) {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw missing(messageOf(error), error);
  });
  const token = readIdToken(text.trim(), 'sts.amazonaws.com');
  if (!token) throw missing(`${file} holds no token`);
  return token;
}

async function ofContainer({ env }: IdentityContext): Promise<AwsCredentials> {
  const { fromHttp } = await import('@aws-sdk/credential-provider-http');
  const [relative, full] = [
    env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'],
    env['AWS_CONTAINER_CREDENTIALS_FULL_URI'],
  ];
  const [token, file] = [
    env['AWS_CONTAINER_AUTHORIZATION_TOKEN'],
    env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'],
  ];
  try {
    return await fromHttp({
      ...(relative && { awsContainerCredentialsRelativeUri: relative }),
      ...(full && { awsContainerCredentialsFullUri: full }),
      ...(token && { awsContainerAuthorizationToken: token }),
      ...(file && { awsContainerAuthorizationTokenFile: file }),
    })();
  } catch (error) {
    throw missing(messageOf(error), error);
  }
}

async function ofMachine({ env }: IdentityContext): Promise<AwsCredentials> {
  if (env['AWS_EC2_METADATA_DISABLED'] === 'true') throw missing('EC2 metadata are switched off');
  const { fromInstanceMetadata } = await import('@smithy/credential-provider-imds');
  // Without it the library would look for an address in ~/.aws/config.
  process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ??= 'http://169.254.169.254';
  try {
    return await fromInstanceMetadata({ ec2MetadataV1Disabled: true })();
  } catch (error) {
    // Where no token is given, as on GitHub's runners, the library names settings of its own.
    const said = messageOf(error).replace(
      /^.*v1 fallback has been blocked.*$/is,
      'its machine is not on EC2, or gives no token (IMDSv2)',
    );
    throw missing(said.replace(/[.\s]+$/, ''), error);
  }
}

function masked(credentials: AwsCredentials, { mask }: IdentityContext): AwsCredentials {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  for (const text of [accessKeyId, secretAccessKey, sessionToken]) if (text) mask(text);
  return credentials;
}

function missing(said: string, cause?: unknown): Failure {
  return Failure.of('identity/no-aws-credentials', { said }, cause);
}
