import { beforeAll, describe, expect, it } from '@jest/globals';
import { RealCluster, shop } from './real-cluster.ts';

let cluster: RealCluster;

beforeAll(async () => {
  cluster = await RealCluster.open();
}, 180_000);

const workload = { kind: 'Deployment', name: 'shop' } as const;
const image = 'registry.invalid/shop:2';
const digest = `registry.invalid/shop@sha256:${'b'.repeat(64)}`;
const imagePath = '.spec.template.spec.containers[0].image';
const envPath = '.spec.template.spec.containers[0].env';

describe('an image alone', () => {
  it('is set on what kubectl applied, and nothing else changes; a dry run writes nothing', async () => {
    const namespace = await cluster.kubernetes.namespace();
    await cluster.apply(namespace, shop({ spec: 'replicas: 0', env: '[{name: A, value: a}]' }));
    const before = await cluster.get(namespace, 'deployment/shop', '.metadata.generation');
    const told = { settings: { workload, image } };
    const { diff, notes } = await cluster.prepare(namespace, told);
    expect(await cluster.get(namespace, 'deployment/shop', '.metadata.generation')).toBe(before);
    expect(diff).toEqual([
      { what: 'deployment/shop web: image', before: 'registry.invalid/shop:1', after: digest },
    ]);
    expect(notes).toContain(
      'Takes over a field of deployment/shop: spec.template.spec.containers[name="web"].image, by kubectl-client-side-apply.',
    );
    await cluster.deploy(namespace, told);
    expect(await cluster.get(namespace, 'deployment/shop', imagePath)).toBe(digest);
    expect(await cluster.get(namespace, 'deployment/shop', envPath)).toBe(
      '[{"name":"A","value":"a"}]',
    );
    expect((await cluster.prepare(namespace, told)).main.isChanged).toBe(false);
  });

  it('takes nothing away from what this action has applied from manifests', async () => {
    const namespace = await cluster.kubernetes.namespace();
    const manifests = shop({
      spec: 'replicas: 0\n  minReadySeconds: 7',
      pod: 'terminationGracePeriodSeconds: 17',
      env: '[{name: A, value: a}]',
    });
    await cluster.deploy(namespace, { manifests });
    const next = { workload, image: 'registry.invalid/other:3', env: new Map([['B', 'b']]) };
    const { diff } = await cluster.deploy(namespace, { settings: next });
    expect(diff.map(({ what }) => what).sort()).toEqual([
      'deployment/shop web: environment B',
      'deployment/shop web: image',
    ]);
    const spec = await cluster.get(namespace, 'deployment/shop', '.spec');
    expect(JSON.parse(spec)).toMatchObject({
      replicas: 0,
      minReadySeconds: 7,
      template: {
        spec: {
          terminationGracePeriodSeconds: 17,
          containers: [
            {
              env: [
                { name: 'A', value: 'a' },
                { name: 'B', value: 'b' },
              ],
            },
          ],
        },
      },
    });
  });
});

