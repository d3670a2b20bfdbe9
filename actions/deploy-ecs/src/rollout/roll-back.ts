import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import { LeftToPlatform } from '@slipway/shared/deploy/target';
import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import { jittered } from '@slipway/shared/time/poll';
import type { EcsApi } from '../api/ecs-api.ts';
import type { EcsChange } from './change.ts';
import { forRollback } from './configuration.ts';
import type { DeploymentRef } from './deployment-ref.ts';
import { isDenied, withoutIt } from './patience.ts';
import type { EcsPlan } from './plan.ts';
import {
  primaryOf,
  readService,
  type ServiceDeployments,
  type ServiceName,
} from './read-service.ts';
import { isOver, isRollingBack } from './service-deployment.ts';

/** What a rollback is made with. */
export interface RollBack {
  /** Repeats what AWS did not answer. */
  api: EcsApi;
  name: ServiceName;
  deployments: ServiceDeployments;
  clock: Clock;
  plan: EcsPlan;
  /** The deployment of this run, as far as it is known to have begun. */
  ours: DeploymentRef | undefined;
  /** ARN of the task definition of this run. */
  taskDefinition: string | undefined;
  hurry: boolean;
  say(line: string): void;
}

const pause = 1_000;

/**
 * Brings back what served before: ECS is told to roll its deployment back while that is in flight;
 * else the service is set to the task definition before. The deployment of somebody else is left
 * alone.
 * @throws LeftToPlatform in a hurry, once ECS ends the rollback by itself
 */
export async function rollBack(rollback: RollBack, signal: AbortSignal): Promise<EcsChange> {
  const { api, hurry, name, plan, say } = rollback;
  if (!plan.service) return removeService(rollback, signal);
  const service = await readService(api, name, signal);
  if (!service) throw Failure.of('ecs/service-inactive', { ...name, said: 'it is gone' });
  const primary = primaryOf(service);
  const ours = ourDeployment(rollback, service);
  if (!ours) {
    // Nothing has begun, or ECS is back at the version before already.
    if (primary?.taskDefinition !== plan.previous) {
      throw Failure.of('ecs/superseded', { by: primary?.taskDefinition ?? 'nothing' });
    }
    const started = rollback.ours;
    if (started?.arn !== undefined) {
      const seen = await rollback.deployments.read(api, started.arn, signal);
      if (seen && isRollingBack(seen)) return leftOr(rollback, watching(plan, started));
    }
    if (hurry && primary?.id === primaryOf(plan.service)?.id) {
      throw new LeftToPlatform(
        `${name.service} was not changed and is set to run ${plan.previous ?? 'nothing'}`,
      );
    }
    return restoredBy(plan, service);
  }
  const seen = await stopped(rollback, ours, signal);
  if (seen && isRollingBack(seen)) return leftOr(rollback, watching(plan, ours));
  const configuration = plan.configuration || service.deploymentConfiguration?.strategy;
  const { service: updated } = await api.updateService(
    {
      ...name,
      ...(plan.previous !== undefined && { taskDefinition: plan.previous }),
      ...(configuration && {
        deploymentConfiguration: forRollback(plan.service.deploymentConfiguration),
      }),
      ...(plan.desiredCount !== undefined &&
        plan.service.desiredCount !== undefined && { desiredCount: plan.service.desiredCount }),
    },
    signal,
  );
  say(`The service ${name.service} is set to run ${plan.previous ?? 'what it ran before'} again.`);
  const change = restoredBy(plan, updated ?? service, service.currentServiceDeployment);
  if (hurry) throw new LeftToPlatform(`ECS brings ${plan.previous ?? 'it'} back by itself`);
  return change;
}

/** The deployment of this run, where the service is set to run it. */
function ourDeployment(
  { ours, plan, taskDefinition }: RollBack,
  service: Service,
): DeploymentRef | undefined {
  const primary = primaryOf(service);
  if (!primary) return undefined;
  if (ours) return primary.id === ours.id ? ours : undefined;
  // A call of this run that was cut off may have been carried out.
  const began = plan.service && primary.id !== primaryOf(plan.service)?.id;
  if (!began || primary.taskDefinition !== taskDefinition) return undefined;
  const { currentServiceDeployment: now } = service;
  const arn = now === plan.service?.currentServiceDeployment ? undefined : now;
  return { taskDefinition: primary.taskDefinition ?? '', id: primary.id, arn };
}

