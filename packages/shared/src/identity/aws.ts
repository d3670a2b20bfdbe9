import { Failure } from '../failure/failure.ts';
import { unusable } from './ask.ts';
import { awsRefusal, awsUnusable } from './aws-client.ts';
import { type AwsSession, assumeAwsRole } from './aws-role.ts';
import type { IdentityContext } from './context.ts';
import type { RegistryCredentials } from './credentials.ts';
import { type EcrApi, privateEcr, publicEcr } from './ecr-api.ts';
import { registryHost } from './registry-host.ts';

const service = 'Amazon ECR';

/** An ECR registry: a private one, or `public.ecr.aws`. */
export interface EcrRegistry {
  /** Host as in the image reference. */
  registry: string;
  /** Only needed where the host does not tell it. */
  region?: string | undefined;
}

/**
 * Logs in to ECR without a stored key: OIDC token, role, authorization token (valid for 12 hours).
 * @returns the session too, for {@link createEcrRepository}
 * @throws Failure `identity/no-oidc`, `identity/refused`, `identity/permission`,
 *   `identity/unavailable`; `action/input` when nothing tells the region
 */
export async function ecrCredentials(
  o: EcrRegistry & { role: string },
  means: IdentityContext,
): Promise<RegistryCredentials & { session: AwsSession }> {
  const session = await assumeAwsRole({ role: o.role, region: regionOf(o) }, means);
  using ecr = await openEcr({ ...o, session }, means);
  const authorization = await asRole(
    { session, what: 'log in to ECR', grant: ecr.loginPermission },
    means,
    () => ecr.authorizationToken(),
  );
  const pair = Buffer.from(authorization ?? '', 'base64').toString();
  const colon = pair.indexOf(':');
  const [username, password] = [pair.slice(0, colon), pair.slice(colon + 1)];
  if (!authorization || colon < 1 || !password) {
    throw unusable(service, 'the answer holds no user name and password');
  }
  means.mask(authorization);
  means.mask(password);
  return { username, password, session };
}

/**
 * Creates a repository with the settings of the account; one that exists stays as it is.
 * @param o.repository path of the image reference, `team/app`; at the public registry with its
 *   alias, `alias/team/app`
 * @throws Failure as {@link ecrCredentials}
 */
export async function createEcrRepository(
  o: EcrRegistry & { repository: string; session: AwsSession },
  means: IdentityContext,
): Promise<'created' | 'existed'> {
  using ecr = await openEcr(o, means);
  const what = `create the repository ${o.repository}`;
  const grant = `${ecr.service}:CreateRepository`;
  return await asRole({ session: o.session, what, grant }, means, async () => {
    try {
      await ecr.createRepository(o.repository);
      return 'created';
    } catch (error) {
      if (awsRefusal(error)?.code === 'RepositoryAlreadyExistsException') return 'existed';
      throw error;
    }
  });
}

function openEcr(
  o: EcrRegistry & { session: AwsSession },
  means: IdentityContext,
): Promise<EcrApi> {
  const host = registryHost(o.registry);
  const { session } = o;
  if (host.provider === 'ecr-public') return publicEcr({ region: regionOf(o), session }, means);
  const account = host.provider === 'ecr' ? host.account : undefined;
  return privateEcr({ account, region: regionOf(o), session }, means);
}

function regionOf(o: EcrRegistry): string {
  const host = registryHost(o.registry);
  if (host.provider === 'ecr') return host.region;
  // The public registry has its API there and nowhere else.
  if (host.provider === 'ecr-public') return 'us-east-1';
  if (o.region) return o.region;
  const problems = `aws-region: missing, and ${o.registry} does not tell it. Example: eu-central-1`;
  throw Failure.of('action/input', { problems });
}

async function asRole<T>(
  o: { session: AwsSession; what: string; grant: string },
  means: IdentityContext,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    means.signal?.throwIfAborted();
    const refusal = awsRefusal(error);
    if (!refusal || !/accessdenied|unauthorized/i.test(refusal.code)) {
      throw awsUnusable(service, error);
    }
    const { grant, session, what } = o;
    const said = `${refusal.code}: ${refusal.message}`;
    throw Failure.of('identity/permission', { who: session.role, what, said, grant }, error);
  }
}
