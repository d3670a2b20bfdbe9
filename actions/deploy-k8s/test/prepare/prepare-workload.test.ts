import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { deployment, digests, owned } from '../workloads.ts';
import { deploymentShop, prepare, refusal } from './scene.ts';

const image = `ghcr.io/acme/shop@${digests.new}`;
const older = `ghcr.io/acme/shop@${digests.old}`;
const withImage = { workload: deploymentShop, image: 'ghcr.io/acme/shop:1.2.3' };

describe('a workload and an image, without manifests', () => {
  it('apply the image of the container, and nothing else', async () => {
    const { main, ...prepared } = await prepare({ live: [deployment()], settings: withImage });
    expect(main.object).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'shop', namespace: 'shop' },
      spec: { template: { spec: { containers: [{ name: 'web', image }] } } },
    });
    expect(main).toMatchObject({ kind: 'Deployment', isChanged: true, force: false });
    expect(prepared).toMatchObject({
      container: 'web',
      image,
      previousImage: older,
      diff: [{ what: 'deployment/shop web: image', before: older, after: image }],
      notes: [],
    });
    expect(prepared.objects).toEqual([main]);
  });

  it('change nothing where the image runs already', async () => {
    const live = [deployment({ containers: [{ name: 'web', image }] })];
    const { main, diff } = await prepare({ live, settings: withImage });
    expect(main.isChanged).toBe(false);
    expect(diff).toEqual([]);
  });

  it('keep what an earlier run has applied, as an apply without it would take it away', async () => {
    const fields = {
      'f:spec': {
        'f:minReadySeconds': {},
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"web"}': {
                '.': {},
                'f:name': {},
                'f:image': {},
                'f:env': { 'k:{"name":"LOG"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
              },
            },
          },
        },
      },
    };
    const container = {
      name: 'web',
      image: older,
      env: [
        { name: 'LOG', value: 'info' },
        { name: 'OF_OTHERS', value: 'kept' },
      ],
      imagePullPolicy: 'Always',
    };
    const metadata = { managedFields: [owned('slipway', fields)] };
    const live = deployment(
      { containers: [container] },
      { metadata, spec: { minReadySeconds: 5 } },
    );
    const { main } = await prepare({
      live: [live],
      settings: { ...withImage, env: new Map([['COLOR', 'red']]) },
    });
    expect(main.object['spec']).toEqual({
      minReadySeconds: 5,
      template: {
        spec: {
          containers: [
            {
              name: 'web',
              image,
              env: [
                { name: 'LOG', value: 'info' },
                { name: 'COLOR', value: 'red' },
              ],
            },
          ],
        },
      },
    });
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      'an init container with the same image',
      { initContainers: [{ name: 'migrate', image: older }] },
      { initContainers: [{ name: 'migrate', image }] },
    ],
    [
      'the same image by another spelling',
      { initContainers: [{ name: 'migrate', image: `ghcr.io/acme/shop:1.0@${digests.old}` }] },
      { initContainers: [{ name: 'migrate', image }] },
    ],
    [
      'no container with another tag',
      { initContainers: [{ name: 'migrate', image: 'ghcr.io/acme/shop:tools' }] },
      {},
    ],
  ])('set the image of %s', async (_, template, also) => {
    const live = [deployment(template)];
    const { main } = await prepare({ live, settings: withImage });
    expect(main.object['spec']).toEqual({
      template: { spec: { containers: [{ name: 'web', image }], ...also } },
    });
  });

  it('take several containers with one image', async () => {
    const containers = [
      { name: 'web', image: older },
      { name: 'worker', image: older },
      { name: 'proxy', image: 'envoy:1' },
    ];
    const { main } = await prepare({ live: [deployment({ containers })], settings: withImage });
    expect(main.object['spec']).toEqual({
      template: {
        spec: {
          containers: [
            { name: 'web', image },
            { name: 'worker', image },
          ],
        },
      },
    });
  });

  it('know a registry with a port', async () => {
    const old = `registry.example:5000/shop@${digests.old}`;
    const { main, previousImage } = await prepare({
      live: [deployment({ containers: [{ name: 'web', image: old }] })],
      settings: { ...withImage, image: 'registry.example:5000/shop:2' },
    });
    expect(previousImage).toBe(old);
    expect(JSON.stringify(main.object)).toContain(
      `"image":"registry.example:5000/shop@${digests.new}"`,
    );
  });

  it('are refused where there is no such workload', async () => {
    expect(await refusal({ settings: withImage })).toBe(
      'k8s/workload-not-found: There is no deployment/shop in namespace shop of https://cluster.example.',
    );
  });

  it('are refused where it has no such container', async () => {
    const settings = { ...withImage, container: 'app' };
    expect(await refusal({ live: [deployment()], settings })).toBe(
      'k8s/container-not-found: Input container names app, which deployment/shop does not have; it has web.',
    );
  });
});

const shopYaml = `
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, labels: {app: shop}}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      initContainers: [{name: migrate, image: 'ghcr.io/acme/shop:latest'}]
      containers: [{name: web, image: 'ghcr.io/acme/shop:latest'}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: shop}
data: {LOG: info}
`;

