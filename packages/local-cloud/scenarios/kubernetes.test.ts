import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pushExampleApp } from '../src/app-image.ts';
import { makeCertificate } from '../src/certificate.ts';
import { startGitHub } from '../src/github/github.ts';
import { type Ask, askAs } from '../src/kubernetes/api.ts';
import { gitHubTokens } from '../src/kubernetes/issuers.ts';
import { type Kubernetes, startKubernetes } from '../src/kubernetes/kubernetes.ts';

let cluster: Kubernetes;
let github: Awaited<ReturnType<typeof startTrustedGitHub>>;
let image: string;
const started = new AsyncDisposableStack();

beforeAll(async () => {
  const registry = process.env['SLIPWAY_TEST_REGISTRY'] ?? '';
  image = await pushExampleApp(registry, 'c'.repeat(40));
  github = started.use(await startTrustedGitHub());
  cluster = started.use(await startKubernetes({ trust: [github.tokens] }));
}, 180_000);

afterAll(async () => {
  await started.disposeAsync();
}, 60_000);

describe('a real Kubernetes of one node', () => {
  it('runs two pods of the example app, which answer by Service, node port and the API server', async () => {
    const namespace = await cluster.namespace();
    await cluster.kubectl(['apply', '--namespace', namespace, '--filename', '-'], app(image));
    const watch = ['rollout', 'status', 'deployment/app', '--timeout', '90s'];
    await cluster.kubectl(['--namespace', namespace, ...watch]);
    const [service, nodePort] = await Promise.all([
      cluster.serviceAddress(namespace, 'app'),
      cluster.kubectl([
        ...['--namespace', namespace, 'get', 'service', 'app'],
        ...['--output', 'jsonpath={.spec.ports[0].nodePort}'],
      ]),
    ]);
    const proxied = `/api/v1/namespaces/${namespace}/services/app:80/proxy/health`;
    const answers = await Promise.all([
      fetch(`http://${service}/health`).then((answer) => answer.status),
      fetch(`http://${cluster.node.address}:${nodePort}/health`).then((answer) => answer.status),
      cluster.ask('GET', proxied).then(({ status }) => status),
    ]);
    expect(answers).toEqual([200, 200, 200]);
  }, 180_000);

  it('knows its users, who may do what they were allowed and nothing else', async () => {
    const namespace = await cluster.namespace();
    await cluster.user('deployer', ['team']);
    const can = (verb: string, user: string) =>
      cluster.kubectl(['auth', 'can-i', verb, 'deployments', '-n', namespace, '--as', user]).then(
        (said) => said.trim(),
        (error: { stdout?: string }) => error.stdout?.trim(),
      );
    expect(await can('patch', 'deployer')).toBe('no');
    const rules = [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'patch'] }];
    await cluster.allow('deployer', rules, namespace);
    expect([await can('patch', 'deployer'), await can('delete', 'deployer')]).toEqual([
      'yes',
      'no',
    ]);
  });

  it('has the kinds of the Gateway API where they are asked for', async () => {
    const namespace = await cluster.namespace();
    await cluster.installGatewayApi();
    const route = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'app' },
      spec: { rules: [{ backendRefs: [{ name: 'app', port: 80, weight: 10 }] }] },
    };
    const apply = ['apply', '--namespace', namespace, '--filename', '-', '--output', 'name'];
    expect(await cluster.kubectl(apply, JSON.stringify(route))).toBe(
      'httproute.gateway.networking.k8s.io/app\n',
    );
  });

  it('keeps what it has when its API server is started anew', async () => {
    const namespace = await cluster.namespace();
    await cluster.restartApiServer();
    expect(await cluster.kubectl(['get', 'namespace', namespace, '--output', 'name'])).toBe(
      `namespace/${namespace}\n`,
    );
  }, 120_000);
});

describe("a token of GitHub's issuer", () => {
  it('is taken for the audience that the cluster trusts, and for no other', async () => {
    expect(await whoami(await github.token('kubernetes'))).toBe(`github:${github.subject}`);
    expect(await whoami(await github.token('sts.amazonaws.com'))).toBe('Unauthorized');
  });

  it('may do what its user was allowed', async () => {
    const namespace = await cluster.namespace();
    const token = await github.token('kubernetes');
    const read = async () => {
      return (await askWith(token)('GET', `/api/v1/namespaces/${namespace}/pods`)).status;
    };
    expect(await read()).toBe(403);
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
    await cluster.allow(`github:${github.subject}`, rules, namespace);
    expect(await read()).toBe(200);
  });

  it('is taken as long as its issuer is trusted, which can begin and end at any time', async () => {
    await using other = await startTrustedGitHub();
    expect(await whoami(await other.token('kubernetes'))).toBe('Unauthorized');
    const trusted = await cluster.trust(other.tokens);
    expect(await whoami(await other.token('kubernetes'))).toBe(`github:${other.subject}`);
    await trusted[Symbol.asyncDispose]();
    expect(await whoami(await other.token('kubernetes'))).toBe('Unauthorized');
    expect(await whoami(await github.token('kubernetes'))).toBe(`github:${github.subject}`);
  }, 120_000);
});

/** GitHub with an issuer that speaks TLS, and what a cluster has to know to trust it. */
async function startTrustedGitHub() {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-issuer-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const issuerCertificate = await makeCertificate(folder);
  const { oidc } = started.use(await startGitHub({ repository: 'acme/shop', issuerCertificate }));
  const certificateAuthority = await readFile(issuerCertificate.file, 'utf8');
  const { ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer, ACTIONS_ID_TOKEN_REQUEST_URL: url } = oidc.env;
  const kept = started.move();
  return {
    subject: 'repo:acme/shop:ref:refs/heads/main',
    tokens: gitHubTokens({ issuer: oidc.issuer, audience: 'kubernetes', certificateAuthority }),
    async token(audience: string): Promise<string> {
      const answer = await fetch(`${url}&audience=${audience}`, {
        headers: { authorization: `Bearer ${bearer}` },
      });
      return JSON.parse(await answer.text()).value;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function askWith(token: string): Ask {
  return askAs({ server: cluster.server, ca: cluster.certificateAuthority, token });
}

async function whoami(token: string): Promise<string> {
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const kind = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const { body } = await askWith(token)('POST', path, kind);
  const said = JSON.parse(body);
  return said.status.userInfo?.username ?? said.message;
}

function app(image: string): string {
  const labels = { app: 'app' };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'app' },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              terminationGracePeriodSeconds: 1,
              containers: [
                {
                  name: 'app',
                  image,
                  readinessProbe: { httpGet: { path: '/health', port: 3000 }, periodSeconds: 1 },
                },
              ],
            },
          },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'app' },
        spec: { type: 'NodePort', selector: labels, ports: [{ port: 80, targetPort: 3000 }] },
      },
    ],
  });
}
