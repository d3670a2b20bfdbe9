import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { cpuUnits, fargateSizeProblem, memoryMib } from '../../src/task-definition/check/sizes.ts';
import { platformOf } from '../../src/task-definition/check/task.ts';
import { image, prepare, service, shop, shopWith, web } from './world.ts';

const role = 'arn:aws:iam::123456789012:role/deploy';
const reference = 'arn:aws:ssm:eu-central-1:123456789012:parameter/shop/db';

async function problemsOf(document: JsonObject, scene: object = {}): Promise<string> {
  try {
    await prepare({ given: { taskDefinition: { document } }, ...scene });
    return '';
  } catch (error) {
    expect(error).toMatchObject({ code: 'ecs/task-definition' });
    return error instanceof Error ? error.message : '';
  }
}

describe('a task definition is refused for', () => {
  it.each<[string, JsonObject, string]>([
    ['no family', { ...shop, family: undefined }, 'family is missing'],
    ['a family with a dot', { ...shop, family: 'a.b' }, 'family is not 1 to 255'],
    ['no containers', { ...shop, containerDefinitions: [] }, 'containerDefinitions is empty'],
    ['one container', { ...shop, containerDefinitions: web }, 'is an object instead of a list'],
    ['cpu as a number', { ...shop, cpu: 256 }, 'cpu is a number instead of a text'],
    ['cpu that is none', { ...shop, cpu: 'much' }, 'cpu is not a size: much'],
    ['a pair that Fargate has not', { ...shop, memory: '8192' }, 'memory is 8192 MiB'],
    ['no cpu on Fargate', { ...shop, cpu: undefined }, 'cpu is missing, which Fargate needs'],
    ['bridge on Fargate', { ...shop, networkMode: 'bridge' }, 'Fargate needs awsvpc'],
    ['an empty role', { ...shop, taskRoleArn: '' }, 'taskRoleArn is empty'],
    [
      'a user for a role',
      { ...shop, taskRoleArn: role.replace('role', 'user') },
      'not the ARN of a role',
    ],
    ['a tag twice', { ...shop, tags: [{ key: 'a' }, { key: 'a' }] }, 'the tag a is there twice'],
    ['tags as an object', { ...shop, tags: { a: 'b' } }, 'tags is an object instead of a list'],
    [
      'too much text',
      shopWith({ dockerLabels: { a: 'x'.repeat(70_000) } }),
      'more than the 64 KiB',
    ],
    ['a name with a blank', shopWith({ name: 'w b' }), 'has a name that is not'],
    [
      'a container twice',
      { ...shop, containerDefinitions: [web, web] },
      'the container web is there twice',
    ],
    ['none essential', shopWith({ essential: false }), 'no container is essential'],
    [
      'a number for a text',
      shopWith({ environment: [{ name: 'A', value: 1 }] }),
      'containerDefinitions[web].environment[A].value is a number instead of a text',
    ],
    ['no value', shopWith({ environment: [{ name: 'A' }] }), 'environment[A].value is missing'],
    [
      'a secret and a variable',
      shopWith({ secrets: [{ name: 'EMPTY', valueFrom: reference }] }),
      'has EMPTY in environment and in secrets',
    ],
    [
      'a secret twice',
      shopWith({
        secrets: [
          { name: 'A', valueFrom: reference },
          { name: 'A', valueFrom: 'b' },
        ],
      }),
      'has the secret A twice',
    ],
    [
      'a value for a reference',
      shopWith({ secrets: [{ name: 'A', valueFrom: 'pass word' }] }),
      'the secret A, whose valueFrom is neither',
    ],
    [
      'an ARN of something else',
      shopWith({ secrets: [{ name: 'A', valueFrom: role }] }),
      'the secret A, whose valueFrom is neither',
    ],
    [
      'two ports in one',
      shopWith({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }),
      'maps port 80 to the host port 8080; with networkMode awsvpc',
    ],
    [
      'port 0',
      shopWith({ portMappings: [{ containerPort: 0 }] }),
      'the port 0, which is not from 1 to 65535',
    ],
    [
      'a port twice',
      shopWith({ portMappings: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] }),
      'has the port 80/tcp twice',
    ],
    [
      'an unknown volume',
      shopWith({ mountPoints: [{ sourceVolume: 'data' }] }),
      'mounts the volume data, which is not there',
    ],
    [
      'an unknown dependency',
      shopWith({ dependsOn: [{ containerName: 'db', condition: 'START' }] }),
      'depends on db, which is not there',
    ],
    ['more cpu than the task', shopWith({ cpu: 512 }), 'more than the cpu 256 of the task'],
    [
      'secrets without a role',
      {
        ...shopWith({ secrets: [{ name: 'A', valueFrom: reference }] }),
        executionRoleArn: undefined,
      },
      'has secrets, for which executionRoleArn is missing',
    ],
    [
      'an image of ECR without a role',
      { ...shop, executionRoleArn: undefined },
      'has an image of ECR, for which executionRoleArn is missing',
    ],
  ])('%s', async (_, document, said) => {
    const { name = 'web' } = Array.isArray(document['containerDefinitions'])
      ? (document['containerDefinitions'][0] ?? {})
      : {};
    const { loadBalancers, ...rest } = service;
    const alone = { ...rest, loadBalancers: [] };
    expect(await problemsOf(document, { service: alone, container: undefined, name })).toContain(
      said,
    );
  });

  it('all of them at once', async () => {
    const document = {
      ...shopWith({ portMappings: [] }),
      cpu: 'x',
      taskRoleArn: '',
      family: 'a b',
    };
    expect((await problemsOf(document)).split('\n')).toHaveLength(5);
  });

  it.each<[string, JsonObject, object, string]>([
    [
      'no FARGATE',
      { ...shop, requiresCompatibilities: undefined },
      {},
      'requiresCompatibilities has no FARGATE',
    ],
    [
      'no FARGATE_SPOT',
      { ...shop, requiresCompatibilities: ['EC2'] },
      { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] },
      'requiresCompatibilities has no FARGATE',
    ],
    [
      'no network',
      shop,
      { networkConfiguration: undefined },
      'the service has no networkConfiguration',
    ],
    [
      'no container behind the load balancer',
      shop,
      { loadBalancers: [{ containerName: 'api', containerPort: 80 }] },
      'the container api is not there, which a load balancer',
    ],
    [
      'no port behind the load balancer',
      shop,
      { loadBalancers: [{ containerName: 'web', containerPort: 80 }] },
      'container web has no port 80',
    ],
    [
      'no port of service discovery',
      shop,
      { serviceRegistries: [{ containerName: 'web', containerPort: 81 }] },
      'container web has no port 81',
    ],
  ])('a service that it does not fit: %s', async (_, document, more, said) => {
    expect(await problemsOf(document, { service: { ...service, ...more } })).toContain(said);
  });

  it('an image that does not run on its platform', async () => {
    const arm = { runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' } };
    const has = { 'shop:3': { ...shop, ...arm } };
    await expect(prepare({ has, image })).rejects.toMatchObject({
      code: 'image/platform',
      message: expect.stringContaining('has no linux/arm64'),
    });
    expect(await prepare({ has, image, platforms: ['linux/arm64/v8'] })).toMatchObject({ image });
  });
});

