import type {
  ContinueServiceDeploymentRequest,
  ContinueServiceDeploymentResponse,
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
  StopServiceDeploymentRequest,
  StopServiceDeploymentResponse,
} from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { Refusal } from '../../refusal.ts';
import type { Operation } from '../../service.ts';
import { pageOf } from '../page.ts';
import type { EcsWorld, EcsWorlds } from '../world.ts';
import type { Rollout } from './rollout.ts';
import type { EcsService } from './service.ts';
import { shownBriefly, shownRevision, shownRollout } from './show.ts';

export function listServiceDeployments(
  worlds: EcsWorlds,
): Operation<Wire<ListServiceDeploymentsRequest>, Wire<ListServiceDeploymentsResponse>> {
  return {
    resource: ({ service }) => service,
    run({ createdAt = {}, status = [], ...input }, signed) {
      const world = worlds.of(signed);
      const service = world.service(world.cluster(input.cluster), input.service);
      const { after = 0, before = Infinity } = createdAt;
      const all = service.rollouts
        .filter((one) => status.length === 0 || status.includes(one.status))
        .filter((one) => one.createdAt >= after && one.createdAt <= before)
        .map((one) => shownBriefly(service, one, world.place))
        .reverse();
      const { items, more } = pageOf(all, input, 20);
      return { serviceDeployments: items, ...more };
    },
  };
}

export function describeServiceDeployments(
  worlds: EcsWorlds,
): Operation<Wire<DescribeServiceDeploymentsRequest>, Wire<DescribeServiceDeploymentsResponse>> {
  return {
    resource: ({ serviceDeploymentArns: [first = '*'] }) => first,
    run({ serviceDeploymentArns: arns }, signed) {
      const world = worlds.of(signed);
      atMost20(arns);
      const looked = arns.map((arn) => ({ arn, found: find(world, arn) }));
      return {
        serviceDeployments: looked.flatMap(({ found }) =>
          found ? shownRollout(found.service, found.rollout, world.place) : [],
        ),
        failures: missing(looked),
      };
    },
  };
}

export function describeServiceRevisions(
  worlds: EcsWorlds,
): Operation<Wire<DescribeServiceRevisionsRequest>, Wire<DescribeServiceRevisionsResponse>> {
  return {
    resource: ({ serviceRevisionArns: [first = '*'] }) => first,
    run({ serviceRevisionArns: arns }, signed) {
      const world = worlds.of(signed);
      atMost20(arns);
      const services = [...world.services.values()];
      const looked = arns.map((arn) => {
        const service = services.find((one) => one.revisions.some((it) => it.arn === arn));
        const revision = service?.revisions.find((one) => one.arn === arn);
        return { arn, found: service && revision && { service, revision } };
      });
      return {
        serviceRevisions: looked.flatMap(({ found }) =>
          found ? shownRevision(found.service, found.revision, world.place) : [],
        ),
        failures: missing(looked),
      };
    },
  };
}

export function stopServiceDeployment(
  worlds: EcsWorlds,
): Operation<Wire<StopServiceDeploymentRequest>, Wire<StopServiceDeploymentResponse>> {
  return {
    resource: ({ serviceDeploymentArn }) => serviceDeploymentArn,
    run({ serviceDeploymentArn, stopType = 'ROLLBACK' }, signed) {
      const world = worlds.of(signed);
      const { rollout } = existing(world, serviceDeploymentArn);
      if (rollout.status !== 'PENDING' && rollout.status !== 'IN_PROGRESS') {
        throw new Refusal(
          'ConflictException',
          `The service deployment cannot be stopped in the ${rollout.status} status.`,
        );
      }
      rollout.stop(stopType);
      return { serviceDeploymentArn };
    },
  };
}

export function continueServiceDeployment(
  worlds: EcsWorlds,
): Operation<Wire<ContinueServiceDeploymentRequest>, Wire<ContinueServiceDeploymentResponse>> {
  return {
    resource: ({ serviceDeploymentArn }) => serviceDeploymentArn,
    run({ action = 'CONTINUE', hookId, serviceDeploymentArn }, signed) {
      const world = worlds.of(signed);
      const { rollout } = existing(world, serviceDeploymentArn);
      rollout.hooks.answer(hookId, action);
      return { serviceDeploymentArn };
    },
  };
}

function atMost20(arns: readonly string[]): void {
  if (arns.length > 0 && arns.length <= 20) return;
  throw new Refusal('InvalidParameterException', 'Between 1 and 20 ARNs can be described.');
}

function missing(looked: readonly { arn: string; found: unknown }[]) {
  return looked.flatMap(({ arn, found }) => (found ? [] : { arn, reason: 'MISSING' }));
}

function find(world: EcsWorld, arn: string): { service: EcsService; rollout: Rollout } | undefined {
  for (const service of world.services.values()) {
    const rollout = service.rollouts.find((one) => one.arn === arn);
    if (rollout) return { service, rollout };
  }
  return undefined;
}

function existing(world: EcsWorld, arn: string) {
  const found = find(world, arn);
  if (found) return found;
  throw new Refusal('ServiceDeploymentNotFoundException', 'Service deployment not found.');
}