describe('manifests', () => {
  it('are applied as they are with the image by digest: what others need first, workloads last', async () => {
    const { objects, main, image: of } = await prepare({ manifests: shopYaml });
    expect(
      objects.map(({ name }) => `${name.resource.kind} ${name.namespace}/${name.name}`),
    ).toEqual(['ConfigMap shop/shop', 'Service shop/shop', 'Deployment shop/shop']);
    expect(objects.at(-1)).toBe(main);
    expect(main).toMatchObject({
      live: undefined,
      object: {
        metadata: { name: 'shop', namespace: 'shop', labels: { app: 'shop' } },
        spec: {
          template: {
            spec: {
              initContainers: [{ name: 'migrate', image }],
              containers: [{ name: 'web', image }],
            },
          },
        },
      },
    });
    expect(of).toBe(image);
  });

  it('get the image of the input', async () => {
    const settings = { image: 'registry.example:5000/shop:2' };
    const { main } = await prepare({ manifests: shopYaml, settings });
    expect(main.object).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [{ name: 'web', image: `registry.example:5000/shop@${digests.new}` }],
          },
        },
      },
    });
  });

  it('may be about other things than the workload, which runs already', async () => {
    const manifests = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata: {a: b}\n';
    const { objects } = await prepare({ manifests, live: [deployment()], settings: withImage });
    expect(objects.map(({ name }) => name.resource.kind)).toEqual(['ConfigMap', 'Deployment']);
  });

  it('keep the namespaces that they name', async () => {
    const manifests = shopYaml.replace('{name: shop}', '{name: shop, namespace: other}');
    const { objects } = await prepare({ manifests });
    expect(objects.map(({ name }) => name.namespace)).toEqual(['shop', 'other', 'shop']);
  });

  it('are refused with another namespace than that of the input', async () => {
    const manifests = shopYaml.replace('{name: shop}', '{name: shop, namespace: staging}');
    expect(await refusal({ manifests, settings: { namespace: 'production' } })).toBe(
      'k8s/namespace: Service shop is for namespace staging, and input namespace is production (line 2).',
    );
  });

  it.each([
    ['no workload', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}', 'none in manifests'],
    [
      'two workloads',
      `${shopYaml}---\n${shopYaml.slice(shopYaml.indexOf('apiVersion: apps')).replace('name: shop', 'name: worker')}`,
      'deployment/shop in shop, deployment/worker in shop',
    ],
  ])('are refused with %s and no input that names one', async (_, manifests, has) => {
    expect(await refusal({ manifests })).toBe(
      `k8s/workload-ambiguous: It is not known which workload is deployed: there is ${has}.`,
    );
  });

  it('are refused with a kind that the server does not serve', async () => {
    const manifests = `${shopYaml}---\napiVersion: acme.io/v1\nkind: Widget\nmetadata: {name: a}\n`;
    expect(await refusal({ manifests })).toBe(
      'k8s/kind-unknown: The API server https://cluster.example has no Widget of acme.io/v1 (line 23).',
    );
  });

  it('are refused with an image that is none', async () => {
    const manifests = shopYaml.replaceAll("'ghcr.io/acme/shop:latest'", "'{{ .Values.image }}'");
    expect(await refusal({ manifests })).toBe(
      'k8s/no-image: The container web of deployment/shop has an image that is none, {{ .Values.image }}.',
    );
  });
});

describe('secrets', () => {
  const secrets = new Map([['PASSWORD', 'correct horse']]);
  const settings = { ...withImage, secrets };

  it('go into a Secret whose name is that of its content', async () => {
    const { objects, main } = await prepare({ live: [deployment()], settings });
    const [secret] = objects;
    expect(secret?.object).toMatchObject({
      kind: 'Secret',
      metadata: {
        name: expect.stringMatching(/^shop-env-[a-f0-9]{16}$/),
        namespace: 'shop',
        labels: { 'slipway-env-of': 'deployment.shop' },
      },
      immutable: true,
      data: { PASSWORD: 'Y29ycmVjdCBob3JzZQ==' },
    });
    const key = { name: secret?.name.name, key: 'PASSWORD' };
    expect(main.object).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [{ env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: key } }] }],
          },
        },
      },
    });
  });

  it('have another name when a value changes, and the same when none does', async () => {
    const nameWith = async (value: string) => {
      const changed = { ...settings, secrets: new Map([['PASSWORD', value]]) };
      const { objects } = await prepare({ live: [deployment()], settings: changed });
      return objects[0]?.name.name;
    };
    expect(await nameWith('a')).toBe(await nameWith('a'));
    expect(await nameWith('a')).not.toBe(await nameWith('b'));
  });

  it('are shown nowhere', async () => {
    const { diff, notes } = await prepare({ live: [deployment()], settings });
    const shown = JSON.stringify([diff, notes]);
    expect(shown).toContain('"after":"***"');
    expect(shown).not.toMatch(/correct|Y29ycmVjd/);
  });
});
