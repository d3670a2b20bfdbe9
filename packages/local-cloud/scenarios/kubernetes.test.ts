import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pushExampleApp } from '../src/app-image.ts';
import { type Kubernetes, startKubernetes } from '../src/kubernetes/kubernetes.ts';

let cluster: Kubernetes;
let image: string;

beforeAll(async () => {
  const registry = process.env['SLIPWAY_TEST_REGISTRY'] ?? '';
  const pushed = pushExampleApp(registry, 'c'.repeat(40));
  cluster = await startKubernetes();
  image = await pushed;
}, 180_000);

afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
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

  it('keeps what it has when its API server is started anew', async () => {
    const namespace = await cluster.namespace();
    await cluster.restartApiServer();
    expect(await cluster.kubectl(['get', 'namespace', namespace, '--output', 'name'])).toBe(
      `namespace/${namespace}\n`,
    );
  }, 120_000);
});

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
