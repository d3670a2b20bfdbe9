import { Failure } from '@slipway/shared/failure/failure';
import { field, textField } from '@slipway/shared/http/json';
import { ask, type TokenAnswer, unusable } from '@slipway/shared/identity/ask';
import { environmentIdentity } from '@slipway/shared/identity/aws-environment';
import type { AwsIdentity } from '@slipway/shared/identity/aws-identity';
import { roleIdentity } from '@slipway/shared/identity/aws-role';
import { cloudAddress } from '@slipway/shared/identity/cloud-address';
import type { IdentityContext } from '@slipway/shared/identity/context';
import { isLoopback, registryHost } from '@slipway/shared/identity/registry-host';
import { oneLine } from '@slipway/shared/image/said';
import type { ClusterAccess } from '../access.ts';
import type { GivenCluster } from '../given-cluster.ts';
import { renewedProof } from '../renewed-proof.ts';
import { presignedGet, signedGet } from './aws-signing.ts';
import { certificateIn, endpointOf } from './described.ts';
import type { Keyless } from './sign-in.ts';

type EksCluster = GivenCluster & { vendor: 'eks' };

const service = 'Amazon EKS';
/** EKS takes a token for fifteen minutes after it was signed, whatever its address says. */
const goodFor = 14 * 60_000;
const before = 60_000;

/**
 * A cluster of EKS. Its token is a signed address of STS, which EKS asks who we are.
 * Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html and
 * https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
 */
export async function eksAccess(
  cluster: EksCluster,
  { context, settings }: Keyless,
): Promise<ClusterAccess> {
  const { arn, name, region } = cluster;
  const role = settings['aws-role'];
  const open = () =>
    role ? roleIdentity({ role, region }, context) : environmentIdentity(region, context);
  let identity = open();
  const described = await describe(cluster, identity, context);
  const { clock } = context;
  const { ended, proof } = renewedProof({
    clock,
    before,
    get: async () => {
      const token = await tokenFor(cluster, identity, context);
      context.mask(token);
      return { proof: { authorization: `Bearer ${token}` }, end: clock.now() + goodFor };
    },
  });
  const { who } = identity;
  return {
    ...described,
    tlsServerName: undefined,
    proxy: undefined,
    headers: {},
    namespace: undefined,
    async registryLogin(registry) {
      if (registryHost(registry).provider !== 'ecr') return undefined;
      const { ecrCredentials } = await import('@slipway/shared/identity/aws');
      return ecrCredentials({ registry, region, identity }, context);
    },
    from: `cluster ${name} of EKS in ${region}`,
    identity: {
      who,
      remedy: `Let the cluster know it by an access entry: \`aws eks create-access-entry --region ${region} --cluster-name ${name} --principal-arn ROLE\`, with the ARN of the role, and give it an access policy or a Role of RBAC.`,
      proof,
      ended(one) {
        identity = open();
        ended(one);
      },
    },
  };

  async function describe(
    of: EksCluster,
    by: AwsIdentity,
    within: IdentityContext,
  ): Promise<Pick<ClusterAccess, 'server' | 'ca'>> {
    const url = new URL(`${eksEndpoint(of, within)}/clusters/${encodeURIComponent(of.name)}`);
    const credentials = await by.credentials();
    const date = new Date(within.clock.now());
    const headers = await signedGet(url, { service: 'eks', region, credentials, date });
    const answer = await ask({ service, url, headers }, within);
    if (answer.status !== 200) throw refused(answer, of, by);
    const found = field(answer.body, 'cluster');
    const server = endpointOf(textField(found, 'endpoint'));
    const ca = certificateIn(textField(field(found, 'certificateAuthority'), 'data'));
    if (server && ca) return { server, ca };
    const state = textField(found, 'status') ?? 'unknown';
    throw Failure.of('k8s/cluster-not-ready', { cluster: arn, state });
  }
}

async function tokenFor(
  { name, arn, region }: EksCluster,
  identity: AwsIdentity,
  context: IdentityContext,
): Promise<string> {
  const url = new URL(`${stsAddress(arn, region, context)}/`);
  url.searchParams.set('Action', 'GetCallerIdentity');
  url.searchParams.set('Version', '2011-06-15');
  const signed = await presignedGet(url, {
    service: 'sts',
    region,
    credentials: await identity.credentials(),
    date: new Date(context.clock.now()),
    expires: 60,
    headers: { 'x-k8s-aws-id': name },
  });
  return `k8s-aws-v1.${Buffer.from(signed.href).toString('base64url')}`;
}

/** Domains of the partitions. Source: endpoints.json of botocore */
const domains: Readonly<Record<string, string>> = {
  'aws-cn': 'amazonaws.com.cn',
  'aws-eusc': 'amazonaws.eu',
  'aws-iso': 'c2s.ic.gov',
  'aws-iso-b': 'sc2s.sgov.gov',
  'aws-iso-e': 'cloud.adc-e.uk',
  'aws-iso-f': 'csp.hci.ic.gov',
};

function domainOf(arn: string): string {
  return domains[arn.split(':')[1] ?? ''] ?? 'amazonaws.com';
}

function eksEndpoint({ arn, region }: EksCluster, { env }: IdentityContext): string {
  const own = `https://eks.${region}.${domainOf(arn)}`;
  return (cloudAddress('AWS_ENDPOINT_URL_EKS', env, own) ?? own).replace(/\/$/, '');
}

// EKS takes the regional address of STS and no other, so that an endpoint in a VPC is none for a token.
function stsAddress(arn: string, region: string, { env }: IdentityContext): string {
  const own = `https://sts.${region}.${domainOf(arn)}`;
  const moved = cloudAddress('AWS_ENDPOINT_URL_STS', env, own);
  return moved !== undefined && isLoopback(new URL(moved).host) ? moved.replace(/\/$/, '') : own;
}

function refused({ body, headers, status }: TokenAnswer, of: EksCluster, by: AwsIdentity): Failure {
  const kind = headers.get('x-amzn-errortype') ?? textField(body, '__type') ?? '';
  const [code = ''] = (kind.split('#').at(-1) ?? '').split(':');
  const message = textField(body, 'message') ?? textField(body, 'Message') ?? '';
  const said = oneLine(
    [code, message].filter((text) => text !== '').join(': ') || `HTTP ${status}`,
  );
  if (status === 404 || code === 'ResourceNotFoundException') {
    return Failure.of('k8s/cluster-not-found', { cluster: of.arn, said });
  }
  if (/^AccessDenied/.test(code)) {
    return Failure.of('identity/permission', {
      who: by.who,
      what: `read the cluster ${of.name}`,
      said,
      grant: `eks:DescribeCluster on ${of.arn}`,
    });
  }
  return unusable(service, said);
}
