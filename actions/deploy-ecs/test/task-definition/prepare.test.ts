import { describe, expect, it } from '@jest/globals';
import { registerTaskDefinition } from '../../src/task-definition/register.ts';
import {
  arnOf,
  containerIn,
  image,
  olderImage,
  prepare,
  type Scene,
  service,
  shop,
  shopWith,
  web,
} from './world.ts';

const proxy = { name: 'proxy', image: 'docker.io/library/nginx:1', essential: false };
const two = { ...shop, containerDefinitions: [proxy, web] };

describe('what is deployed', () => {
  it('is what the service runs, with the image of the input by its digest', async () => {
    const prepared = await prepare({ image: image.replace(/@.*/, ':1.2.3') });
    expect(prepared).toMatchObject({
      arn: undefined,
      image,
      previousImage: olderImage,
      container: 'web',
      diff: [{ what: 'web: image', before: olderImage, after: image }],
    });
    expect(prepared.images).toEqual(new Map([['web', image]]));
    const { cpu, mountPoints, volumesFrom, systemControls, ...given } = containerIn(
      prepared.document,
    );
    expect(given).toEqual({ ...web, image });
  });

  it('is nothing new when the service runs just that', async () => {
    for (const scene of [{ image: olderImage }, { env: { LOG_LEVEL: 'info', EMPTY: '' } }, {}]) {
      expect(await prepare(scene)).toMatchObject({ arn: arnOf('shop:3'), diff: [] });
    }
  });

  it('is a document of the input, compared with what the service runs', async () => {
    const taskDefinition = { document: shopWith({ image }, { memory: '1 GB' }) };
    const prepared = await prepare({ given: { taskDefinition } });
    expect(prepared.diff).toEqual([
      { what: 'memory', before: '512', after: '1024' },
      { what: 'web: image', before: olderImage, after: image },
    ]);
    expect(prepared).toMatchObject({ document: taskDefinition.document, arn: undefined });
    const same = await prepare({ given: { taskDefinition: { document: shop } } });
    expect(same).toMatchObject({ arn: arnOf('shop:3'), diff: [] });
  });

  it('is the latest revision of a family, a revision, or an ARN', async () => {
    const has = {
      'shop:3': shop,
      'shop:4': shopWith({ image }),
      'shop:5': shopWith({ user: 'a' }),
    };
    for (const [name, arn] of [
      ['shop', 'shop:5'],
      ['shop:4', 'shop:4'],
      [arnOf('shop:4'), 'shop:4'],
    ] as const) {
      const prepared = await prepare({ has, given: { taskDefinition: { name } } });
      expect(prepared).toMatchObject({ arn: arnOf(arn) });
      expect(prepared.diff).toHaveLength(1);
    }
  });

  it('is the revision that was named, even when what runs says the same', async () => {
    const has = { 'shop:3': shop, 'shop:4': shop };
    const named = await prepare({ has, given: { taskDefinition: { name: 'shop:4' } } });
    expect(named).toMatchObject({
      arn: arnOf('shop:4'),
      diff: [{ what: 'task definition', before: 'shop:3', after: 'shop:4' }],
    });
    const family = await prepare({ has, given: { taskDefinition: { name: 'shop' } } });
    expect(family).toMatchObject({ arn: arnOf('shop:3'), diff: [] });
  });

  it('is a revision that an earlier run registered and could not deploy', async () => {
    const has = { 'shop:3': shop, 'shop:4': shopWith({ image }) };
    const prepared = await prepare({ has, image });
    expect(prepared).toMatchObject({ arn: arnOf('shop:4'), image });
    expect(prepared.diff).toEqual([{ what: 'web: image', before: olderImage, after: image }]);
  });

  it('keeps tags, but those of AWS, which nobody may set', async () => {
    const tags = [
      { key: 'team', value: 'shop' },
      { key: 'aws:cloudformation:stack-id', value: 'x' },
      { key: 'flag' },
    ];
    const { document } = await prepare({ image, tags });
    expect(document['tags']).toEqual([{ key: 'team', value: 'shop' }, { key: 'flag' }]);
  });

  it('needs a task definition where no service is there', async () => {
    const created = { loadBalancers: [{ containerName: 'web', containerPort: 8080 }] };
    const network = { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } };
    const serviceDefinition = { ...created, ...network };
    const none: Scene = { service: undefined, image };
    await expect(prepare({ ...none, given: { serviceDefinition } })).rejects.toMatchObject({
      code: 'action/input',
      message: expect.stringContaining('Input task-definition is required'),
    });
    const named = { serviceDefinition: { ...serviceDefinition, taskDefinition: 'shop' } };
    const prepared = await prepare({ ...none, given: named });
    expect(prepared).toMatchObject({ arn: undefined, previousImage: undefined, image });
  });
});

describe('the main container', () => {
  it.each<[string, Scene, string]>([
    ['the one that is named', { container: 'proxy' }, 'proxy'],
    ['the only one that the load balancer reaches', {}, 'web'],
  ])('is %s', async (_, scene, container) => {
    const prepared = await prepare({ has: { 'shop:3': two }, image, ...scene });
    expect(prepared.container).toBe(container);
    expect(containerIn(prepared.document, container)['image']).toBe(image);
  });

  it('has to be named where two are alike', async () => {
    const alone = { ...service, loadBalancers: [] };
    const scene = { has: { 'shop:3': two }, service: alone };
    for (const needed of [{ image }, { env: { A: 'b' } }]) {
      await expect(prepare({ ...scene, ...needed })).rejects.toMatchObject({
        code: 'ecs/container-unclear',
        message: expect.stringContaining('proxy, web'),
      });
    }
    const prepared = await prepare({ ...scene, images: { proxy: image, web: image } });
    expect(prepared).toMatchObject({ image, resolved: [image] });
  });

  it('and those of images have to be there', async () => {
    for (const [scene, input] of [
      [{ container: 'api', image }, 'container'],
      [{ images: { api: image } }, 'images'],
    ] as const) {
      await expect(prepare(scene)).rejects.toMatchObject({
        code: 'ecs/container-not-found',
        message: expect.stringContaining(`Input ${input} names the container api`),
      });
    }
    await expect(prepare({ image, images: { web: image } })).rejects.toMatchObject({
      code: 'action/input',
    });
  });
});

describe('registering', () => {
  it('is not done where a revision says the same', async () => {
    const registered: unknown[] = [];
    const api = {
      registerTaskDefinition: async (document: object) => {
        registered.push(document);
        return { taskDefinition: { taskDefinitionArn: arnOf('shop:4') } };
      },
    };
    const { signal } = new AbortController();
    expect(await registerTaskDefinition(await prepare({}), api, signal)).toBe(arnOf('shop:3'));
    expect(registered).toEqual([]);
    const prepared = await prepare({ image });
    expect(await registerTaskDefinition(prepared, api, signal)).toBe(arnOf('shop:4'));
    expect(registered).toEqual([prepared.document]);
  });
});