/**
 * Has ECS roll a deployment back, where it is in flight and the role may.
 * @returns how it is then; undefined where that cannot be seen
 */
async function stopped(
  rollback: RollBack,
  ours: DeploymentRef,
  signal: AbortSignal,
): Promise<ServiceDeployment | undefined> {
  const { api, clock, deployments, hurry, name, plan } = rollback;
  const arn = ours.arn ?? (await currentOf(rollback, ours, signal));
  if (arn === undefined) return undefined;
  ours.arn = arn;
  for (let asked = false; ; ) {
    const seen = await deployments.read(api, arn, signal);
    if (!seen || isOver(seen) || isRollingBack(seen)) return seen;
    if (!asked) {
      try {
        await api.stopServiceDeployment(
          { serviceDeploymentArn: arn, stopType: 'ROLLBACK' },
          signal,
        );
      } catch (error) {
        if (isDenied(error)) {
          rollback.say(withoutIt(error, 'the service is updated instead'));
          return undefined;
        }
        if (!isPassed(error)) throw error;
      }
      asked = true;
      if (hurry) throw new LeftToPlatform(leftSentence(name.service, plan));
    }
    await clock.sleep(jittered(pause), signal);
  }
}

// It was over, or on its way back, before the call came.
function isPassed(error: unknown): boolean {
  return (
    error instanceof Failure &&
    (error.code === 'ecs/conflict' || error.code === 'ecs/invalid' || error.code === 'ecs/rejected')
  );
}

/** The ARN of a deployment that ECS had not said yet. */
async function currentOf(
  { api, name, plan }: RollBack,
  ours: DeploymentRef,
  signal: AbortSignal,
): Promise<string | undefined> {
  const service = await readService(api, name, signal);
  const now = service?.currentServiceDeployment;
  if (!service || primaryOf(service)?.id !== ours.id) return undefined;
  return now === plan.service?.currentServiceDeployment ? undefined : now;
}

function watching(plan: EcsPlan, deployment: DeploymentRef): EcsChange {
  return {
    deployment,
    goal: { kind: 'rolled-back' },
    before: 'settled',
    previous: plan.previous,
    proof: 'production',
    direction: 'rollback',
  };
}

function leftOr({ hurry, name, plan }: RollBack, change: EcsChange): EcsChange {
  if (hurry) throw new LeftToPlatform(leftSentence(name.service, plan));
  return change;
}

/** What is said of a rollback that ECS ends without this run. */
export function leftSentence(service: string, { previous }: Pick<EcsPlan, 'previous'>): string {
  return `ECS was told to roll ${service} back to ${previous ?? 'the version before'}, and ends that by itself; run the job again to see it settled`;
}

// The service itself is watched: it runs the version before, or is about to.
function restoredBy(plan: EcsPlan, service: Service, current?: string): EcsChange {
  const primary = primaryOf(service);
  const began = plan.service && primary?.id !== primaryOf(plan.service)?.id;
  return {
    deployment: { taskDefinition: primary?.taskDefinition ?? '', id: primary?.id, arn: undefined },
    goal: { kind: 'healthy' },
    before: began ? { current } : 'settled',
    previous: undefined,
    proof: 'production',
    direction: 'rollback',
  };
}

async function removeService(
  { api, hurry, name, plan }: RollBack,
  signal: AbortSignal,
): Promise<EcsChange> {
  const service = await readService(api, name, signal);
  if (service && service.status === 'ACTIVE') {
    await api.deleteService({ ...name, force: true }, signal);
  }
  if (hurry) {
    throw new LeftToPlatform(`ECS deletes ${name.service} again, which was not there before`);
  }
  return {
    deployment: undefined,
    goal: { kind: 'completed' },
    before: 'settled',
    previous: plan.previous,
    proof: 'gone',
    direction: 'rollback',
  };
}
