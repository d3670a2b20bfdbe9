import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pushExampleApp } from '../../../packages/local-cloud/src/app-image.ts';
import { cached } from '../../../packages/local-cloud/src/kubernetes/programs.ts';
import { type ShopCluster, startShopCluster } from './shop-cluster.ts';

const root = join(import.meta.dirname, '../../..');
/** Where `kustomize` and `helm` are, as on a hosted runner. */
const env = { PATH: `${cached('renderers')}:${process.env['PATH'] ?? ''}` };
const commit = 'e'.repeat(40);

let cluster: ShopCluster;
let image: string;

beforeAll(async () => {
  cluster = await startShopCluster();
  image = await pushExampleApp(cluster.registry.host, commit);
}, 300_000);
afterAll(async () => cluster?.[Symbol.asyncDispose](), 60_000);

const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
const proof = { 'health-path': '/health', expect: commit };

describe('the manifests of the example', () => {
  it.each([
    ['staging', '1', '2'],
    ['production', '3', '10'],
  ])(
    'for %s are rendered and deployed where Pod Security is strictest',
    async (overlay, replicas, most) => {
      const folder = join(cluster.runner.workspace, 'k8s');
      cpSync(join(root, 'example-app/k8s'), folder, { recursive: true });
      const shop = await cluster.shop(restricted);
      const inputs = { image, manifests: `k8s/${overlay}`, ...proof };
      const first = await shop.deploy(inputs, env);
      expect({ code: first.code, errors: first.errors }).toEqual({ code: 0, errors: [] });
      const field = (object: string, path: string) =>
        shop.kubectl('get', object, '--output', `jsonpath={${path}}`);
      const names = await shop.kubectl(
        ...['get', 'service,ingress,hpa,pdb,networkpolicy,serviceaccount', '--output', 'name'],
        ...['--selector', 'app.kubernetes.io/name=example-app'],
      );
      expect(names.trim().split('\n').sort()).toEqual([
        'horizontalpodautoscaler.autoscaling/example-app',
        'ingress.networking.k8s.io/example-app',
        'networkpolicy.networking.k8s.io/example-app',
        'poddisruptionbudget.policy/example-app',
        'service/example-app',
        'serviceaccount/example-app',
      ]);
      expect(await field('deployment/example-app', '.status.readyReplicas')).toBe(replicas);
      expect(await field('hpa/example-app', '.spec.maxReplicas')).toBe(most);
      expect(first.log).not.toMatch(/has no (?:readinessProbe|preStop)/);

      // The autoscaler has them from now on.
      const scale = ['scale', 'deployment/example-app', '--replicas=2'];
      await shop.kubectl(...scale);
      const second = await shop.deploy({ ...inputs, env: 'LOG_LEVEL=debug' }, env);
      expect({ code: second.code, errors: second.errors }).toEqual({ code: 0, errors: [] });
      expect(await field('deployment/example-app', '.spec.replicas')).toBe('2');
    },
    240_000,
  );
});

describe('a chart', () => {
  const files = {
    'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
    'values.yaml': 'replicas: 1\ngreeting: none\n',
    'templates/deployment.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}, labels: {in: {{ .Release.Namespace }}}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers: [{name: web, image: placeholder, env: [{name: ENVIRONMENT, value: {{ .Values.greeting }}}]}]
`,
    'templates/removal.yaml': `
apiVersion: batch/v1
kind: Job
metadata: {name: removal, annotations: {helm.sh/hook: pre-delete}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: placeholder}]}}}
`,
  };

  it('is rendered with values and deployed; what it has for its removal is not', async () => {
    for (const [name, text] of Object.entries({
      ...files,
      '../values.yaml': 'greeting: hello\n',
    })) {
      const path = join(cluster.runner.workspace, 'chart', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    const shop = await cluster.shop();
    const inputs = { image, manifests: 'chart', values: 'values.yaml', 'health-port': '3000' };
    const { code, errors } = await shop.deploy({ ...inputs, ...proof }, env);
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    const spec = '{.metadata.labels.in} {.spec.template.spec.containers[0].env[0].value}';
    const has = await shop.kubectl('get', 'deployment/shop', '--output', `jsonpath=${spec}`);
    expect(has).toBe(`${shop.name} hello`);
    expect(await shop.kubectl('get', 'jobs', '--output', 'name')).toBe('');
  }, 120_000);

  it('that helm cannot render is refused in its words', async () => {
    const path = join(cluster.runner.workspace, 'broken');
    mkdirSync(join(path, 'templates'), { recursive: true });
    writeFileSync(join(path, 'Chart.yaml'), files['Chart.yaml']);
    writeFileSync(join(path, 'templates/a.yaml'), '{{ required "name is needed" .Values.name }}');
    const shop = await cluster.shop();
    const { errors, outputs } = await shop.deploy({ image, manifests: 'broken' }, env);
    expect(outputs['reason']).toBe('k8s/render');
    expect(errors[0]?.text).toContain('helm could not render broken');
    expect(errors[0]?.text).toContain('name is needed');
  }, 60_000);
});
