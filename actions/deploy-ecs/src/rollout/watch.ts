import type { Service } from '@aws-sdk/client-ecs';
import { Silence } from '@slipway/shared/deploy/silence';
import type { RolloutState } from '@slipway/shared/deploy/target';
import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import type { EcsApi } from '../api/ecs-api.ts';
import type { EcsChange } from './change.ts';
import { isScaledUpByCounts, stateByDeployments } from './classic-deployment.ts';
import type { DeploymentRef } from './deployment-ref.ts';
import { isUnanswered } from './patience.ts';
import {
  primaryOf,
  readService,
  type ServiceDeployments,
  type ServiceName,
} from './read-service.ts';
import { isScaledUp, stateOf } from './service-deployment.ts';
import type { TaskWatch } from './task-watch.ts';

/** What a look at a rollout needs. */
export interface WatchTools {
  /** Throttled calls throw, so that the engine looks less often. */
  api: EcsApi;
  name: ServiceName;
  deployments: ServiceDeployments;
  tasks: TaskWatch;
  clock: Clock;
}

/** Looks at the deployment of a service, by the best that the role may see. Reads only. */
export class Watch {
  readonly #tools: WatchTools;
  readonly #silence: Silence;

  constructor(tools: WatchTools) {
    this.#tools = tools;
    this.#silence = new Silence(tools.clock, isUnanswered);
  }

  look(change: EcsChange, signal: AbortSignal): Promise<RolloutState> {
    return this.#silence.bear(() => this.#look(change, signal), signal);
  }

  async #look(change: EcsChange, signal: AbortSignal): Promise<RolloutState> {
    const { deployment } = change;
    if (!deployment) return this.#gone(signal);
    const state = await (deployment.arn === undefined
      ? this.#byService(change, deployment, signal)
      : this.#byDeployment(change, deployment, signal));
    if (change.direction === 'rollback' || saysMore(state)) return state;
    // Not at the same time: where AWS refuses the first, the second would be asked for nothing.
    const failure = await this.#tools.tasks.failureOf(deployment, signal);
    return failure ? { state: 'failed', failure } : state;
  }

  async #byDeployment(
    change: EcsChange,
    deployment: DeploymentRef,
    signal: AbortSignal,
  ): Promise<RolloutState> {
    const { arn = '' } = deployment;
    const seen = await this.#tools.deployments.read(this.#tools.api, arn, signal);
    if (!seen) return this.#byService(change, deployment, signal);
    const health =
      change.goal.kind === 'healthy' && isScaledUp(seen)
        ? await this.#tools.tasks.healthOf(deployment, signal)
        : undefined;
    const state = stateOf(seen, change.goal, health);
    if (state.state === 'progress') return state;
    // ECS stops a deployment for a newer one; and one that is over may be replaced at any time.
    return this.#unlessReplaced(state, change, signal);
  }

  async #unlessReplaced(
    state: RolloutState,
    change: EcsChange,
    signal: AbortSignal,
  ): Promise<RolloutState> {
    if (change.direction === 'rollback') return state;
    if (state.state === 'failed' && state.failure.code !== 'ecs/stopped') return state;
    const service = await this.#service(signal);
    const primary = primaryOf(service);
    const id = change.deployment?.id;
    if (!primary || id === undefined || primary.id === id) return state;
    return stateByDeployments(service, watchedOf(change), change.goal);
  }

  async #byService(
    change: EcsChange,
    deployment: DeploymentRef,
    signal: AbortSignal,
  ): Promise<RolloutState> {
    const service = await this.#service(signal);
    const arn = startedSince(service, change);
    if (arn !== undefined && !this.#tools.deployments.denied && deployment.arn === undefined) {
      deployment.arn = arn;
      return this.#byDeployment(change, deployment, signal);
    }
    // Nothing else shows that it waits for a proof; it would wait until its time is up.
    const { denied } = this.#tools.deployments;
    if (denied && change.goal.kind === 'paused') throw denied;
    const health =
      change.goal.kind === 'healthy' && isScaledUpByCounts(service, deployment.id)
        ? await this.#tools.tasks.healthOf(deployment, signal)
        : undefined;
    return stateByDeployments(service, watchedOf(change), change.goal, health);
  }

  async #service(signal: AbortSignal): Promise<Service> {
    const { api, name } = this.#tools;
    const service = await readService(api, name, signal);
    if (service?.status === 'ACTIVE') return service;
    const said = service ? `it is ${service.status}` : 'it is gone';
    throw Failure.of('ecs/service-inactive', { ...name, said });
  }

  async #gone(signal: AbortSignal): Promise<RolloutState> {
    const { api, name } = this.#tools;
    const service = await readService(api, name, signal);
    if (!service || service.status === 'INACTIVE') return { state: 'settled' };
    const { runningCount = 0, status = '' } = service;
    return { state: 'progress', text: `${status}: ${runningCount} tasks run` };
  }
}

// That ECS gave a deployment up says less than why its tasks ended.
const givenUp = ['ecs/stopped', 'ecs/rolled-back', 'ecs/rollout-failed'];

/** Whether a state says more than what the tasks of the deployment say. */
function saysMore(state: RolloutState): boolean {
  return state.state === 'failed' && !givenUp.includes(state.failure.code);
}

/** The service deployment of a change, once ECS shows another one than before. */
function startedSince(service: Service, { before, deployment }: EcsChange): string | undefined {
  const { currentServiceDeployment: now } = service;
  if (before === 'settled' || now === undefined || now === before.current) return undefined;
  return primaryOf(service)?.id === deployment?.id ? now : undefined;
}

function watchedOf({ deployment, previous }: EcsChange) {
  return {
    deployment: { id: deployment?.id, taskDefinition: deployment?.taskDefinition ?? '' },
    previous,
  };
}
