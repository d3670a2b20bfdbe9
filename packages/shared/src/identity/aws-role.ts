import type { Environment } from '../exec/environment.ts';
import { Failure } from '../failure/failure.ts';
import { awsClientSettings, awsRefusal, awsUnusable, stopWith } from './aws-client.ts';
import { type AwsCredentials, type AwsIdentity, renewedIdentity } from './aws-identity.ts';
import type { IdentityContext } from './context.ts';
import { type IdToken, requestIdToken } from './oidc.ts';

const service = 'AWS STS';
const audience = 'sts.amazonaws.com';

/** A role, and whose STS endpoint is asked for it. */
export interface AwsRole {
  /** ARN, `arn:aws:iam::123456789012:role/deploy` */
  role: string;
  region: string;
}

/**
 * This job as a role, without a stored key: assumed with the first call, and again by a new OIDC token
 * before the session ends. One for all services that the job speaks to.
 */
export function roleIdentity(o: AwsRole, context: IdentityContext): AwsIdentity {
  return renewedIdentity(o.role, context.clock, () => assumeAwsRole(o, context));
}

/**
 * Assumes a role with this job's OIDC token: no key is stored anywhere.
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 * @throws Failure `identity/no-oidc`, `identity/refused`, `identity/unavailable`
 */
export async function assumeAwsRole(o: AwsRole, context: IdentityContext): Promise<AwsCredentials> {
  const [token] = await Promise.all([
    requestIdToken(audience, context),
    import('@aws-sdk/client-sts'),
  ]);
  return assumeWithToken(o, token, context);
}

/** The same with a token that somebody else has given. */
export async function assumeWithToken(
  o: AwsRole,
  token: IdToken,
  context: IdentityContext,
): Promise<AwsCredentials> {
  const { AssumeRoleWithWebIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient({
    ...awsClientSettings('STS', o.region, context),
    // The call needs none, and none of this machine is to be looked for.
    credentials: () => Promise.reject(new Error('no AWS credentials are used')),
  });
  const command = new AssumeRoleWithWebIdentityCommand({
    RoleArn: o.role,
    RoleSessionName: awsSessionName(context.env),
    WebIdentityToken: token.value,
  });
  try {
    const { Credentials } = await client.send(command, stopWith(context));
    const { AccessKeyId, Expiration, SecretAccessKey, SessionToken } = Credentials ?? {};
    for (const secret of [AccessKeyId, SecretAccessKey, SessionToken]) {
      if (secret) context.mask(secret);
    }
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) {
      throw new Error('an answer without credentials');
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      ...(Expiration && { expiration: Expiration }),
    };
  } catch (error) {
    context.signal?.throwIfAborted();
    throw refused(error, o.role, token) ?? awsUnusable(service, error);
  } finally {
    client.destroy();
  }
}

/**
 * Names the session after the repository and the run, as CloudTrail will show it.
 * @returns 2 to 64 characters of `[\w+=,.@-]`, the rule of the STS API
 */
export function awsSessionName(env: Environment): string {
  const allowed = (text: string) => text.replace(/[^\w+=,.@-]/g, '-');
  const run = allowed(env['GITHUB_RUN_ID'] ?? '0').slice(-20);
  return `${allowed(env['GITHUB_REPOSITORY'] || 'slipway').slice(0, 63 - run.length)}-${run}`;
}

function refused(error: unknown, role: string, token: IdToken): Failure | undefined {
  const refusal = awsRefusal(error);
  if (!refusal) return undefined;
  const provider = token.issuer.replace(/^https?:\/\//, '');
  const { other, subject } = token;
  // The form with ids is of this repository alone. A name may get a new owner, so the form with names
  // is only offered where the token has it.
  const condition = JSON.stringify({
    [`${provider}:aud`]: token.audience,
    [`${provider}:sub`]: other?.form === 'ids' ? [subject, other.subject] : subject,
  });
  const hint =
    other?.form === 'names'
      ? ` A condition for ${other.subject} does not match: GitHub has put the ids of owner and repository into the subject.`
      : '';
  return Failure.of(
    'identity/refused',
    {
      service,
      // The service may quote what it was sent.
      said: `${refusal.code}: ${refusal.message.replaceAll(token.value, '***')}`,
      subject: token.subject,
      trust: `the account needs the IAM OIDC provider ${token.issuer} with audience ${token.audience}, and the trust policy of ${role} the condition "StringEquals": ${condition}.${hint}`,
    },
    error,
  );
}
