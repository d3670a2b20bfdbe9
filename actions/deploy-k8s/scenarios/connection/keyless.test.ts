import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@slipway/shared/time/clock';
import { type Aws, startAws } from '../../../../packages/local-cloud/src/aws/aws.ts';
import { type Azure, startAzure } from '../../../../packages/local-cloud/src/azure/azure.ts';
import { makeCertificate } from '../../../../packages/local-cloud/src/certificate.ts';
import { type GitHub, startGitHub } from '../../../../packages/local-cloud/src/github/github.ts';
import { type Google, startGoogle } from '../../../../packages/local-cloud/src/google/google.ts';
import { verifyToken } from '../../../../packages/local-cloud/src/jwt/verify.ts';
import {
  type ScriptedApiServer,
  startScriptedApiServer,
} from '../../../../packages/local-cloud/src/kubernetes-script/scripted-api-server.ts';
import { type ConnectionSettings, openKubernetes } from '../../src/api/open-kubernetes.ts';
import { clusterInput } from '../../src/connection/given-cluster.ts';

let things: AsyncDisposableStack;
let github: GitHub;
let server: ScriptedApiServer;
let env: Record<string, string>;
let said: string[];
let masked: string[];

beforeEach(async () => {
  things = new AsyncDisposableStack();
  github = things.use(await startGitHub({ repository: 'org/app' }));
  server = things.use(await startScriptedApiServer());
  server.on('GET /api/v1', { status: 200, body: { kind: 'APIResourceList', resources: [pods] } });
  env = { ...github.oidc.env, GITHUB_REPOSITORY: 'org/app', GITHUB_RUN_ID: '7' };
  [said, masked] = [[], []];
});
afterEach(() => things.disposeAsync());

const pods = { name: 'pods', kind: 'Pod', namespaced: true, verbs: [] };
const signal = new AbortController().signal;

/** Opens a cluster and asks it for the kind Pod, which needs a token that it takes. */
async function open(cluster: string, more: Partial<ConnectionSettings> = {}) {
  const settings: ConnectionSettings = {
    kubeconfig: undefined,
    'kube-context': undefined,
    cluster: clusterInput.parse(cluster),
    'cluster-ca': undefined,
    'oidc-audience': undefined,
    'aws-role': undefined,
    'azure-client-id': undefined,
    'azure-tenant-id': undefined,
    'google-workload-identity-provider': undefined,
    'google-service-account': undefined,
    ...more,
  };
  const commands = {
    info: (line: string) => said.push(line),
    mask: (secret: string) => masked.push(secret),
  };
  const { api, registryLogin } = await openKubernetes(settings, { env, commands }, systemClock);
  const found = await api.resource({ apiVersion: 'v1', kind: 'Pod' }, signal);
  return { api, found, registryLogin };
}

/** Node reads NODE_EXTRA_CA_CERTS only when it starts. */
async function trusting<T>(authority: string, work: () => Promise<T>): Promise<T> {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, authority]);
  try {
    return await work();
  } finally {
    setDefaultCACertificates(before);
  }
}

const base64 = (text: string | undefined) => Buffer.from(text ?? '').toString('base64');
const bearer = (authorization: string) => authorization.replace(/^Bearer /, '');

