import { describe, expect, it } from '@jest/globals';
import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { FakeKubernetes } from '../fake-kubernetes.ts';
import { digests } from '../workloads.ts';
import { prepare } from './scene.ts';

const manifests = `
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec:
  backoffLimit: 0
  template:
    spec: {restartPolicy: Never, containers: [{name: run, image: ghcr.io/acme/shop:1}]}
`;
const workload = { kind: 'Job', name: 'migrate' } as const;
const nameOf = async (scene: Parameters<typeof prepare>[0]) =>
  (await prepare(scene)).main.name.name;

describe('a Job', () => {
  it('has a name of its own for what it does, as its pods cannot be changed', async () => {
    const { main } = await prepare({ manifests });
    expect(main.name.name).toMatch(/^migrate-[a-f0-9]{10}$/);
    expect(main.object).toMatchObject({
      metadata: { name: main.name.name, labels: { 'slipway-job': 'migrate' } },
    });
    const image = `ghcr.io/acme/shop:2@${digests.old}`;
    expect(await nameOf({ manifests, settings: { image } })).not.toBe(main.name.name);
    expect(await nameOf({ manifests })).toBe(main.name.name);
  });

  it('that did the same and has failed is run again, under another name', async () => {
    const cluster = new FakeKubernetes();
    const { main } = await prepare({ manifests, cluster });
    const failed = { status: { conditions: [{ type: 'Failed', status: 'True' }] } };
    cluster.add({ ...main.object, ...failed });
    expect(await nameOf({ manifests, cluster })).toBe(`${main.name.name}-2`);
  });

  it('that did the same and is complete is not run again', async () => {
    const cluster = new FakeKubernetes();
    const { main } = await prepare({ manifests, cluster });
    const status = { conditions: [{ type: 'Complete', status: 'True' }] };
    cluster.add({ ...main.object, status });
    const again = await prepare({ manifests, cluster });
    expect(again.main.name.name).toBe(main.name.name);
    expect(again.main.isChanged).toBe(false);
  });

  const live = (name: string, created: string, image: string): JsonObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: 'shop',
      creationTimestamp: created,
      labels: { 'slipway-job': 'migrate' },
    },
    spec: {
      backoffLimit: 0,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': '1' } },
      template: {
        metadata: {
          creationTimestamp: null,
          labels: {
            app: 'shop',
            'batch.kubernetes.io/controller-uid': '1',
            'batch.kubernetes.io/job-name': name,
            'controller-uid': '1',
            'job-name': name,
          },
        },
        spec: { restartPolicy: 'Never', containers: [{ name: 'run', image }] },
      },
    },
  });

  it('without manifests is the last one with the new image, free of what ties it to its pods', async () => {
    const { main } = await prepare({
      live: [
        live('migrate-2', '2026-02-01T00:00:00Z', 'ghcr.io/acme/shop:2'),
        live('migrate-1', '2026-01-01T00:00:00Z', 'ghcr.io/acme/shop:1'),
      ],
      settings: { workload, image: 'ghcr.io/acme/shop:3' },
    });
    expect(main.live).toBeUndefined();
    expect(textIn(objectIn(main.object, 'metadata'), 'name')).toBe(main.name.name);
    expect(main.object['spec']).toEqual({
      backoffLimit: 0,
      template: {
        metadata: { labels: { app: 'shop' } },
        spec: {
          restartPolicy: 'Never',
          containers: [{ name: 'run', image: `ghcr.io/acme/shop@${digests.new}` }],
        },
      },
    });
  });
});

describe('a CronJob', () => {
  it('gets the image where its pods are described', async () => {
    const cron = `
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec: {restartPolicy: Never, containers: [{name: run, image: ghcr.io/acme/shop:1}]}
`;
    const { main } = await prepare({ manifests: cron });
    expect(main.object).toMatchObject({
      spec: {
        jobTemplate: {
          spec: {
            template: { spec: { containers: [{ image: `ghcr.io/acme/shop@${digests.new}` }] } },
          },
        },
      },
    });
  });
});