it.each([
  ['aws'],
  ['aws-cn'],
  ['aws-us-gov'],
  ['aws-iso'],
  ['aws-iso-b'],
  ['aws-iso-e'],
  ['aws-iso-f'],
  ['aws-eusc'],
])('a role of the partition %s is one, with a path too', async (partition) => {
  for (const path of ['', 'service-role/', 'a/b/']) {
    const taskRoleArn = `arn:${partition}:iam::123456789012:role/${path}task`;
    expect(await problemsOf({ ...shop, taskRoleArn })).toBe('');
  }
});

it('a port range and a role by its name are right', async () => {
  const portMappings = [{ containerPortRange: '8000-8100' }];
  const document = { ...shopWith({ portMappings }), executionRoleArn: 'ecsTaskExecutionRole' };
  expect(await problemsOf(document)).toBe('');
});

it.each([
  ['256', 256],
  ['0.25 vCPU', 256],
  ['.25 vCPU', 256],
  ['0.5vcpu', 512],
  ['4 vcpu', 4_096],
  ['16 VCPU', 16_384],
  ['1 GB', undefined],
  ['1 cpu', undefined],
  ['', undefined],
])('cpu %s is %s units', (text, units) => expect(cpuUnits(text)).toBe(units));

it.each([
  ['512', 512],
  ['0.5 GB', 512],
  ['4GB', 4_096],
  ['2 gb', 2_048],
  ['120 GB', 122_880],
  ['2 GiB', undefined],
  ['.5', undefined],
])('memory %s is %s MiB', (text, mib) => expect(memoryMib(text)).toBe(mib));

/** Of each size: what Fargate has, and what it has not. */
it.each([
  [256, [512, 1_024, 2_048], [256, 1_536, 3_072]],
  [512, [1_024, 2_048, 3_072, 4_096], [512, 1_536, 5_120]],
  [1_024, [2_048, 8_192], [1_024, 9_216]],
  [2_048, [4_096, 9_216, 16_384], [3_072, 17_408]],
  [4_096, [8_192, 30_720], [7_168, 31_744]],
  [8_192, [16_384, 20_480, 61_440], [18_432, 65_536]],
  [16_384, [32_768, 40_960, 122_880], [36_864, 131_072]],
])('Fargate with cpu %s has its memory', (cpu, has, hasNot) => {
  expect(has.filter((memory) => fargateSizeProblem(cpu, memory, false))).toEqual([]);
  expect(hasNot.filter((memory) => !fargateSizeProblem(cpu, memory, false))).toEqual([]);
  const onWindows = cpu >= 1_024 && cpu <= 4_096;
  expect(fargateSizeProblem(cpu, has[0] ?? 0, true) === undefined).toBe(onWindows);
});

it('Fargate has no size between, and one that is not known yet is left to ECS', () => {
  expect(fargateSizeProblem(300, 512, false)).toContain('cpu is 300');
  expect(fargateSizeProblem(32_768, 262_144, false)).toBeUndefined();
});

it.each<[string, JsonObject, boolean, string]>([
  ['Fargate without a platform', {}, true, 'linux/amd64'],
  ['ARM', { cpuArchitecture: 'ARM64' }, true, 'linux/arm64'],
  ['x86', { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' }, false, 'linux/amd64'],
  ['Windows', { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' }, true, 'windows/amd64'],
  ['EC2 with half of it', { cpuArchitecture: 'ARM64' }, false, ''],
  ['a machine that is not known yet', { cpuArchitecture: 'RISCV64' }, true, ''],
])('%s runs on a platform', (_, runtimePlatform, fargate, platform) => {
  expect(platformOf({ runtimePlatform }, fargate)).toBe(platform);
  expect(platformOf({}, fargate)).toBe(fargate ? 'linux/amd64' : '');
});