describe('EKS', () => {
  const arn = 'arn:aws:eks:eu-central-1:123456789012:cluster/shop';
  const role = { 'aws-role': 'arn:aws:iam::123456789012:role/deploy' };
  let aws: Aws;

  beforeEach(async () => {
    aws = things.use(await startAws({ issuer: github.oidc.issuer }));
    env = { ...env, ...aws.env };
    aws.eks.push({
      name: 'shop',
      region: 'eu-central-1',
      status: 'ACTIVE',
      endpoint: server.server,
      certificateAuthority: server.certificateAuthority,
    });
    server.authenticate((authorization) => aws.eksCaller(bearer(authorization), 'shop'));
  });

  it('a role is known by a signed address of STS, which is a secret', async () => {
    const { found } = await open(arn, role);
    expect(found).toMatchObject({ plural: 'pods' });
    expect(said.join()).toContain(`cluster shop of EKS in eu-central-1) as ${role['aws-role']}`);
    const token = bearer(server.requests[0]?.headers.authorization ?? '');
    expect(masked).toContain(token);
    expect(await aws.eksCaller(token, 'shop')).toMatch(/assumed-role\/deploy\//);
    expect(await aws.eksCaller(token, 'other')).toBeUndefined();
  });

  it('a session that has ended is made anew once, and the call repeated', async () => {
    const { api } = await open(arn, role);
    aws.expire();
    const kind = { apiVersion: 'v1', kind: 'Pod' };
    const resource = await api.resource(kind, signal);
    server.on('GET /api/v1/namespaces/shop/pods/shop-1', { status: 200, body: { kind: 'Pod' } });
    if (!resource) throw new Error('no pods');
    const got = await api.get({ resource, namespace: 'shop', name: 'shop-1' }, signal);
    expect(got).toEqual({ kind: 'Pod' });
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/api/v1',
      '/api/v1/namespaces/shop/pods/shop-1',
      '/api/v1/namespaces/shop/pods/shop-1',
    ]);
  });

  it('the registry of the account is logged in to by the same role, and no other one', async () => {
    const { registryLogin } = await open(arn, role);
    const own = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
    const login = await registryLogin?.(own);
    expect(login).toEqual({ username: 'AWS', password: expect.stringMatching(/./) });
    expect(masked).toContain(login?.password);
    for (const other of ['ghcr.io', 'shop.azurecr.io', '127.0.0.1:5000']) {
      expect(await registryLogin?.(other)).toBeUndefined();
    }
    aws.permissions.withhold('ecr:GetAuthorizationToken');
    await expect(registryLogin?.(own)).rejects.toMatchObject({
      code: 'identity/permission',
      message: expect.stringContaining('log in to ECR'),
    });
  });

  it.each<[string, () => void, string, string]>([
    [
      'a cluster that is not there',
      () => aws.eks.splice(0),
      'k8s/cluster-not-found',
      'No cluster found for name: shop',
    ],
    [
      'no permission',
      () => aws.permissions.withhold('eks:DescribeCluster'),
      'identity/permission',
      'may not read the cluster shop',
    ],
    [
      'a cluster that is made at this moment',
      () => aws.eks.splice(0, 1, { name: 'shop', region: 'eu-central-1', status: 'CREATING' }),
      'k8s/cluster-not-ready',
      'CREATING',
    ],
    [
      'a role that the cluster does not know',
      () => server.authenticate(async () => undefined),
      'k8s/unauthorized',
      'does not accept arn:aws:iam::123456789012:role/deploy',
    ],
  ])('%s', async (_, change, code, words) => {
    change();
    await expect(open(arn, role)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  it('says how the cluster learns to know the role', async () => {
    server.authenticate(async () => undefined);
    await expect(open(arn, role)).rejects.toMatchObject({
      remedy: expect.stringContaining('aws eks create-access-entry --region eu-central-1'),
    });
    // The second of two refusals is the last one.
    expect(server.requests).toHaveLength(2);
  });
});

describe('AKS', () => {
  const id =
    '/subscriptions/77777777-6666-5555-4444-333333333333/resourceGroups/shop/providers/Microsoft.ContainerService/managedClusters/shop';
  const app = {
    'azure-client-id': '11111111-2222-3333-4444-555555555555',
    'azure-tenant-id': '99999999-8888-7777-6666-555555555555',
  };
  let azure: Azure;

  const kubeconfig = (user: object) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'shop',
      contexts: [{ name: 'shop', context: { cluster: 'shop', user: 'clusterUser' } }],
      clusters: [
        {
          name: 'shop',
          cluster: {
            server: server.server,
            'certificate-authority-data': Buffer.from(server.certificateAuthority).toString(
              'base64',
            ),
          },
        },
      ],
      users: [{ name: 'clusterUser', user }],
    });
  const kubelogin = {
    exec: { apiVersion: 'client.authentication.k8s.io/v1beta1', command: 'kubelogin' },
  };

  beforeEach(async () => {
    azure = things.use(await startAzure({ issuer: github.oidc.issuer }));
    env = { ...env, ...azure.env };
    azure.aks.push({ resourceGroup: 'shop', name: 'shop', kubeconfig: kubeconfig(kubelogin) });
    server.authenticate((authorization) => azure.aksCaller(bearer(authorization)));
  });

  it('an application is known by a token of Entra ID for its API server', async () => {
    const { found } = await openTrusting(id, app);
    expect(found).toMatchObject({ plural: 'pods' });
    expect(said.join()).toContain('application 11111111-2222-3333-4444-555555555555');
    expect(masked).toContain(bearer(server.requests[0]?.headers.authorization ?? ''));
  });

  it('a name that is written otherwise is the same cluster', async () => {
    const other = id.replace('resourceGroups/shop', 'resourcegroups/SHOP');
    const { found, registryLogin } = await openTrusting(other, app);
    expect(found).toMatchObject({ plural: 'pods' });
    // Registries of other vendors are none of its business.
    expect(await registryLogin?.('ghcr.io')).toBeUndefined();
  });

  it.each<[string, () => void, string, string]>([
    ['no such cluster', () => azure.aks.splice(0), 'k8s/cluster-not-found', 'was not found'],
    [
      'no role',
      () => azure.permissions.withhold('Microsoft.ContainerService/*'),
      'identity/permission',
      'may not read the address of the cluster shop',
    ],
    [
      'an identity that the cluster does not know',
      () => server.authenticate(async () => undefined),
      'k8s/unauthorized',
      'does not accept application 11111111',
    ],
  ])('%s', async (_, change, code, words) => {
    change();
    await expect(openTrusting(id, app)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });

  it('a cluster without Entra ID knows the certificate that it gives out', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'slipway-aks-'));
    const certificate = await makeCertificate(folder.path);
    const [cert, key] = await Promise.all(
      [certificate.file, certificate.key].map((file) => readFile(file, 'utf8')),
    );
    const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
    azure.aks.splice(0, 1, { resourceGroup: 'shop', name: 'shop', kubeconfig: kubeconfig(user) });
    server.authenticate(async () => (server.requests.at(-1)?.certificate ? 'user' : undefined));
    const { found } = await openTrusting(id, app);
    expect(found).toMatchObject({ plural: 'pods' });
    expect(said.join()).toContain('the cluster user of AKS, as the cluster has no Entra ID');
    const [asked] = server.requests;
    expect(asked).toMatchObject({ certificate: 'local-cloud' });
    expect(asked?.headers.authorization).toBeUndefined();
    expect(masked).toEqual(expect.arrayContaining([key, base64(key)]));
  });

  // Resource Manager speaks TLS.
  const openTrusting = async (cluster: string, more: Partial<ConnectionSettings>) =>
    trusting(await readFile(azure.certificate, 'utf8'), () => open(cluster, more));
});

