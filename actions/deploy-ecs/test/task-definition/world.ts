import type * as ecs from '@aws-sdk/client-ecs';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { formatReference, parseReference } from '@slipway/shared/image/reference';
import { prepareTaskDefinition } from '../../src/task-definition/prepare.ts';
import type { GivenDocuments } from '../../src/task-definition/prepared.ts';

export const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
export const olderDigest = `sha256:${'fedcba9876543210'.repeat(4)}`;
const registry = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
export const image = `${registry}/shop@${digest}`;
export const olderImage = `${registry}/shop@${olderDigest}`;

/** The ARN of a revision: `shop:3`. */
export const arnOf = (revision: string) =>
  `arn:aws:ecs:eu-central-1:123456789012:task-definition/${revision}`;

/** A container that ECS takes. */
export const web: JsonObject = {
  name: 'web',
  image: olderImage,
  essential: true,
  portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
  environment: [
    { name: 'LOG_LEVEL', value: 'info' },
    { name: 'EMPTY', value: '' },
  ],
};

/** A task definition for Fargate that ECS takes. */
export const shop: JsonObject = {
  family: 'shop',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  executionRoleArn: 'arn:aws:iam::123456789012:role/ecs/execution',
  containerDefinitions: [web],
};

/** A task definition with other fields in its container `web`. */
export function shopWith(fields: JsonObject, task: JsonObject = {}): JsonObject {
  return { ...shop, containerDefinitions: [{ ...web, ...fields }], ...task };
}

/** The service that runs shop:3 behind a load balancer. */
export const service: ecs.Service = {
  serviceName: 'shop',
  status: 'ACTIVE',
  taskDefinition: arnOf('shop:3'),
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
  loadBalancers: [{ containerName: 'web', containerPort: 8080 }],
};

/** What a test gives and what ECS has. */
export interface Scene {
  /** Task definitions of ECS by `family:revision`, in their order; default is shop:3. */
  has?: Readonly<Record<string, JsonObject>>;
  tags?: ecs.Tag[];
  service?: ecs.Service | undefined;
  given?: Partial<GivenDocuments>;
  platforms?: string[];
  container?: string;
  image?: string;
  images?: Readonly<Record<string, string>>;
  env?: Readonly<Record<string, string>>;
  secrets?: Readonly<Record<string, string>>;
}

/** What ECS describes: with what it fills in, and what only a description has. */
function described(revision: string, document: JsonObject): JsonObject {
  const { containerDefinitions } = document;
  const containers = Array.isArray(containerDefinitions) ? containerDefinitions : [];
  return {
    ...document,
    taskDefinitionArn: arnOf(revision),
    revision: Number(revision.split(':')[1]),
    status: 'ACTIVE',
    requiresAttributes: [{ name: 'ecs.capability.task-eni' }],
    compatibilities: ['EC2', 'FARGATE'],
    registeredAt: 1_790_000_000.123,
    registeredBy: 'arn:aws:sts::123456789012:assumed-role/deploy/1',
    volumes: document['volumes'] ?? [],
    placementConstraints: [],
    enableFaultInjection: false,
    containerDefinitions: containers.map((container) => ({
      cpu: 0,
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      ...container,
    })),
  };
}

/** Prepares against an ECS that has some task definitions; `asked` are the calls to it. */
export async function prepare(scene: Scene) {
  const { has = { 'shop:3': shop }, tags = [] } = scene;
  const asked: string[] = [];
  const resolved: string[] = [];
  const signal = new AbortController().signal;
  const latestOf = (family: string) =>
    Object.keys(has).findLast((revision) => revision.split(':')[0] === family) ?? '';
  const parsed = Object.entries(scene.images ?? {}).map(
    ([name, text]) => [name, parseReference(text)] as const,
  );
  const prepared = await prepareTaskDefinition(
    {
      settings: {
        container: scene.container,
        image: scene.image === undefined ? undefined : parseReference(scene.image),
        images: scene.images && new Map(parsed),
        env: scene.env && new Map(Object.entries(scene.env)),
        secrets: scene.secrets && new Map(Object.entries(scene.secrets)),
        'run-before': undefined,
        'run-before-container': undefined,
      },
      given: { taskDefinition: undefined, serviceDefinition: undefined, ...scene.given },
      service: 'service' in scene ? scene.service : service,
      api: {
        describeTaskDefinition: async ({ taskDefinition }) => {
          asked.push(taskDefinition);
          const name = taskDefinition.slice(taskDefinition.lastIndexOf('/') + 1);
          const revision = name.includes(':') ? name : latestOf(name);
          const document = has[revision];
          if (!document) {
            const facts = { taskDefinition, region: 'eu-central-1', said: 'none' };
            throw Failure.of('ecs/task-definition-not-found', facts);
          }
          return { taskDefinition: described(revision, document), tags };
        },
      },
      resolve: async (reference) => {
        resolved.push(formatReference(reference));
        const { registry: host, repository } = reference;
        const own = reference.digest ?? digest;
        const name = formatReference({ registry: host, repository, digest: own });
        return { name, digest: own, platforms: scene.platforms ?? ['linux/amd64'] };
      },
    },
    signal,
  );
  return { ...prepared, asked, resolved };
}

/** The fields of a container in what was prepared. */
export function containerIn(document: JsonObject, name = 'web'): JsonObject {
  const { containerDefinitions } = document;
  const containers = Array.isArray(containerDefinitions) ? containerDefinitions : [];
  return containers.find((container) => container.name === name) ?? {};
}
