import type { Service } from '@aws-sdk/client-ecs';
import { type HealthAddress, proveHealth } from '@slipway/shared/deploy/health';
import {
  type Direction,
  type Ending,
  type Evidence,
  type FailedPhase,
  LeftToPlatform,
  type Proof,
  type RolloutState,
  type Target,
} from '@slipway/shared/deploy/target';
import { Failure } from '@slipway/shared/failure/failure';
import type { EcsApi } from './api/ecs-api.ts';
import type { ServiceParts } from './parts.ts';
import type { EcsChange } from './rollout/change.ts';
import { type Seen, settleConflict } from './rollout/conflict.ts';
import { continueAfterProof } from './rollout/continue.ts';
import { withConfiguration } from './rollout/first-configuration.ts';
import { findInFlight, type InFlight } from './rollout/in-flight.ts';
import { makePlan } from './rollout/make-plan.ts';
import { patient } from './rollout/patience.ts';
import type { EcsPlan } from './rollout/plan.ts';
import {
  primaryOf,
  readService,
  ServiceDeployments,
  type ServiceName,
} from './rollout/read-service.ts';
import { leftSentence, rollBack } from './rollout/roll-back.ts';
import { createService, type Started, updateService } from './rollout/start.ts';
import { TaskWatch } from './rollout/task-watch.ts';
import { tidyConfiguration } from './rollout/tidy.ts';
import { type EcsStep, followsTestTraffic } from './rollout/traffic.ts';
import { Watch } from './rollout/watch.ts';

/** Deploys to one service of Amazon ECS. */
export class ServiceTarget implements Target<EcsPlan, EcsChange> {
  readonly name: string;
  /** Every look is two calls; AWS allows tens of them a second in a region. */
  readonly pace = { first: 1_000, most: 1_200 };
  readonly #parts: ServiceParts;
  readonly #service: ServiceName;
  /** Repeats throttled calls, which a look leaves to the engine. */
  readonly #api: EcsApi;
  readonly #deployments: ServiceDeployments;
  readonly #watch: Watch;
  /** What the lock was taken on; undefined in a run that only plans. */
  #seen: Seen | undefined;
  #plan: EcsPlan | undefined;
  #taskDefinition: string | undefined;
  #started: Started | undefined;