describe('manifests', () => {
  it('take the place of what kubectl applied: what they do not have any more goes away', async () => {
    const namespace = await cluster.kubernetes.namespace();
    const env = '[{name: A, value: a}, {name: B, value: b}]';
    await cluster.apply(namespace, shop({ spec: 'replicas: 0\n  minReadySeconds: 7', env }));
    await cluster.deploy(namespace, {
      manifests: shop({ spec: 'replicas: 0', env: '[{name: B, value: c}]' }),
    });
    const spec = JSON.parse(await cluster.get(namespace, 'deployment/shop', '.spec'));
    expect(spec.template.spec.containers[0].env).toEqual([{ name: 'B', value: 'c' }]);
    expect(spec.minReadySeconds).toBeUndefined();
    const again = await cluster.prepare(namespace, {
      manifests: shop({ spec: 'replicas: 0', env: '[{name: B, value: c}]' }),
    });
    expect(again.main).toMatchObject({ isChanged: false, adopts: false });
  });

  it('do not take what Helm has set, unless they are told to', async () => {
    const namespace = await cluster.kubernetes.namespace();
    const helm = ['--server-side', '--field-manager', 'helm'];
    await cluster.apply(namespace, shop({ spec: 'replicas: 0\n  minReadySeconds: 7' }), ...helm);
    const told = { manifests: shop({ spec: 'replicas: 0\n  minReadySeconds: 9' }) };
    expect(await cluster.refusal(namespace, told)).toBe(
      'k8s/conflict: Somebody else has set fields of deployment/shop that this run sets to another value: spec.minReadySeconds, by helm.',
    );
    await cluster.deploy(namespace, { ...told, settings: { 'force-conflicts': true } });
    expect(await cluster.get(namespace, 'deployment/shop', '.spec.minReadySeconds')).toBe('9');
  });

  it('are refused where they change what cannot be changed, and nothing is applied', async () => {
    const namespace = await cluster.kubernetes.namespace();
    await cluster.apply(namespace, shop({ spec: 'replicas: 0' }));
    const other = shop({ spec: 'replicas: 0' }).replaceAll('app: shop', 'app: other');
    const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\n';
    const told = { manifests: `${config}---${other}` };
    expect(await cluster.refusal(namespace, told)).toContain('k8s/immutable');
    const made = ['get', 'configmap', 'shop', '--ignore-not-found'];
    expect(await cluster.kubernetes.kubectl(['--namespace', namespace, ...made])).toBe('');
  });

  it.each([
    ['a field that is misspelled', shop({ spec: 'replcas: 1' }), 'replcas'],
    ['a field of another type', shop({ spec: 'replicas: many' }), 'replicas'],
  ])('are refused with %s', async (_, manifests, words) => {
    const namespace = await cluster.kubernetes.namespace();
    const failure = await cluster.refusal(namespace, { manifests });
    expect(failure).toMatch(/^k8s\//);
    expect(failure).toContain(words);
  });
});

describe('a variable', () => {
  it('that kubectl gave a value becomes a secret one', async () => {
    const namespace = await cluster.kubernetes.namespace();
    await cluster.apply(namespace, shop({ spec: 'replicas: 0', env: '[{name: A, value: a}]' }));
    const settings = { workload, image, secrets: new Map([['A', 'hidden value']]) };
    const { diff, objects } = await cluster.deploy(namespace, { settings });
    expect(JSON.stringify(diff)).not.toContain('hidden');
    const secret = objects[0]?.name.name ?? '';
    expect(JSON.parse(await cluster.get(namespace, 'deployment/shop', envPath))).toEqual([
      { name: 'A', valueFrom: { secretKeyRef: { name: secret, key: 'A' } } },
    ]);
    expect(await cluster.get(namespace, `secret/${secret}`, '.data.A')).toBe(
      Buffer.from('hidden value').toString('base64'),
    );
    const again = await cluster.prepare(namespace, { settings });
    expect(again.objects.filter(({ isChanged }) => isChanged)).toEqual([]);
  });

  it('that kubectl gave a source is refused a value', async () => {
    const namespace = await cluster.kubernetes.namespace();
    const env = '[{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]';
    await cluster.apply(namespace, shop({ spec: 'replicas: 0', env }));
    const settings = { workload, image, env: new Map([['A', 'a']]) };
    expect(await cluster.refusal(namespace, { settings })).toContain('k8s/variable-source');
  });
});

describe('the number of pods', () => {
  const autoscaler = `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}
  minReplicas: 2
  maxReplicas: 6
`;
  const manifests = shop({ spec: 'replicas: 2' });
  const replicas = (namespace: string) =>
    cluster.get(namespace, 'deployment/shop', '.spec.replicas');
  const scale = (namespace: string, count: number) =>
    cluster.kubernetes.kubectl([
      ...['--namespace', namespace, 'scale', 'deployment/shop'],
      `--replicas=${count}`,
    ]);

  it('stays when kubectl applied it and an autoscaler has it from now on', async () => {
    const namespace = await cluster.kubernetes.namespace();
    await cluster.apply(namespace, `${shop({ spec: 'replicas: 3' })}---${autoscaler}`);
    for (const image of ['registry.invalid/shop:1', 'registry.invalid/other:1']) {
      await cluster.deploy(namespace, { manifests, settings: { image } });
      expect(await replicas(namespace)).toBe('3');
    }
  });

  it('is that of the autoscaler after it has scaled', async () => {
    const namespace = await cluster.kubernetes.namespace();
    await cluster.deploy(namespace, { manifests });
    await cluster.apply(namespace, autoscaler);
    await scale(namespace, 5);
    for (const image of ['registry.invalid/a:1', 'registry.invalid/b:1']) {
      await cluster.deploy(namespace, { manifests, settings: { image } });
      expect(await replicas(namespace)).toBe('5');
    }
  });

  it('is a conflict when somebody has scaled by hand, and no autoscaler is there', async () => {
    const namespace = await cluster.kubernetes.namespace();
    await cluster.deploy(namespace, { manifests });
    await scale(namespace, 4);
    expect(await cluster.refusal(namespace, { manifests })).toBe(
      'k8s/conflict: Somebody else has set fields of deployment/shop that this run sets to another value: spec.replicas, by kubectl.',
    );
  });
});

describe('a Job', () => {
  it('is another one for another image, and the same for the same', async () => {
    const namespace = await cluster.kubernetes.namespace();
    const manifests = `
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec:
  suspend: true
  template:
    spec: {restartPolicy: Never, containers: [{name: run, image: registry.invalid/shop:1}]}
`;
    const first = await cluster.deploy(namespace, { manifests });
    expect((await cluster.prepare(namespace, { manifests })).main.isChanged).toBe(false);
    const settings = {
      workload: { kind: 'Job', name: 'migrate' } as const,
      image: 'registry.invalid/x:2',
    };
    const second = await cluster.deploy(namespace, { settings });
    expect(second.main.name.name).not.toBe(first.main.name.name);
    const names = ['--namespace', namespace, 'get', 'jobs', '--output', 'name'];
    expect((await cluster.kubernetes.kubectl(names)).trim().split('\n').sort()).toEqual(
      [first, second].map(({ main }) => `job.batch/${main.name.name}`).sort(),
    );
  });
});
