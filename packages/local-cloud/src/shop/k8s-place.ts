import { join } from 'node:path';
import type { GitHub } from '../github/github.ts';
import { gitHubTokens } from '../kubernetes/issuers.ts';
import { type Kubernetes, startKubernetes } from '../kubernetes/kubernetes.ts';
import { pipelineFiles } from './pipeline.ts';
import { callerPath, type ShopFacts, type ShopPlace, type ShopPlan } from './shop.ts';

/** A namespace of a real Kubernetes; the Deployment is not there yet. */
export interface K8sPlace extends ShopPlace {
  kubernetes: Kubernetes;
  namespace: string;
  /** The namespace of the second environment, and where it serves. */
  staging: { namespace: string; url: string };
}

/** A shop that is shipped to Kubernetes, from manifests in its repository. */
export const k8sShop: ShopPlan<K8sPlace> = {
  issuerTls: true,
  start: startK8sPlace,
  workflows: async (facts, place) => ({
    [callerPath]: callerWorkflow(facts, place),
    [manifestsPath]: manifests,
    ...(await pipelineFiles('k8s', facts, {
      staging: settings(place.kubernetes, place.staging.namespace),
      production: settings(place.kubernetes, place.namespace),
    })),
  }),
};

function settings({ server, certificateAuthority }: Kubernetes, namespace: string) {
  return {
    cluster: server,
    'cluster-ca': certificateAuthority,
    'oidc-audience': audience,
    namespace,
    manifests: manifestsPath,
    'health-path': '/api/info',
    timeout: '2m',
  };
}

const manifestsPath = 'deploy/shop.yaml';
const audience = 'kubernetes';
const deployer = 'github:repo:octo/shop:ref:refs/heads/main';

async function startK8sPlace(
  { env, issuer }: GitHub['oidc'],
  certificateAuthority: string,
): Promise<K8sPlace> {
  await using started = new AsyncDisposableStack();
  const trust = [gitHubTokens({ issuer, audience, certificateAuthority })];
  const kubernetes = started.use(await startKubernetes({ trust }));
  const nodes = ['create', 'clusterrolebinding', ofNodes, '--clusterrole', ofNodes];
  const [production, staging] = await Promise.all([room(kubernetes), room(kubernetes)]);
  await kubernetes.kubectl([...nodes, '--user', deployer]);
  const all = started.move();
  return {
    kubernetes,
    ...production,
    staging,
    secrets: {},
    env,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** A namespace in which the job may do what its Role says and nothing else, as infra/k8s/README.md has it. */
async function room(kubernetes: Kubernetes): Promise<{ namespace: string; url: string }> {
  const namespace = await kubernetes.namespace();
  const kubectl = (args: string[], input?: string) =>
    kubernetes.kubectl(['--namespace', namespace, ...args], input);
  // What is there before the first deployment: the address of the shop.
  await kubectl(['apply', '--filename', '-'], service);
  const role = join(import.meta.dirname, '../../../../infra/k8s/role.yaml');
  await kubectl(['apply', '--filename', role]);
  const bind = ['create', 'rolebinding', inNamespace, '--role', inNamespace, '--user', deployer];
  await kubectl(bind);
  return { namespace, url: `http://${await kubernetes.serviceAddress(namespace, 'shop')}` };
}

const [inNamespace, ofNodes] = ['slipway-deploy', 'slipway-deploy-nodes'];

const service = `apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  selector:
    app: shop
  ports:
    - port: 80
      targetPort: http
`;

const manifests = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 2
  selector:
    matchLabels:
      app: shop
  template:
    metadata:
      labels:
        app: shop
    spec:
      dnsPolicy: Default
      containers:
        - name: web
          image: shop # set by the deployment
          ports:
            - name: http
              containerPort: 3000
          readinessProbe:
            httpGet:
              path: /ready
              port: http
            periodSeconds: 1
`;

/** The workflow of a user of `ship-k8s.yml`. */
function callerWorkflow(facts: ShopFacts, { kubernetes, namespace }: K8sPlace): string {
  return `name: ship
on:
  push:
    branches: [main]
permissions: {}
jobs:
  ship:
    permissions:
      contents: write # tag the commit, and release it
      packages: write # push to ghcr.io
      id-token: write # sign in to the cluster without a stored secret
    uses: org/actions/.github/workflows/ship-k8s.yml@v1
    with:
      image: ${facts.image}
      build-args: COMMIT=\${{ github.sha }}
      cluster: ${kubernetes.server}
      cluster-ca: |
${kubernetes.certificateAuthority.trimEnd().replace(/^/gm, ' '.repeat(8))}
      oidc-audience: ${audience}
      namespace: ${namespace}
      manifests: ${manifestsPath}
      health-path: /api/info
      expect: \${{ github.sha }}
      trivy-sha256: ${facts.trivySha256}
      db-repository: ${facts.database}
      timeout: 2m
`;
}
