import { randomUUID } from 'node:crypto';
import type { CreateServiceRequest, ServiceEvent, Tag } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import type { TaskGround } from '../tasks/ground.ts';
import type { EcsTask } from '../tasks/task.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { LambdaOutcome } from './hooks.ts';
import { planTasks } from './plan-tasks.ts';
import type { Revision } from './revision.ts';
import { Rollout } from './rollout.ts';
import type { RolloutHost } from './rollout-host.ts';
import { eventSentence } from './sentences.ts';
import { ServiceTasks } from './service-tasks.ts';
import { weighTraffic } from './traffic.ts';

/** What CreateService was given, with the defaults of what it was not. */
export type ServiceConfiguration = Wire<CreateServiceRequest> & { desiredCount: number };

/** What a service lives in. */
export interface ServiceGround extends TaskGround {
  tasks: Tasks;
  /** Tags of a task definition or service, by its ARN. */
  tagsOf(arn: string): readonly Wire<Tag>[];
  /** What the Lambda functions of hooks answer. */
  lambda(arn: string): LambdaOutcome;
  /** Names of alarms in ALARM. */
  alarms(): readonly string[];
  /** Why no task can be placed at this moment. */
  unplaced(): string | undefined;
}

/** One service: its revisions, its tasks, and the deployment that is under way. */
export class EcsService implements RolloutHost {
  readonly arn: string;
  readonly cluster: string;
  readonly createdAt: number;
  readonly ground: ServiceGround;
  /** What CreateService was asked, to know the same request again. */
  readonly asked: object;
  configuration: ServiceConfiguration;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE' = 'ACTIVE';
  /** Newest first. */
  readonly events: Wire<ServiceEvent>[] = [];
  /** Oldest first. */
  readonly revisions: Revision[] = [];
  readonly rollouts: Rollout[] = [];
  readonly #tasks = new ServiceTasks(this);
  #primary: Revision | undefined;
  #steady = false;
  #busy = false;
  #again = false;

  constructor(o: {
    ground: ServiceGround;
    arn: string;
    cluster: string;
    configuration: ServiceConfiguration;
    asked: object;
  }) {
    this.ground = o.ground;
    this.arn = o.arn;
    this.cluster = o.cluster;
    this.configuration = o.configuration;
    this.asked = o.asked;
    this.createdAt = o.ground.timeline.time / 1_000;
  }

  get name(): string {
    return this.configuration.serviceName;
  }

  get timeline() {
    return this.ground.timeline;
  }

  get durations() {
    return this.ground.durations;
  }

  get desired(): number {
    return this.status === 'ACTIVE' ? this.configuration.desiredCount : 0;
  }

  /** The revision that the service wants to run. */
  get primary(): Revision | undefined {
    return this.#primary;
  }

  /** The newest deployment. */
  get rollout(): Rollout | undefined {
    return this.rollouts.at(-1);
  }

  /** Tasks of a revision, or all, that are not STOPPED. */
  tasksOf(revision?: Revision): EcsTask[] {
    return this.#tasks.of(revision);
  }

  /** Begins a deployment; one that is under way ends. */
  deploy(revision: Revision, arn: string): Rollout {
    this.rollout?.supersede();
    const sources = this.revisions.filter((one) => this.tasksOf(one).some(({ live }) => live));
    const rollout = new Rollout(this, {
      arn,
      target: revision,
      sources,
      configuration: this.configuration.deploymentConfiguration ?? {},
    });
    this.revisions.push(revision);
    this.rollouts.push(rollout);
    this.promote(revision);
    this.reconcile();
    return rollout;
  }

  /** Begins to end: no tasks any more, then INACTIVE. */
  drain(): void {
    this.rollout?.supersede();
    this.status = 'DRAINING';
    this.#tasks.stop(this.tasksOf());
    this.reconcile();
  }

  tell(sentence: string): void {
    const message = `(service ${this.name}) ${sentence}`;
    this.events.unshift({ id: randomUUID(), createdAt: this.timeline.time / 1_000, message });
    this.events.splice(100);
  }

  healthy(revision: Revision): number {
    return this.#tasks.count([revision]).healthy;
  }

  alone(revision: Revision): boolean {
    return this.tasksOf().length === this.tasksOf(revision).length;
  }

  cleared(revision: Revision): boolean {
    return this.tasksOf(revision).length === 0;
  }

  retire(revisions: readonly Revision[]): void {
    for (const revision of revisions) this.#tasks.stop(this.tasksOf(revision));
  }

  weigh(revision: Revision, weight: { production?: number; test?: number }): void {
    weighTraffic(this, revision, weight);
  }

  promote(revision: Revision): void {
    this.#primary = revision;
    this.#steady = false;
  }

  /** It is not in a steady state any more. */
  stir(): void {
    this.#steady = false;
  }

  completedBefore(revision: Revision): Revision | undefined {
    return this.revisions.findLast((one) => one !== revision && one.completed);
  }

  lambda(arn: string): LambdaOutcome {
    return this.ground.lambda(arn);
  }

  alarms(): readonly string[] {
    return this.ground.alarms();
  }

  /** Does what is to be done now, until there is nothing left. */
  reconcile(): void {
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    try {
      do {
        this.#again = false;
        this.#arrange();
        if (this.rollout?.step()) this.#again = true;
      } while (this.#again);
      this.#settle();
    } finally {
      this.#busy = false;
    }
  }

  #arrange(): void {
    const target = this.#primary;
    const manner = this.status === 'DRAINING' ? 'cleaning' : this.rollout?.manner;
    if (!target || manner === undefined || this.status === 'INACTIVE') return;
    const others = this.revisions.filter((one) => one !== target);
    const { maximumPercent = 200, minimumHealthyPercent = 100 } =
      this.configuration.deploymentConfiguration ?? {};
    const plan = planTasks({
      manner,
      desired: this.desired,
      minimumHealthyPercent,
      maximumPercent,
      target: this.#tasks.count([target]),
      others: this.#tasks.count(others),
    });
    this.#tasks.stop(this.#tasks.leastHealthy([target]).slice(0, plan.stop));
    this.#tasks.stop(this.#tasks.leastHealthy(others).slice(0, plan.stopOthers));
    this.#tasks.start(target, plan.start);
    if (manner === 'beside') this.#keepSource(others);
  }

  // While two revisions run side by side, what served before is kept at its full size.
  #keepSource(others: readonly Revision[]): void {
    const source = others.findLast((one) => one.completed);
    const live = source && this.tasksOf(source).filter((task) => task.live).length;
    if (source && live) this.#tasks.start(source, this.desired - live);
  }

  #settle(): void {
    if (this.status === 'DRAINING' && this.tasksOf().length === 0) this.status = 'INACTIVE';
    const target = this.#primary;
    if (!target || this.#steady || this.status !== 'ACTIVE' || !this.rollout?.ended) return;
    const { healthy, live } = this.#tasks.count([target]);
    if (live !== this.desired || healthy !== live || !this.alone(target)) return;
    this.#steady = true;
    this.tell(eventSentence.steady());
  }
}
