import type { Service, UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import { withGrace } from '@slipway/shared/deploy/patience';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import type { EcsApi } from '../api/ecs-api.ts';
import type { EcsChange } from './change.ts';
import type { DeploymentRef } from './deployment-ref.ts';
import { isUnanswered } from './patience.ts';
import { primaryOf, readService, type ServiceName } from './read-service.ts';

/** What begins a deployment, and how. */
export interface Start {
  api: EcsApi;
  name: ServiceName;
  clock: Clock;
  /** ARN of the task definition that the service is to run. */
  taskDefinition: string;
}

/** A deployment that has begun; `before` as the watch takes it. */
export interface Started {
  deployment: DeploymentRef;
  before: EcsChange['before'];
}

/** For a call that a cancel has caught in flight, in milliseconds: the runner gives ten seconds. */
const grace = 3_000;

/**
 * Updates a service. Where ECS makes no new deployment of it, the one that is there is what is
 * watched.
 * @param planned the service as the plan found it: what has come since is not overwritten
 */
export async function updateService(
  start: Start,
  { planned, change }: { planned: Service; change: Omit<UpdateServiceCommandInput, 'service'> },
  signal: AbortSignal,
): Promise<Started> {
  const { api, name, taskDefinition } = start;
  const now = await readService(api, name, signal);
  const old = now && primaryOf(now);
  if (old?.id !== primaryOf(planned)?.id) {
    throw Failure.of('ecs/superseded', { by: old?.taskDefinition ?? 'nothing' });
  }
  const before = { current: now?.currentServiceDeployment };
  const input = { ...name, ...change, taskDefinition };
  const service = await answered(start, signal, async (within) => {
    const { service: updated } = await api.updateService(input, within);
    return updated;
  });
  const primary = service && primaryOf(service);
  if (!primary || primary.taskDefinition !== taskDefinition) {
    throw Failure.of('ecs/no-deployment', { service: name.service, taskDefinition });
  }
  const { id } = primary;
  if (id !== old?.id) return { deployment: { taskDefinition, id, arn: undefined }, before };
  return { deployment: { taskDefinition, id, arn: undefined }, before: 'settled' };
}

/** Creates a service. */
export async function createService(
  start: Start,
  document: JsonObject,
  signal: AbortSignal,
): Promise<Started> {
  const { api, name, taskDefinition } = start;
  const service = await answered(start, signal, async (within) => {
    const { cluster, service: serviceName } = name;
    const created = await api.createService(
      { ...document, cluster, serviceName, taskDefinition },
      within,
    );
    return created.service;
  });
  const primary = service && primaryOf(service);
  if (!primary || primary.taskDefinition !== taskDefinition) {
    throw Failure.of('ecs/no-deployment', { service: name.service, taskDefinition });
  }
  return {
    deployment: { taskDefinition, id: primary.id, arn: undefined },
    before: { current: undefined },
  };
}

// Whether a call whose answer was lost has been carried out, the service itself tells.
async function answered(
  { api, clock, name, taskDefinition }: Start,
  signal: AbortSignal,
  write: (signal: AbortSignal) => Promise<Service | undefined>,
): Promise<Service | undefined> {
  try {
    return await withGrace({ clock, grace }, signal, write);
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    const now = await readService(api, name, signal);
    if (now && primaryOf(now)?.taskDefinition === taskDefinition) return now;
    throw error;
  }
}
