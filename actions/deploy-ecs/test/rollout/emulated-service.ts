import {
  type CreateServiceRequest,
  ECS,
  type RegisterTaskDefinitionRequest,
  type Service,
} from '@aws-sdk/client-ecs';
import { runDeploy } from '@slipway/shared/deploy/run-deploy';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { httpFetch } from '@slipway/shared/http/fetch';
import type { AwsIdentity } from '@slipway/shared/identity/aws-identity';
import type { IdentityContext } from '@slipway/shared/identity/context';
import { type Aws, startAws } from '../../../../packages/local-cloud/src/aws/aws.ts';
import type { EcsService } from '../../../../packages/local-cloud/src/aws/ecs/services/service.ts';
import {
  type VirtualEcs,
  virtualEcs,
} from '../../../../packages/local-cloud/src/aws/ecs/virtual/virtual-ecs.ts';
import { aroundCalls } from '../../src/api/around-calls.ts';
import type { EcsApi } from '../../src/api/ecs-api.ts';
import { openLoadBalancing } from '../../src/api/load-balancing.ts';
import { openEcs } from '../../src/api/open-ecs.ts';
import { decisiveFailure } from '../../src/diagnosis/decisive-failure.ts';
import { targetsAgainst } from '../../src/diagnosis/targets-against.ts';
import type { ServiceParts } from '../../src/parts.ts';
import { ServiceTarget } from '../../src/service-target.ts';
import type { Settings } from '../../src/settings.ts';
import type { PreparedTaskDefinition } from '../../src/task-definition/prepared.ts';
import { appAnswers } from './app-answers.ts';
import { type MeteredClock, meteredClock } from './metered-clock.ts';

const role = 'arn:aws:iam::123456789012:role/deploy';
const region = 'eu-central-1';
export const place = { account: '123456789012', region };

/** An ECS whose hours pass at once, and how often it was asked. */
export interface Emulated extends AsyncDisposable {
  aws: Aws;
  ecs: VirtualEcs;
  clock: MeteredClock;
  api: EcsApi;
  /** AWS's own client, for what a test prepares. */
  client: ECS;
  /** As whom, where and with what other APIs of AWS are opened. */
  access: { as: { region: string; identity: AwsIdentity }; context: IdentityContext };
  /** Names of the calls of the API since the last `deploy` began. */
  calls: string[];
  /** What happens right before a call, by its name; it is called with how often that was. */
  before: Map<string, (time: number) => Promise<void> | void>;
  service(): EcsService;
  deploy(
    image: string,
    settings?: Partial<Settings>,
    more?: Partial<ServiceParts>,
  ): Promise<Deployed>;
}

export type Deployed = Awaited<ReturnType<typeof runDeploy>> & {
  target: ServiceTarget;
  said: string[];
  /** Milliseconds on the clock. */
  took: number;
};

export const cancelled = Failure.of('action/cancelled', { signal: 'SIGINT' });

/** Starts it, with a cluster and nothing in it. */
export async function emulatedService(): Promise<Emulated> {
  const clock = meteredClock();
  const ecs = virtualEcs({ clock });
  const aws = await startAws({ ecs: ecs.worlds });
  const { env } = aws;
  const credentials = { ...aws.credentials(role) };
  const identity = { who: role, credentials: async () => credentials };
  const as = { region, identity };
  const context = { env, fetch: httpFetch, clock, mask: () => undefined };
  const opened = await openEcs(as, context);
  const balancing = openLoadBalancing(as, context);
  const calls: string[] = [];
  const before: Emulated['before'] = new Map();
  const api = aroundCalls(opened, (call, { name }) =>
    clock.busy(
      (async () => {
        calls.push(name);
        await before.get(name)?.(calls.filter((one) => one === name).length);
        return call();
      })(),
    ),
  );
  const client = new ECS({ region, endpoint: env['AWS_ENDPOINT_URL_ECS'] ?? '', credentials });
  const service = (): EcsService => {
    const found = ecs.worlds.at(place).findService('default', 'shop');
    if (!found) throw new Error('there is no service');
    return found;
  };
  return {
    aws,
    ecs,
    clock,
    api,
    client,
    access: { as, context },
    calls,
    before,
    service,
    async deploy(image, settings = {}, more = {}) {
      calls.length = 0;
      const said: string[] = [];
      const start = clock.now();
      const say = (line: string) => void said.push(line);
      const { signal = new AbortController().signal } = more;
      const commands = { info: say, quote: say, warning: say };
      const all = { ...defaults, ...settings };
      const target = new ServiceTarget({
        settings: all,
        clock,
        signal,
        commands,
        api,
        prepare: (running, by, within) => prepare(image, running, by, within),
        register: async ({ arn, document }, by, within) => {
          if (arn !== undefined) return arn;
          const { taskDefinition } = await by.registerTaskDefinition(document, within);
          return String(taskDefinition['taskDefinitionArn']);
        },
        createDocument: () => ({ ...serviceOf(2) }),
        addressOf: async ({ url }) =>
          url && {
            address: url.href,
            url: url.origin,
            ask: async () => appAnswers(service(), url.port === '8443'),
          },
        decisiveFailure,
        targetsAgainst: (about, within) => clock.busy(targetsAgainst(balancing, about, within)),
        hasHealthCheck: () => false,
        diagnose: async () => ({ facts: [], logs: [] }),
        ...more,
      });
      const outcome = await runDeploy(target, all, {
        signal,
        commands,
        clock,
        github: { runUrl: '' },
        service: () => all.service,
      });
      return { ...outcome, target, said, took: clock.now() - start };
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      opened[Symbol.dispose]();
      balancing[Symbol.dispose]();
      await aws[Symbol.asyncDispose]();
    },
  };
}

