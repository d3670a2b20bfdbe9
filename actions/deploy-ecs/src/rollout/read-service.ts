import type { Deployment, Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import { Failure } from '@slipway/shared/failure/failure';
import type { EcsApi } from '../api/ecs-api.ts';
import { isDenied, withoutIt } from './patience.ts';

/** A service, by the names that the calls take. */
export interface ServiceName {
  /** Name or ARN. */
  cluster: string;
  service: string;
}

/** @returns undefined where there is no such service */
export async function readService(
  api: EcsApi,
  { cluster, service }: ServiceName,
  signal: AbortSignal,
): Promise<Service | undefined> {
  const { services = [], failures = [] } = await api.describeServices(
    { cluster, services: [service] },
    signal,
  );
  const [found] = services;
  if (found) return found;
  const reason = failures[0]?.reason ?? 'MISSING';
  if (reason === 'MISSING') return undefined;
  throw Failure.of('ecs/service-inactive', { service, cluster, said: `ECS says ${reason}` });
}

/** The deployment that a service wants to run. */
export function primaryOf({ deployments = [] }: Service): Deployment | undefined {
  return deployments.find(({ status }) => status === 'PRIMARY');
}

/**
 * ARN of the task definition that a rollback leads to: what the service is set to run, or where
 * that was given up, what still serves in its place.
 */
export function servingTaskDefinition(service: Service): string | undefined {
  const primary = primaryOf(service);
  const others = (service.deployments ?? []).filter(
    ({ status, runningCount = 0 }) => status !== 'PRIMARY' && runningCount > 0,
  );
  const serving = primary?.rolloutState === 'FAILED' ? (others[0] ?? primary) : primary;
  return serving?.taskDefinition ?? service.taskDefinition;
}

/**
 * Reads service deployments for as long as the role may. Without a permission that is said once,
 * and what ECS lists of the service has to do.
 */
export class ServiceDeployments {
  readonly #say: (line: string) => void;
  #denied: unknown;
  #noRevisions = false;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** The refusal, where the role may not see service deployments. */
  get denied(): unknown {
    return this.#denied;
  }

  /** @returns undefined where the role may not see it, or ECS does not know it (any more) */
  async read(
    api: EcsApi,
    arn: string,
    signal: AbortSignal,
  ): Promise<ServiceDeployment | undefined> {
    if (this.#denied) return undefined;
    try {
      const { serviceDeployments = [] } = await api.describeServiceDeployments(
        { serviceDeploymentArns: [arn] },
        signal,
      );
      return serviceDeployments[0];
    } catch (error) {
      if (error instanceof Failure && error.code === 'ecs/service-deployment-not-found') {
        return undefined;
      }
      if (!isDenied(error)) throw error;
      this.#denied = error;
      this.#say(
        withoutIt(
          error,
          'the rollout is followed by the deployments that the service lists: without stages, traffic and the reasons of ECS',
        ),
      );
      return undefined;
    }
  }

  /** ARN of the task definition of a revision; undefined where the role may not see it. */
  async taskDefinitionOf(
    api: EcsApi,
    revision: string | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (revision === undefined || this.#noRevisions) return undefined;
    try {
      const { serviceRevisions = [] } = await api.describeServiceRevisions(
        { serviceRevisionArns: [revision] },
        signal,
      );
      return serviceRevisions[0]?.taskDefinition;
    } catch (error) {
      if (!isDenied(error)) throw error;
      this.#noRevisions = true;
      this.#say(
        withoutIt(
          error,
          'what the deployment in flight brings, and what served before it, is read from the deployments that the service lists',
        ),
      );
      return undefined;
    }
  }
}
