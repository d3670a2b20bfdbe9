import { join } from 'node:path';
import { type Behaviour, pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import type { KubernetesClient } from '../../../packages/local-cloud/src/kubernetes/client.ts';
import { sharedKubernetes } from '../../../packages/local-cloud/src/kubernetes/shared.ts';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import {
  makeRunner,
  type Runner,
  type Step,
  type StepResult,
} from '../../../packages/local-cloud/src/runner.ts';

export const bundle = join(import.meta.dirname, '../dist/index.js');

type Inputs = Readonly<Record<string, string>>;

/** A real cluster, a registry that it pulls from, and a runner that deploys to it by the built bundle. */
export interface ShopCluster extends AsyncDisposable {
  kubernetes: KubernetesClient;
  registry: LocalRegistry;
  runner: Runner;
  /** The image of a version, which is pushed with the first call. */
  image(version: string, behaviour?: Behaviour): Promise<string>;
  /** A namespace of its own for one test. */
  shop(labels?: Readonly<Record<string, string>>): Promise<ShopNamespace>;
}

/** A namespace that the action deploys to. */
export interface ShopNamespace {
  name: string;
  start(inputs: Inputs, env?: Record<string, string>): Step;
  deploy(inputs: Inputs, env?: Record<string, string>): Promise<StepResult>;
  kubectl(...args: string[]): Promise<string>;
  apply(manifests: string): Promise<string>;
  /** What its Service `shop` answers. */
  served(): Promise<string>;
  /** Names of the Leases that are left. */
  locks(): Promise<string>;
}

/** @param own a cluster that no other test uses */
export async function startShopCluster(own?: KubernetesClient): Promise<ShopCluster> {
  await using started = new AsyncDisposableStack();
  const registry = started.use(await startRegistry());
  const runner = started.use(await makeRunner({ sha: 'c0ffee0000000000000000000000000000000000' }));
  const kubernetes = own ?? (await sharedKubernetes());
  const images = new Map<string, Promise<string>>();
  const all = started.move();
  return {
    kubernetes,
    registry,
    runner,
    image(version, behaviour = 'good') {
      const known = images.get(version) ?? pushApp(registry.host, version, behaviour);
      images.set(version, known);
      return known;
    },
    async shop(labels = {}) {
      const name = await kubernetes.namespace(labels);
      const kubectl = (...args: string[]) => kubernetes.kubectl(['-n', name, ...args]);
      const start = (inputs: Inputs, env: Record<string, string> = {}) =>
        runner.start(
          bundle,
          { kubeconfig: kubernetes.kubeconfig, namespace: name, timeout: '90s', ...inputs },
          env,
        );
      return {
        name,
        kubectl,
        start,
        deploy: (inputs, env) => start(inputs, env).done,
        apply: (manifests) => kubernetes.kubectl(['-n', name, 'apply', '-f', '-'], manifests),
        async served() {
          const address = await kubernetes.serviceAddress(name, 'shop');
          const answer = await fetch(`http://${address}/`, {
            headers: { connection: 'close' },
            signal: AbortSignal.timeout(5_000),
          });
          return answer.text();
        },
        locks: () => kubectl('get', 'leases', '-o', 'name'),
      };
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** A Deployment and its Service, as a user of the action writes them. */
export function shopManifests(o: { replicas?: number; container?: object; pod?: object } = {}) {
  const { container = {}, pod = {}, replicas = 2 } = o;
  const labels = { app: 'shop' };
  const web = {
    name: 'web',
    image: 'shop',
    ports: [{ containerPort: 3_000, name: 'http' }],
    readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 1 },
    resources: { requests: { cpu: '10m', memory: '32Mi' } },
    // Kubernetes takes a pod that ends out of its Services while it is asked to stop.
    lifecycle: { preStop: { sleep: { seconds: 2 } } },
    ...container,
  };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [web],
          dnsPolicy: 'Default',
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 5,
          ...pod,
        },
      },
    },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'shop' },
    spec: { selector: labels, ports: [{ port: 80, targetPort: 'http' }] },
  };
  return [deployment, service].map((one) => JSON.stringify(one)).join('\n---\n');
}
