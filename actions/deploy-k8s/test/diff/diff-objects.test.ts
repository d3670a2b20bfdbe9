import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { differs, diffObjects } from '../../src/diff/diff-objects.ts';
import { resources } from '../fake-kubernetes.ts';
import { deployment } from '../workloads.ts';

const name = { resource: resources.deployment, namespace: 'shop', name: 'shop' };
const secretName = { ...name, resource: resources.secret };
const web = { name: 'web', image: 'shop:1' };

/** The lines between two Deployments: `what: before -> after`. */
function linesOf(live: JsonObject | undefined, after: JsonObject, of = name): readonly string[] {
  return diffObjects([{ name: of, live, after }]).map(
    ({ what, before, after: now }) => `${what}: ${before} -> ${now}`,
  );
}

const ofPod = (spec: JsonObject) => deployment({ containers: [web], ...spec });

describe('what would change', () => {
  it.each<[string, JsonObject, JsonObject, string]>([
    [
      'an image',
      ofPod({}),
      ofPod({ containers: [{ name: 'web', image: 'shop:2' }] }),
      'deployment/shop web: image: shop:1 -> shop:2',
    ],
    [
      'the image of an init container',
      ofPod({ initContainers: [{ name: 'web', image: 'a' }] }),
      ofPod({ initContainers: [{ name: 'web', image: 'b' }] }),
      'deployment/shop init web: image: a -> b',
    ],
    [
      'a variable',
      ofPod({ containers: [{ ...web, env: [{ name: 'LEVEL', value: 'info' }] }] }),
      ofPod({ containers: [{ ...web, env: [{ name: 'LEVEL', value: 'debug' }] }] }),
      'deployment/shop web: environment LEVEL: info -> debug',
    ],
    [
      'a variable that is named as a secret is',
      ofPod({ containers: [{ ...web, env: [{ name: 'DB_PASSWORD', value: 'one' }] }] }),
      ofPod({ containers: [{ ...web, env: [{ name: 'DB_PASSWORD', value: 'two' }] }] }),
      'deployment/shop web: environment DB_PASSWORD: *** -> *** (changed)',
    ],
    [
      'a variable with a password in an address',
      ofPod({ containers: [web] }),
      ofPod({ containers: [{ ...web, env: [{ name: 'DB', value: 'db://me:pw@host' }] }] }),
      'deployment/shop web: environment DB:  -> ***',
    ],
    [
      'the number of pods',
      deployment({}, { spec: { replicas: 2 } }),
      deployment({}, { spec: { replicas: 3 } }),
      'deployment/shop: spec.replicas: 2 -> 3',
    ],
    [
      'a label',
      deployment(),
      deployment({}, { metadata: { labels: { team: 'a' } } }),
      'deployment/shop: metadata.labels team:  -> a',
    ],
  ])('is said: %s', (_, live, after, line) => {
    expect(linesOf(live, after)).toEqual([line]);
  });

  it('is said in one line for each setting of what is new', () => {
    const service = { ...name, resource: resources.service };
    const after = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'shop', namespace: 'shop' },
      spec: { ports: [{ port: 80, targetPort: 'http' }] },
    };
    expect(linesOf(undefined, after, service)).toEqual([
      'service/shop: spec.port 80/TCP:  -> {"targetPort":"http"}',
    ]);
  });
});

describe('another order', () => {
  it('is a change, as a variable may name one before it', () => {
    const [a, b] = [
      { name: 'A', value: 'a' },
      { name: 'B', value: 'b' },
    ];
    const live = ofPod({ containers: [{ ...web, env: [a, b] }] });
    const after = ofPod({ containers: [{ ...web, env: [b, a] }] });
    expect(differs({ name, live, after })).toBe(true);
    expect(linesOf(live, after)).toEqual(['deployment/shop: in another order -> in this order']);
  });
});

describe('no change', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'what the server keeps account of',
      {
        ...deployment(
          {},
          { metadata: { resourceVersion: '1', generation: 1, managedFields: [], uid: 'a' } },
        ),
        status: { replicas: 1 },
      },
      {
        ...deployment({}, { metadata: { resourceVersion: '2', generation: 2, uid: 'a' } }),
        status: { replicas: 2 },
      },
    ],
    [
      'the note of kubectl about what it applied',
      deployment(
        {},
        { metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } } },
      ),
      deployment(),
    ],
  ])('is %s', (_, live, after) => {
    expect(linesOf(live, after)).toEqual([]);
    expect(differs({ name, live, after })).toBe(false);
  });
});

describe('a Secret', () => {
  const secret = (fields: JsonObject) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'shop', namespace: 'shop' },
    ...fields,
  });

  it('is shown by its keys, whatever they are called', () => {
    const lines = linesOf(
      secret({ data: { user: 'b2xk', kept: 'c2FtZQ==' } }),
      secret({ data: { user: 'bmV3', kept: 'c2FtZQ==', more: 'bW9yZQ==' } }),
      secretName,
    );
    expect(lines).toEqual([
      'secret/shop: data user: *** -> *** (changed)',
      'secret/shop: data more:  -> ***',
    ]);
  });

  it('as kubectl wrote it has its values nowhere', () => {
    const text = JSON.stringify(
      diffObjects([
        {
          name: secretName,
          live: undefined,
          after: secret({ stringData: { a: 'hidden' }, data: { b: 'aGlkZGVu' } }),
        },
      ]),
    );
    expect(text).not.toMatch(/hidden|aGlkZGVu/);
  });
});