async function prepare(
  image: string,
  running: Service | undefined,
  api: EcsApi,
  signal: AbortSignal,
): Promise<PreparedTaskDefinition> {
  const { taskDefinition = '' } = running ?? {};
  const now = running && (await api.describeTaskDefinition({ taskDefinition }, signal));
  const previousImage = now && imageIn(now.taskDefinition);
  const same = previousImage === image;
  return {
    arn: same ? taskDefinition : undefined,
    document: definitionOf(image),
    diff: same ? [] : [{ what: 'image', before: previousImage ?? '', after: image }],
    image,
    previousImage,
    container: 'web',
    images: new Map([['web', image]]),
  };
}

function imageIn({ containerDefinitions }: JsonObject): string {
  return (
    /"image":"(?<image>[^"]+)"/.exec(JSON.stringify(containerDefinitions))?.groups?.['image'] ?? ''
  );
}

/** A task definition of the service, by the tag of its image. */
export const definitionOf = (image: string) =>
  ({
    family: 'shop',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    taskRoleArn: 'arn:aws:iam::123456789012:role/task',
    containerDefinitions: [{ name: 'web', image, portMappings: [{ containerPort: 80 }] }],
  }) satisfies RegisterTaskDefinitionRequest;

/** The same, with its log in CloudWatch Logs. */
export function loggedDefinitionOf(image: string): RegisterTaskDefinitionRequest {
  const definition = definitionOf(image);
  const logConfiguration = {
    logDriver: 'awslogs' as const,
    options: {
      'awslogs-group': '/ecs/shop',
      'awslogs-region': region,
      'awslogs-stream-prefix': 'app',
      'awslogs-create-group': 'true',
    },
  };
  return {
    ...definition,
    executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
    containerDefinitions: definition.containerDefinitions.map((one) => ({
      ...one,
      logConfiguration,
    })),
  };
}

/** Creates the service with a first version, and waits until that serves. */
export async function withService(
  emulated: Emulated,
  more: Partial<CreateServiceRequest> = {},
): Promise<void> {
  const { client, clock } = emulated;
  await client.registerTaskDefinition(definitionOf('shop:1'));
  await client.createService({
    ...serviceOf(2),
    serviceName: 'shop',
    taskDefinition: 'shop',
    ...more,
  });
  await clock.sleep(30 * 60_000);
  await client.describeServices({ services: ['shop'] });
}

export const serviceOf = (desiredCount: number) => ({
  desiredCount,
  launchType: 'FARGATE' as const,
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
});

const defaults: Settings = {
  service: 'shop',
  cluster: 'default',
  image: undefined,
  container: undefined,
  images: undefined,
  'task-definition': undefined,
  'service-definition': undefined,
  env: undefined,
  secrets: undefined,
  'desired-count': undefined,
  strategy: undefined,
  'traffic-percent': undefined,
  'traffic-bake': undefined,
  'test-url': undefined,
  'circuit-breaker': undefined,
  alarms: undefined,
  'wait-for': 'completed',
  'run-before': undefined,
  'run-before-container': undefined,
  'run-before-timeout': 600_000,
  'on-conflict': 'wait',
  'lock-timeout': 600_000,
  'force-new-deployment': false,
  'keep-revisions': undefined,
  'aws-role': undefined,
  'aws-region': undefined,
  'health-url': new URL('http://shop.example/health'),
  'health-path': undefined,
  'health-status': (code) => code === 200,
  'health-threshold': 5,
  expect: undefined,
  bake: 0,
  timeout: 600_000,
  rollback: true,
  'dry-run': false,
  settings: undefined,
  'grafana-url': undefined,
  'grafana-token': undefined,
  'grafana-environment': undefined,
};
