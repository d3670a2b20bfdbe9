import { setTimeout as delay } from 'node:timers/promises';
import {
  type CreateServiceRequest,
  ECS,
  type RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs';
import type { NewGroup } from '../../../packages/local-cloud/src/aws/elbv2/load-balancing.ts';
import { image, place, type World } from './world.ts';

const roleArn = (name: string) => `arn:aws:iam::${place.account}:role/${name}`;
/** A version with all that needs a permission: roles, tags, a log. */
export function wholeDefinition(version: string): RegisterTaskDefinitionRequest {
  return {
    family: 'shop',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    taskRoleArn: roleArn('task'),
    executionRoleArn: roleArn('execution'),
    tags: [{ key: 'team', value: 'shop' }],
    containerDefinitions: [
      {
        name: 'web',
        image: image(version),
        essential: true,
        portMappings: [{ containerPort: 80, protocol: 'tcp' }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': '/ecs/shop',
            'awslogs-region': place.region,
            'awslogs-stream-prefix': 'app',
            'awslogs-create-group': 'true',
          },
        },
      },
    ],
  };
}

/** What a service behind a load balancer is created from; the balancer leads to the app. */
export function balancedDefinition(
  world: World,
  more: Partial<CreateServiceRequest> = {},
  group: Partial<NewGroup> = {},
): CreateServiceRequest {
  const { balancing } = world.ecs.worlds.at(place);
  const [blue = '', green = ''] = ['blue', 'green'].map(
    (name) => balancing.addGroup({ name, interval: 10, deregistrationDelay: 30, ...group }).arn,
  );
  const { port } = new URL(world.app);
  return {
    serviceName: 'shop',
    taskDefinition: 'shop',
    desiredCount: 2,
    launchType: 'FARGATE',
    tags: [{ key: 'team', value: 'shop' }],
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    loadBalancers: [
      {
        targetGroupArn: blue,
        containerName: 'web',
        containerPort: 80,
        advancedConfiguration: {
          alternateTargetGroupArn: green,
          productionListenerRule: balancing.addListener(Number(port), blue).arn,
          testListenerRule: balancing.addListener(8443, blue).arn,
          roleArn: roleArn('ecs-traffic'),
        },
      },
    ],
    ...more,
  };
}

/** Creates a service behind a load balancer by AWS's own client, and waits until it serves. */
export async function withBalancedService(
  world: World,
  more: Partial<CreateServiceRequest> = {},
  group: Partial<NewGroup> = {},
): Promise<void> {
  await asAnybody(world, async (client) => {
    // Two older revisions that nobody uses.
    for (const version of ['shop-old', 'shop-older', 'shop-1']) {
      await client.registerTaskDefinition(wholeDefinition(version));
    }
    await client.createService(balancedDefinition(world, more, group));
  });
  await settled(world);
}

/** What somebody else does by AWS's own client; the calls are not among those of the action. */
export async function asAnybody(world: World, work: (client: ECS) => Promise<unknown>) {
  const client = new ECS({
    region: place.region,
    endpoint: world.aws.env['AWS_ENDPOINT_URL_ECS'] ?? '',
    credentials: world.credentials,
  });
  try {
    await work(client);
  } finally {
    client.destroy();
  }
  world.aws.permissions.calls.length = 0;
}

/** Waits until no deployment of the service is under way. */
export async function settled(world: World): Promise<void> {
  while (world.service.rollout?.ended === false) {
    await delay(5);
    world.ecs.timeline.advance();
  }
}

/** What the command of `run-before` does is told by its word: `migrate` ends, `endless` does not. */
export function behaveByCommand({ ecs: { runtime } }: World): void {
  const say = (message: string) => [{ after: 5, message }];
  runtime.behave(({ command }) => command?.includes('migrate') === true, {
    exit: { after: 20, code: 0 },
    logs: say('migrated'),
  });
  runtime.behave(({ command }) => command?.includes('endless') === true, {
    logs: say('migrating'),
  });
}
