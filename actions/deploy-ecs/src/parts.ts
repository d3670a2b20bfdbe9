import type { Service, Task } from '@aws-sdk/client-ecs';
import type { Commands } from '@slipway/shared/action/commands';
import type { HealthAddress } from '@slipway/shared/deploy/health';
import type { Evidence, FailedPhase } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import type { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import type { Asked } from './address.ts';
import type { EcsApi } from './api/ecs-api.ts';
import type { DeploymentRef } from './rollout/deployment-ref.ts';
import type { EcsPlan } from './rollout/plan.ts';
import type { ServiceName } from './rollout/read-service.ts';
import type { Settings } from './settings.ts';
import type { PreparedTaskDefinition } from './task-definition/prepared.ts';

/** Everything that a service target is made of. */
export interface ServiceParts {
  settings: Settings;
  clock: Clock;
  /** Of the run: aborts when it is cancelled. */
  signal: AbortSignal;
  commands: Pick<Commands, 'info' | 'quote'>;
  api: EcsApi;
  /** Reads only. */
  prepare(
    service: Service | undefined,
    api: EcsApi,
    signal: AbortSignal,
  ): Promise<PreparedTaskDefinition>;
  /** @returns the ARN, also where nothing had to be registered */
  register(prepared: PreparedTaskDefinition, api: EcsApi, signal: AbortSignal): Promise<string>;
  /** What a service that is not there is created from. */
  createDocument(): JsonObject;
  /** The one-off task before the rollout; undefined where none is asked for. */
  migrate?: (plan: EcsPlan, taskDefinition: string, signal: AbortSignal) => Promise<void>;
  /** Where the app is asked; undefined where nothing tells. */
  addressOf(
    asked: Asked,
    service: ServiceName,
    signal: AbortSignal,
  ): Promise<HealthAddress | undefined>;
  /** The verdict on the stopped tasks of a deployment, of a service with so many tasks. */
  decisiveFailure(stopped: readonly Task[], tasks: number | undefined): Failure | undefined;
  /** What the load balancers of a service still say against tasks; undefined where nothing is. */
  targetsAgainst(
    about: { service: Service | undefined; tasks: readonly Task[] },
    signal: AbortSignal,
  ): Promise<string | undefined>;
  /** Whether a container of the new version has a health check of its own. */
  hasHealthCheck(prepared: PreparedTaskDefinition | undefined): boolean;
  diagnose(
    failed: { plan: EcsPlan; phase: FailedPhase; deployment: DeploymentRef | undefined },
    signal: AbortSignal,
  ): Promise<Evidence>;
  /**
   * Deregisters old revisions; undefined where all are kept.
   * @param used ARNs of those that stay: what serves now, and where a rollback would lead
   */
  tidyRevisions?: (used: readonly string[], api: EcsApi, signal: AbortSignal) => Promise<unknown>;
}
