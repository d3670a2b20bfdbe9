import { join } from 'node:path';
import type { GitHub } from '../github/github.ts';
import { gitHubTokens } from '../kubernetes/issuers.ts';
import { type Kubernetes, startKubernetes } from '../kubernetes/kubernetes.ts';
import { callerPath, type ShopFacts, type ShopPlace, type ShopPlan } from './shop.ts';

/** A namespace of a real Kubernetes; the Deployment is not there yet. */
export interface K8sPlace extends ShopPlace {
  kubernetes: Kubernetes;
  namespace: string;
}

/** A shop that is shipped to Kubernetes, from manifests in its repository. */
export const k8sShop: ShopPlan<K8sPlace> = {
  issuerTls: true,
  start: startK8sPlace,
  workflows: (facts, place) => ({
    [callerPath]: callerWorkflow(facts, place),
    [manifestsPath]: manifests,
  }),
};

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
  const namespace = await kubernetes.namespace();
  // What is there before the first deployment: the address of the shop.
  await kubernetes.kubectl(['-n', namespace, 'apply', '-f', '-'], service);
  await permit(kubernetes, namespace);
  const address = await kubernetes.serviceAddress(namespace, 'shop');
  const all = started.move();
  return {
    kubernetes,
    namespace,
    url: `http://${address}`,
    secrets: {},
    env,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** As infra/k8s/README.md has it: the job may do what its Role says, and nothing else. */
async function permit({ kubectl }: Kubernetes, namespace: string): Promise<void> {
  const role = join(import.meta.dirname, '../../../../infra/k8s/role.yaml');
  await kubectl(['--namespace', namespace, 'apply', '--filename', role]);
  const [inNamespace, ofNodes] = ['slipway-deploy', 'slipway-deploy-nodes'];
  const bind = ['create', 'rolebinding', inNamespace, '--role', inNamespace, '--user', deployer];
  await kubectl(['--namespace', namespace, ...bind]);
  const nodes = ['create', 'clusterrolebinding', ofNodes, '--clusterrole', ofNodes];
  await kubectl([...nodes, '--user', deployer]);
}

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
