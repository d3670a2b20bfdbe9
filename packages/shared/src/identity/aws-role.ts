import type { Environment } from '../exec/environment.ts';
import { Failure } from '../failure/failure.ts';
import { awsClientSettings, awsRefusal, awsUnusable, stopWith } from './aws-client.ts';
import type { IdentityContext } from './context.ts';
import { type IdToken, requestIdToken } from './oidc.ts';

const service = 'AWS STS';
const audience = 'sts.amazonaws.com';

/** Temporary credentials of a role. All three texts are secrets, already masked. */
export interface AwsSession {
  role: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/**
 * Assumes a role with this job's OIDC token: no key is stored anywhere.
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 * @param o.role ARN, `arn:aws:iam::123456789012:role/deploy`
 * @param o.region whose STS endpoint is asked
 * @throws Failure `identity/no-oidc`, `identity/refused`, `identity/unavailable`
 */
export async function assumeAwsRole(
  o: { role: string; region: string },
  means: IdentityContext,
): Promise<AwsSession> {
  const [token, { AssumeRoleWithWebIdentityCommand, STSClient }] = await Promise.all([
    requestIdToken(audience, means),
    import('@aws-sdk/client-sts'),
  ]);
  const client = new STSClient({
    ...awsClientSettings('STS', o.region, means),
    // The call needs none, and none of this machine is to be looked for.
    credentials: () => Promise.reject(new Error('no AWS credentials are used')),
  });
  const command = new AssumeRoleWithWebIdentityCommand({
    RoleArn: o.role,
    RoleSessionName: awsSessionName(means.env),
    WebIdentityToken: token.value,
  });
  try {
    const { Credentials } = await client.send(command, stopWith(means));
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
    for (const secret of [AccessKeyId, SecretAccessKey, SessionToken]) {
      if (secret) means.mask(secret);
    }
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) {
      throw new Error('an answer without credentials');
    }
    return {
      role: o.role,
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
  } catch (error) {
    means.signal?.throwIfAborted();
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
  const condition = JSON.stringify({
    [`${provider}:aud`]: token.audience,
    [`${provider}:sub`]: token.subject,
  });
  return Failure.of(
    'identity/refused',
    {
      service,
      // The service may quote what it was sent.
      said: `${refusal.code}: ${refusal.message.replaceAll(token.value, '***')}`,
      subject: token.subject,
      trust: `the account needs the IAM OIDC provider ${token.issuer} with audience ${token.audience}, and the trust policy of ${role} the condition "StringEquals": ${condition}.`,
    },
    error,
  );
}