describe('GKE', () => {
  const id = 'projects/shop/locations/europe-west3/clusters/shop';
  const provider = 'projects/123/locations/global/workloadIdentityPools/github/providers/github';
  const subject = 'repo:org/app:ref:refs/heads/main';
  const principal = `principal://iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/github/subject/${subject}`;
  const email = 'deploy@shop.iam.gserviceaccount.com';
  const given = { 'google-workload-identity-provider': provider };
  let google: Google;

  beforeEach(async () => {
    google = things.use(
      await startGoogle({
        issuer: github.oidc.issuer,
        seed: {
          provider,
          subjects: ['repo:org/app:*'],
          accounts: [
            { email, subjects: [subject] },
            { email: 'other@shop.iam.gserviceaccount.com', subjects: [] },
          ],
          readers: [principal, email],
        },
      }),
    );
    env = { ...env, ...google.env };
    google.gke.push({ id, described: described() });
    server.authenticate(async (authorization) => google.gkeCaller(bearer(authorization)));
  });

  const described = (more: object = {}) => ({
    status: 'RUNNING',
    endpoint: new URL(server.server).host,
    masterAuth: {
      clusterCaCertificate: Buffer.from(server.certificateAuthority).toString('base64'),
    },
    ...more,
  });

  it('the principal of the pool', async () => {
    expect((await open(id, given)).found).toMatchObject({ plural: 'pods' });
    expect(said.join()).toContain(`as ${principal}`);
  });

  it('a service account that it speaks as', async () => {
    const { found } = await open(id, { ...given, 'google-service-account': email });
    expect(found).toMatchObject({ plural: 'pods' });
    expect(said.join()).toContain(`as the service account ${email}`);
    const token = bearer(server.requests[0]?.headers.authorization ?? '');
    expect(google.gkeCaller(token)).toBe(email);
    expect(masked).toContain(token);
  });

  it('a private cluster by its name in DNS, whose certificate is a public one', async () => {
    const dns = {
      ipEndpointsConfig: { enabled: true, enablePublicEndpoint: false },
      dnsEndpointConfig: { endpoint: new URL(server.server).host, allowExternalTraffic: true },
    };
    google.gke.splice(0, 1, { id, described: described({ controlPlaneEndpointsConfig: dns }) });
    // It is not trusted here, as no authority of the cluster is taken for it.
    await expect(open(id, given)).rejects.toMatchObject({ code: 'k8s/certificate-authority' });
  });

  it('its name in DNS is spoken to where a public authority has signed that', async () => {
    const host = new URL(server.server).host;
    const dns = { dnsEndpointConfig: { endpoint: host, allowExternalTraffic: true } };
    const isPrivate = { privateClusterConfig: { enablePrivateEndpoint: true } };
    // What is private answers nobody here.
    const only = { endpoint: '127.0.0.1:1', controlPlaneEndpointsConfig: dns, ...isPrivate };
    google.gke.splice(0, 1, { id, described: described(only) });
    const { found } = await trusting(server.certificateAuthority, () => open(id, given));
    expect(found).toMatchObject({ plural: 'pods' });
    expect(said.join()).toContain(`spoken to at ${host} (cluster shop of GKE`);
  });

  it('a name in DNS that lets nobody in from outside is not used', async () => {
    const dns = { dnsEndpointConfig: { endpoint: '127.0.0.1:1', allowExternalTraffic: false } };
    const isPrivate = { privateClusterConfig: { enablePrivateEndpoint: true } };
    const both = { controlPlaneEndpointsConfig: dns, ...isPrivate };
    google.gke.splice(0, 1, { id, described: described(both) });
    expect((await open(id, given)).found).toMatchObject({ plural: 'pods' });
  });

  it('another repository is not trusted, and the words to copy are there', async () => {
    const other = 'projects/123/locations/global/workloadIdentityPools/github/providers/other';
    const attempt = open(id, { 'google-workload-identity-provider': other });
    await expect(attempt).rejects.toMatchObject({
      code: 'identity/refused',
      remedy: expect.stringContaining(`audience https://iam.googleapis.com/${other}`),
    });
  });

  it.each<[string, Partial<ConnectionSettings>, () => void, string, string]>([
    ['no such cluster', given, () => google.gke.splice(0), 'k8s/cluster-not-found', id],
    [
      'a service account of others',
      { ...given, 'google-service-account': 'other@shop.iam.gserviceaccount.com' },
      () => undefined,
      'identity/permission',
      'may not speak as the service account other@shop',
    ],
    [
      'a cluster that is being made',
      given,
      () => google.gke.splice(0, 1, { id, described: { status: 'PROVISIONING' } }),
      'k8s/cluster-not-ready',
      'PROVISIONING',
    ],
  ])('%s', async (_, settings, change, code, words) => {
    change();
    await expect(open(id, settings)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });
});

describe('an API server that trusts GitHub', () => {
  beforeEach(() => {
    server.authenticate(async (authorization) => {
      const claims = await verifyToken(bearer(authorization), github.oidc.issuer, Date.now());
      if (typeof claims === 'string' || claims.aud !== server.server) return undefined;
      return claims.sub;
    });
  });

  it('takes the token of the job for its own address', async () => {
    const { found } = await open(server.server, { 'cluster-ca': server.certificateAuthority });
    expect(found).toMatchObject({ plural: 'pods' });
    expect(said.join()).toContain(
      "as this job's OIDC token with subject repo:org/app:ref:refs/heads/main",
    );
    expect(masked).toContain(bearer(server.requests[0]?.headers.authorization ?? ''));
  });

  it('one for another audience is refused, with what the trust must say', async () => {
    const more = { 'cluster-ca': server.certificateAuthority, 'oidc-audience': 'other' };
    await expect(open(server.server, more)).rejects.toMatchObject({
      code: 'k8s/unauthorized',
      remedy: expect.stringContaining(
        `issuer.url ${github.oidc.issuer}, audiences [other], and rules that let in subject repo:org/app:ref:refs/heads/main`,
      ),
    });
  });

  it('a job without the permission hears of it before anything is asked', async () => {
    env = {};
    await expect(open(server.server)).rejects.toMatchObject({ code: 'identity/no-oidc' });
    expect(server.requests).toEqual([]);
  });

  it('another authority than the one that is given is not trusted', async () => {
    await expect(open(server.server)).rejects.toMatchObject({
      code: 'k8s/certificate-authority',
      remedy: expect.stringContaining('cluster-ca'),
    });
  });
});
