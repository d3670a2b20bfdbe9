import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RealEcs, startRealEcs } from '../aws/real-ecs.ts';
import { demoAws } from '../aws/seed.ts';
import type { GitHub } from '../github/github.ts';
import { freePort } from '../program.ts';
import { pipelineFiles } from './pipeline.ts';
import { callerPath, type ShopFacts, type ShopPlace, type ShopPlan } from './shop.ts';

/** A cluster of Amazon ECS with real containers; the service is not there yet. */
export interface EcsPlace extends ShopPlace {
  ecs: RealEcs;
  /** Where the service of the second environment serves. */
  stagingUrl: string;
}

/** A shop that is shipped to ECS, from files in its repository. */
export const ecsShop: ShopPlan<EcsPlace> = {
  start: startEcsPlace,
  workflows: async (facts, place) => ({
    [callerPath]: callerWorkflow(facts, place.ecs),
    'deploy/task-definition.json': pretty(taskDefinition),
    'deploy/service.json': pretty(serviceDefinition(place.ecs.balancer.targetGroupArn, 2)),
    'deploy/service-staging.json': pretty(
      serviceDefinition(place.ecs.balancer.alternateTargetGroupArn, 1),
    ),
    ...(await pipelineFiles('ecs', facts, environments(place))),
  }),
};

function environments({ ecs, stagingUrl, url }: EcsPlace) {
  const common = {
    'aws-role': role,
    'aws-region': ecs.region,
    cluster: 'shop',
    'task-definition': 'deploy/task-definition.json',
    timeout: '60s',
  };
  return {
    staging: {
      ...common,
      service: 'shop-staging',
      'service-definition': 'deploy/service-staging.json',
      'health-url': `${stagingUrl}/api/info`,
    },
    production: {
      ...common,
      service: 'shop',
      'service-definition': 'deploy/service.json',
      'health-url': `${url}/api/info`,
    },
  };
}

const role = 'arn:aws:iam::123456789012:role/deploy';

async function startEcsPlace({ env, issuer }: GitHub['oidc']): Promise<EcsPlace> {
  const seed = demoAws('octo/shop');
  const allow = await permissions();
  const roles = seed.roles.map((role) => ({ ...role, allow }));
  const ecs = await startRealEcs('/health', { issuer, seed: { ...seed, roles } });
  ecs.world.logs.create(logGroup);
  const port = await freePort();
  ecs.world.balancing.addListener(port, ecs.balancer.alternateTargetGroupArn);
  return {
    ecs,
    url: ecs.url,
    stagingUrl: `http://127.0.0.1:${port}`,
    secrets: {},
    env: { ...env, ...ecs.aws.env },
    [Symbol.asyncDispose]: () => ecs[Symbol.asyncDispose](),
  };
}

/** The role may do what the policy that deploy-ecs asks for allows, and nothing else. */
async function permissions(): Promise<string[]> {
  const file = join(import.meta.dirname, '../../../../actions/deploy-ecs/src/api/permissions.json');
  const listed: { action: string }[] = JSON.parse(await readFile(file, 'utf8'));
  return listed.map(({ action }) => action);
}

const logGroup = '/ecs/shop';

const taskDefinition = {
  family: 'shop',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  executionRoleArn: 'arn:aws:iam::123456789012:role/shop-execution',
  containerDefinitions: [
    {
      name: 'web',
      image: 'set by the deploy',
      essential: true,
      portMappings: [{ containerPort: 3000 }],
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': logGroup,
          'awslogs-region': 'eu-central-1',
          'awslogs-stream-prefix': 'web',
        },
      },
    },
  ],
};

function serviceDefinition(targetGroupArn: string, desiredCount: number): object {
  return {
    desiredCount,
    launchType: 'FARGATE',
    networkConfiguration: {
      awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] },
    },
    loadBalancers: [{ targetGroupArn, containerName: 'web', containerPort: 3000 }],
    healthCheckGracePeriodSeconds: 30,
    deploymentConfiguration: {
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
  };
}

/** The workflow of a user of `ship-ecs.yml`. */
function callerWorkflow(facts: ShopFacts, { region, url }: RealEcs): string {
  return `name: ship
on:
  push:
    branches: [main]
permissions: {}
jobs:
  ship:
    permissions:
      contents: write # tag the commit, and release it
      packages: write # push to ghcr.io
      id-token: write # assume the role without a stored key
    uses: org/actions/.github/workflows/ship-ecs.yml@v1
    with:
      image: ${facts.image}
      build-args: COMMIT=\${{ github.sha }}
      aws-role: ${role}
      aws-region: ${region}
      cluster: shop
      service: shop
      task-definition: deploy/task-definition.json
      service-definition: deploy/service.json
      health-url: ${url}/api/info
      expect: \${{ github.sha }}
      trivy-sha256: ${facts.trivySha256}
      db-repository: ${facts.database}
      timeout: 60s
`;
}

function pretty(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