  constructor(parts: ServiceParts) {
    const { api, clock, commands, settings } = parts;
    this.#parts = parts;
    this.#service = { cluster: settings.cluster, service: settings.service };
    this.name = `${settings.service} in ${settings.cluster}`;
    this.#api = patient(api, { clock, unanswered: false });
    this.#deployments = new ServiceDeployments(commands.info);
    const tasks = new TaskWatch({
      api,
      name: this.#service,
      say: commands.info,
      decisiveFailure: (stopped) => parts.decisiveFailure(stopped, this.#plan?.tasks),
      targetsAgainst: (running, signal) =>
        parts.targetsAgainst({ service: this.#plan?.service, tasks: running }, signal),
      hasHealthCheck: () => parts.hasHealthCheck(this.#plan?.prepared),
    });
    const tools = { api, name: this.#service, deployments: this.#deployments, tasks, clock };
    this.#watch = new Watch(tools);
  }

  /** ARN of the task definition of this run, once it is known. */
  get taskDefinition(): string {
    return this.#taskDefinition ?? this.#plan?.prepared.arn ?? '';
  }

  /** ARN of the service deployment of this run, once ECS has said it. */
  get serviceDeployment(): string {
    return this.#started?.deployment.arn ?? '';
  }

  async lock(signal: AbortSignal): Promise<AsyncDisposable> {
    const { clock, commands, settings } = this.#parts;
    this.#seen = await settleConflict(
      {
        settings,
        service: settings.service,
        clock,
        say: commands.info,
        quote: commands.quote,
        look: (within) => this.#look(within),
        isOurs: (service, inFlight, within) => this.#isOurs(service, inFlight, within),
      },
      signal,
    );
    // ECS has no lock: a deployment that comes later replaces this one, which is told then.
    return { async [Symbol.asyncDispose]() {} };
  }

  async plan(signal: AbortSignal): Promise<EcsPlan> {
    const { settings } = this.#parts;
    // Nothing comes between the lock and the plan, and the update itself looks whether it still holds.
    const { inFlight, service } = this.#seen ?? (await this.#look(signal));
    const prepared = await this.#parts.prepare(service, this.#api, signal);
    const definition = this.#parts.createDocument();
    const plan = makePlan({ settings, service, inFlight, prepared, definition });
    await this.#checkProof(plan, signal);
    this.#plan = plan;
    return plan;
  }

  // What a proof will need is known before anything is changed.
  async #checkProof({ service, steps }: EcsPlan, signal: AbortSignal): Promise<void> {
    if (service) await this.#address('production', signal);
    // Only a service deployment shows that it waits for the proof of its test traffic.
    const pauses = steps.some(({ goal }) => goal.kind === 'paused');
    if (pauses && this.#deployments.denied) throw this.#deployments.denied;
  }

  async prepare(plan: EcsPlan, signal: AbortSignal): Promise<void> {
    this.#taskDefinition = await this.#parts.register(plan.prepared, this.#api, signal);
  }

  async migrate(plan: EcsPlan, signal: AbortSignal): Promise<void> {
    // The run that has begun the deployment did it before.
    if (plan.takenUp) return;
    await this.#parts.migrate?.(plan, this.taskDefinition, signal);
  }

  async apply(plan: EcsPlan, step: EcsStep, signal: AbortSignal): Promise<EcsChange> {
    const started = this.#started;
    this.#started ??= await this.#start(plan, signal);
    const { deployment, before } = this.#started;
    if (started && followsTestTraffic(plan.steps, step)) {
      await continueAfterProof(this.#api, this.#deployments, deployment, signal);
    }
    const { goal, proof } = step;
    return { deployment, goal, before, previous: plan.previous, proof, direction: 'forward' };
  }

  async look(change: EcsChange, signal: AbortSignal): Promise<RolloutState> {
    const { direction } = change;
    const { settings, signal: run } = this.#parts;
    if (direction === 'rollback' && run.aborted && this.#plan) {
      throw new LeftToPlatform(leftSentence(settings.service, this.#plan));
    }
    const state = await this.#watch.look(change, signal);
    if (direction === 'forward' && state.state === 'failed') this.#leaveAlone(state.failure);
    return state;
  }

  async prove(change: EcsChange, direction: Direction, signal: AbortSignal): Promise<Proof> {
    const { proof } = change;
    if (proof === 'gone') return { url: '', how: 'by ECS, which has no such service any more' };
    const { clock, settings } = this.#parts;
    const address = await this.#address(proof, signal);
    if (!address) {
      return { url: '', how: 'by ECS alone, as neither health-url nor health-path is given' };
    }
    const { expect, 'health-status': status, 'health-threshold': threshold } = settings;
    const text = proof === 'share' || expect === undefined ? {} : { text: expect };
    const health = { expected: { status, ...text }, threshold, clock };
    return proveHealth(address, health, direction, signal);
  }

  diagnose(plan: EcsPlan, phase: FailedPhase, signal: AbortSignal): Promise<Evidence> {
    return this.#parts.diagnose({ plan, phase, deployment: this.#started?.deployment }, signal);
  }

  rollback(plan: EcsPlan, { hurry }: { hurry: boolean }, signal: AbortSignal): Promise<EcsChange> {
    const { api, clock, commands } = this.#parts;
    return rollBack(
      {
        // Asked again until the time is up: what serves depends on it.
        api: patient(api, { clock, unanswered: true }),
        name: this.#service,
        deployments: this.#deployments,
        clock,
        plan,
        ours: this.#started?.deployment,
        taskDefinition: this.#taskDefinition,
        hurry,
        say: commands.info,
      },
      signal,
    );
  }

  async cleanUp(plan: EcsPlan, ending: Ending, signal: AbortSignal): Promise<void> {
    await tidyConfiguration(this.#api, this.#service, { plan, ending }, signal);
    if (ending !== 'proven') return;
    const used = [this.taskDefinition, ...(plan.previous === undefined ? [] : [plan.previous])];
    await this.#parts.tidyRevisions?.(used, this.#api, signal);
  }

  async #start(plan: EcsPlan, signal: AbortSignal): Promise<Started> {
    const { clock } = this.#parts;
    const { configuration, definition, desiredCount, service, takenUp } = plan;
    const taskDefinition = this.taskDefinition;
    if (takenUp) return { deployment: takenUp, before: { current: undefined } };
    const start = { api: this.#api, name: this.#service, clock, taskDefinition };
    if (!service) {
      return createService(start, withConfiguration(definition ?? {}, configuration), signal);
    }
    const current = primaryOf(service);
    if (plan.diff.length === 0 && current) {
      const deployment = { taskDefinition, id: current.id, arn: undefined };
      return { deployment, before: 'settled' };
    }
    try {
      return await updateService(
        start,
        {
          planned: service,
          change: {
            ...(configuration && { deploymentConfiguration: configuration }),
            ...(desiredCount !== undefined && { desiredCount }),
            ...(plan.force && { forceNewDeployment: true }),
          },
        },
        signal,
      );
    } catch (error) {
      if (error instanceof Failure) this.#leaveAlone(error);
      throw error;
    }
  }

  // The deployment of somebody else is not taken back by this run.
  #leaveAlone({ code }: Failure): void {
    if (code !== 'ecs/superseded' || !this.#plan) return;
    this.#plan.rollback = { to: 'none', why: 'another deployment has replaced this one' };
  }

  async #address(
    proof: 'test' | 'share' | 'production',
    signal: AbortSignal,
  ): Promise<HealthAddress | undefined> {
    const { settings, addressOf } = this.#parts;
    const { 'test-url': testUrl } = settings;
    if (proof === 'test' && testUrl) return addressOf({ url: testUrl }, this.#service, signal);
    return addressOf(
      { url: settings['health-url'], path: settings['health-path'] },
      this.#service,
      signal,
    );
  }

  async #look(signal: AbortSignal): Promise<Seen> {
    const service = await this.#readService(signal);
    const inFlight = service && (await findInFlight(this.#api, service, this.#deployments, signal));
    return { service, inFlight };
  }

  async #isOurs(service: Service, inFlight: InFlight, signal: AbortSignal): Promise<boolean> {
    if (this.#parts.settings['force-new-deployment']) return false;
    const { arn } = await this.#parts.prepare(service, this.#api, signal);
    return arn !== undefined && arn === inFlight.deployment.taskDefinition;
  }

  /** @throws Failure where it cannot be deployed to */
  async #readService(signal: AbortSignal): Promise<Service | undefined> {
    const { settings } = this.#parts;
    const { cluster, service: name } = this.#service;
    const service = await readService(this.#api, this.#service, signal);
    const creates = settings['service-definition'] !== undefined;
    if (!service || service.status === 'INACTIVE') {
      if (creates) return undefined;
      const { region } = this.#api;
      if (!service) throw Failure.of('ecs/service-not-found', { service: name, cluster, region });
    }
    const { deploymentController, status = 'in no state' } = service;
    if (status !== 'ACTIVE') {
      throw Failure.of('ecs/service-inactive', { service: name, cluster, said: `it is ${status}` });
    }
    const controller = deploymentController?.type ?? 'ECS';
    if (controller !== 'ECS')
      throw Failure.of('ecs/controller', { service: name, cluster, controller });
    return service;
  }
}
