import { beforeAll, describe, expect, it } from '@jest/globals';
import { failureOf, RealCluster, shop } from './real-cluster.ts';

let cluster: RealCluster;

beforeAll(async () => {
  cluster = await RealCluster.open();
}, 180_000);

const workload = { kind: 'Deployment', name: 'shop' } as const;
const told = { settings: { workload, image: 'registry.invalid/shop:2' } };

/** What is stored of a Deployment: the same before and after what is refused. */
const generation = (namespace: string) =>
  cluster.get(namespace, 'deployment/shop', '.metadata.generation');

async function refusedUnchanged(namespace: string): Promise<string> {
  const before = await generation(namespace);
  const failure = await cluster.refusal(namespace, told);
  expect(await generation(namespace)).toBe(before);
  return failure;
}

const noSurge = 'replicas: 1\n  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}';
const surgeless = 'replicas: 1\n  strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}';
const cpu = (amount: string) =>
  `resources: {requests: {cpu: ${amount}, memory: 1Mi}, limits: {cpu: ${amount}, memory: 1Mi}}`;
const limited = (spec: string, amount = '100m') =>
  shop({ spec }).replace('env: []}', `${cpu(amount)}}`);

describe('what the cluster would refuse later is refused before anything is changed', () => {
  it('by Pod Security', async () => {
    const namespace = await cluster.kubernetes.namespace({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    await cluster.apply(namespace, shop({ spec: 'replicas: 0' }));
    const failure = await refusedUnchanged(namespace);
    expect(failure).toContain('k8s/pod-security: A pod of deployment/shop was tried');
    expect(failure).toContain('allowPrivilegeEscalation');
  });

  it('by a quota that has no room for one more pod', async () => {
    const namespace = await cluster.kubernetes.namespace();
    await cluster.apply(namespace, limited(noSurge));
    await full(namespace);
    const failure = await refusedUnchanged(namespace);
    expect(failure).toContain('k8s/quota: A pod of deployment/shop was tried');
    expect(failure).toContain('exceeded quota: small');
  });

  it('unless old pods end before', async () => {
    const namespace = await cluster.kubernetes.namespace();
    await cluster.apply(namespace, limited(surgeless));
    await full(namespace);
    const { notes } = await cluster.prepare(namespace, told);
    expect(notes.join('\n')).toContain('There is no room in the quota for one more pod');
  });

  it('by a LimitRange', async () => {
    const namespace = await cluster.kubernetes.namespace();
    await cluster.apply(namespace, limited('replicas: 0', '500m'));
    await cluster.apply(
      namespace,
      'apiVersion: v1\nkind: LimitRange\nmetadata: {name: small}\nspec: {limits: [{type: Container, max: {cpu: 200m}}]}\n',
    );
    const failure = await refusedUnchanged(namespace);
    expect(failure).toContain('k8s/limit-range: A pod of deployment/shop was tried');
  });

  it('by a service account that is missing', async () => {
    const namespace = await cluster.kubernetes.namespace();
    const pod = 'serviceAccountName: robot';
    await cluster.apply(namespace, shop({ spec: 'replicas: 0', pod }));
    expect(await refusedUnchanged(namespace)).toContain('serviceaccount "robot" not found');
    const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot}\n';
    const manifests = `${account}---${shop({ spec: 'replicas: 0', pod })}`;
    const { notes } = await cluster.prepare(namespace, { manifests });
    expect(notes).toContain(
      'Whether the cluster takes the pods of deployment/shop is not checked: ServiceAccount robot is made by this run.',
    );
  });

  /** A quota that the one pod there is uses up. */
  async function full(namespace: string): Promise<void> {
    await cluster.kubernetes.kubectl([
      ...['--namespace', namespace, 'wait', '--for=jsonpath={.status.replicas}=1'],
      ...['deployment/shop', '--timeout=60s'],
    ]);
    await cluster.apply(
      namespace,
      'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: small}\nspec: {hard: {pods: "1"}}\n',
    );
    await cluster.kubernetes.kubectl([
      ...['--namespace', namespace, 'wait', '--for=jsonpath={.status.used.pods}=1'],
      ...['resourcequota/small', '--timeout=60s'],
    ]);
  }
});

describe('a webhook that does not answer', () => {
  it('is the failure, before anything is changed', async () => {
    const namespace = await cluster.kubernetes.namespace({ webhook: 'yes' });
    await cluster.apply(namespace, shop({ spec: 'replicas: 0' }));
    await cluster.apply(
      namespace,
      `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: policy}
webhooks:
- name: policy.example.com
  clientConfig: {url: 'https://127.0.0.1:1/'}
  sideEffects: None
  admissionReviewVersions: [v1]
  namespaceSelector: {matchLabels: {webhook: 'yes'}}
  rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
`,
    );
    try {
      const failure = await refusedUnchanged(namespace);
      expect(failure).toContain('k8s/webhook: A pod of deployment/shop was tried');
      expect(failure).toContain('policy.example.com');
    } finally {
      await cluster.kubernetes.kubectl(['delete', 'validatingwebhookconfiguration', 'policy']);
    }
  });
});

describe('permissions', () => {
  it('that are missing are printed as a Role, with which the check is content', async () => {
    const namespace = await cluster.kubernetes.namespace();
    await cluster.apply(namespace, shop({ spec: 'replicas: 0' }));
    const kubeconfig = await cluster.kubernetes.user('deployer');
    const read = { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] };
    await cluster.kubernetes.allow('deployer', [read], namespace);
    const failure = await failureOf(cluster.check(namespace, { ...told, kubeconfig }));
    const [sentence = '', ...yaml] = failure.split('\n');
    expect(sentence).toContain('k8s/permissions');
    expect(sentence).toContain(`patch deployments in namespace ${namespace}`);
    expect(sentence).not.toContain(`get deployments in namespace ${namespace}`);

    await cluster.apply(namespace, yaml.join('\n'));
    await cluster.kubernetes.kubectl([
      ...['--namespace', namespace, 'create', 'rolebinding', 'deployer'],
      ...['--role', 'slipway-deploy', '--user', 'deployer'],
    ]);
    const notes = await cluster.check(namespace, { ...told, kubeconfig });
    expect(notes).toContain(
      `This identity may not create pods in namespace ${namespace}, which a run can do without.`,
    );
    await cluster.deploy(namespace, { ...told, kubeconfig });
    expect(
      await cluster.get(namespace, 'deployment/shop', '.spec.template.spec.containers[0].image'),
    ).toContain('registry.invalid/shop@sha256:');
  });
});
