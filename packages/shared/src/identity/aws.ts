import { Failure } from '../failure/failure.ts';
import { unusable } from './ask.ts';
import { awsRefusal, awsUnusable } from './aws-client.ts';
import type { AwsIdentity } from './aws-identity.ts';
import type { IdentityContext } from './context.ts';
import type { RegistryCredentials } from './credentials.ts';
import { type EcrApi, privateEcr, publicEcr } from './ecr-api.ts';
import {
  type EcrRepositorySettings,
  lifecyclePolicy,
  usualRepositorySettings,
} from './ecr-repository.ts';
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
 * Logs in to ECR without a stored key: an authorization token, valid for 12 hours.
 * @throws Failure `identity/no-oidc`, `identity/refused`, `identity/permission`,
 *   `identity/unavailable`; `action/input` when nothing tells the region
 */
export async function ecrCredentials(
  o: EcrRegistry & { identity: AwsIdentity },
  context: IdentityContext,
): Promise<RegistryCredentials> {
  const { identity } = o;
  using ecr = await openEcr(o, context);
  const authorization = await asRole(
    { identity, what: 'log in to ECR', grant: ecr.loginPermission },
    context,
    () => ecr.authorizationToken(),
  );
  const pair = Buffer.from(authorization ?? '', 'base64').toString();
  const colon = pair.indexOf(':');
  const [username, password] = [pair.slice(0, colon), pair.slice(colon + 1)];
  if (!authorization || colon < 1 || !password) {
    throw unusable(service, 'the answer holds no user name and password');
  }
  context.mask(authorization);
  context.mask(password);
  return { username, password };
}

/**
 * Creates a repository; one that exists stays as it is.
 * @param o.repository path of the image reference, `team/app`; at the public registry with its
 *   alias, `alias/team/app`
 * @throws Failure as {@link ecrCredentials}
 */
export async function createEcrRepository(
  o: EcrRegistry & {
    repository: string;
    identity: AwsIdentity;
    settings?: EcrRepositorySettings | undefined;
  },
  context: IdentityContext,
): Promise<RepositoryMade> {
  const { identity, repository, settings = usualRepositorySettings } = o;
  using ecr = await openEcr(o, context);
  const what = `create the repository ${repository}`;
  const grant = `${ecr.service}:CreateRepository`;
  const made = await asRole({ identity, what, grant }, context, async () => {
    try {
      await ecr.createRepository(repository, settings);
      return 'created';
    } catch (error) {
      if (awsRefusal(error)?.code === 'RepositoryAlreadyExistsException') return 'existed';
      throw error;
    }
  });
  const policy = lifecyclePolicy(settings);
  if (made === 'existed' || policy === undefined || !ecr.putLifecyclePolicy) return { made };
  const put = ecr.putLifecyclePolicy.bind(ecr, repository, policy);
  const putting = {
    what: `set the lifecycle policy of ${repository}`,
    grant: 'ecr:PutLifecyclePolicy',
  };
  try {
    await asRole({ identity, ...putting }, context, put);
    return { made };
  } catch (error) {
    // The repository is there, and images can be pushed.
    if (error instanceof Failure) return { made, withoutPolicy: error };
    throw error;
  }
}

/** What became of a repository that was to be created. */
export interface RepositoryMade {
  made: 'created' | 'existed';
  /** Why it was created without its lifecycle policy. */
  withoutPolicy?: Failure;
}

function openEcr(
  o: EcrRegistry & { identity: AwsIdentity },
  context: IdentityContext,
): Promise<EcrApi> {
  const host = registryHost(o.registry);
  const { identity } = o;
  if (host.provider === 'ecr-public') return publicEcr({ region: ecrRegion(o), identity }, context);
  const account = host.provider === 'ecr' ? host.account : undefined;
  return privateEcr({ account, region: ecrRegion(o), identity }, context);
}

/**
 * The region of the API of a registry.
 * @throws Failure `action/input` when nothing tells it
 */
export function ecrRegion(o: EcrRegistry): string {
  const host = registryHost(o.registry);
  if (host.provider === 'ecr') return host.region;
  // The public registry has its API there and nowhere else.
  if (host.provider === 'ecr-public') return 'us-east-1';
  if (o.region) return o.region;
  const problems = `aws-region: missing, and ${o.registry} does not tell it. Example: eu-central-1`;
  throw Failure.of('action/input', { problems });
}

async function asRole<T>(
  o: { identity: AwsIdentity; what: string; grant: string },
  context: IdentityContext,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    context.signal?.throwIfAborted();
    if (error instanceof Failure) throw error;
    const refusal = awsRefusal(error);
    if (!refusal || !/accessdenied|unauthorized/i.test(refusal.code)) {
      throw awsUnusable(service, error);
    }
    const { grant, identity, what } = o;
    const said = `${refusal.code}: ${refusal.message}`;
    throw Failure.of('identity/permission', { who: identity.who, what, said, grant }, error);
  }
}
