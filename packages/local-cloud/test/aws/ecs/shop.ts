import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import {
  type CreateServiceRequest,
  ECS,
  type RegisterTaskDefinitionRequest,
  type Service,
  type ServiceDeployment,
  type UpdateServiceRequest,
} from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Aws, startAws } from '../../../src/aws/aws.ts';
import { shownStage } from '../../../src/aws/ecs/services/show.ts';
import { type VirtualEcs, virtualEcs } from '../../../src/aws/ecs/virtual/virtual-ecs.ts';
import type { EcsWorld } from '../../../src/aws/ecs/world.ts';
import { ManualClock } from '../../manual-clock.ts';

const region = 'eu-central-1';
const second = 1_000;
export const minute = 60 * second;

/** A service called shop, driven by AWS's own clients on a clock run by hand. */
export class Shop implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly ecs: VirtualEcs;
  readonly aws: Aws;
  readonly client: ECS;
  readonly logs: CloudWatchLogs;
  readonly balancing: ElasticLoadBalancingV2;
  readonly world: EcsWorld;

  private constructor(clock: ManualClock, ecs: VirtualEcs, aws: Aws) {
    this.clock = clock;
    this.ecs = ecs;
    this.aws = aws;
    this.world = ecs.worlds.at({ account: '123456789012', region });
    const { env } = aws;
    const credentials = aws.credentials('arn:aws:iam::123456789012:role/deploy');
    const at = (name: string) => ({ region, credentials, endpoint: env[name] ?? '' });
    this.client = new ECS(at('AWS_ENDPOINT_URL_ECS'));
    this.logs = new CloudWatchLogs(at('AWS_ENDPOINT_URL_CLOUDWATCH_LOGS'));
    this.balancing = new ElasticLoadBalancingV2(at('AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2'));
  }

  static async open({ throttled = false }: { throttled?: boolean } = {}): Promise<Shop> {
    const clock = new ManualClock();
    const ecs = virtualEcs({ clock });
    return new Shop(clock, ecs, await startAws({ ecs: ecs.worlds, throttled }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.aws[Symbol.asyncDispose]();
  }

  /** Registers another revision of its task definition. */
  async register(tag: string, more: Partial<RegisterTaskDefinitionRequest> = {}): Promise<string> {
    const { taskDefinition } = await this.client.registerTaskDefinition({
      family: 'shop',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        { name: 'web', image: `shop:${tag}`, portMappings: [{ containerPort: 80 }] },
      ],
      ...more,
    });
    return taskDefinition?.taskDefinitionArn ?? '';
  }

  /** Creates the service with version 1, which is healthy after this. */
  async create(more: Partial<CreateServiceRequest> = {}): Promise<void> {
    const taskDefinition = more.taskDefinition ?? (await this.register('1'));
    await this.client.createService({
      serviceName: 'shop',
      taskDefinition,
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      ...more,
    });
    await this.until(({ status }) => status === 'SUCCESSFUL');
  }

  /** Deploys another version; the ARN of the deployment. */
  async deploy(tag: string, more: Partial<UpdateServiceRequest> = {}): Promise<string> {
    const taskDefinition = await this.register(tag);
    const { service } = await this.client.updateService({
      service: 'shop',
      taskDefinition,
      ...more,
    });
    return service?.currentServiceDeployment ?? '';
  }

  async service(): Promise<Service> {
    const { services: [service] = [] } = await this.client.describeServices({ services: ['shop'] });
    if (!service) throw new Error('There is no service.');
    return service;
  }

  /** A deployment; the current one where nobody says which. */
  async deployment(arn?: string): Promise<ServiceDeployment> {
    const wanted = arn ?? (await this.service()).currentServiceDeployment ?? '';
    const { serviceDeployments: [found] = [] } = await this.client.describeServiceDeployments({
      serviceDeploymentArns: [wanted],
    });
    if (!found) throw new Error('There is no deployment.');
    return found;
  }

  /** Lets time pass by steps until a deployment is as it is wanted. */
  async until(
    wanted: (seen: Pick<ServiceDeployment, 'lifecycleStage' | 'status'>) => boolean,
    {
      arn,
      step = 2 * second,
      most = 60 * minute,
    }: { arn?: string; step?: number; most?: number } = {},
  ): Promise<ServiceDeployment> {
    const one = arn ?? (await this.deployment()).serviceDeploymentArn ?? '';
    const end = this.clock.now() + most;
    for (;;) {
      const seen = this.glance(one);
      if (wanted(seen)) return this.deployment(one);
      if (this.clock.now() > end) {
        throw new Error(`Still ${seen.status} in ${seen.lifecycleStage} at the end.`);
      }
      this.clock.pass(step);
    }
  }

  /** The same status and stage without a request, for waits of many looks. */
  glance(arn: string): Pick<ServiceDeployment, 'lifecycleStage' | 'status'> {
    this.ecs.timeline.advance();
    const rollout = [...this.world.services.values()]
      .flatMap(({ rollouts }) => rollouts)
      .find((one) => one.arn === arn);
    if (!rollout) throw new Error('There is no deployment.');
    const { stage, status } = rollout;
    return { status, ...(stage && { lifecycleStage: shownStage(rollout) }) };
  }

  /** Every status and stage that a deployment comes through to its end, as `IN_PROGRESS SCALE_UP`. */
  async story(arn: string, step = second): Promise<string[]> {
    const told: string[] = [];
    await this.until(
      ({ lifecycleStage, status }) => {
        const line = [status, lifecycleStage].filter(Boolean).join(' ');
        if (told.at(-1) !== line) told.push(line);
        return /SUCCESSFUL|STOPPED|FAILED/.test(status ?? '');
      },
      { arn, step },
    );
    return told;
  }

  /** What its events say, newest first, without its name; ids are gone. */
  async events(): Promise<string[]> {
    const { events = [] } = await this.service();
    return events.map(({ message = '' }) =>
      message
        .replace('(service shop) ', '')
        .replaceAll(/task [0-9a-f]{32}/g, 'task …')
        .replaceAll(/ecs-svc\/\d+/g, 'ecs-svc/…')
        .replaceAll(/arn:\S+(?=\))/g, '…'),
    );
  }
}
