import { randomUUID } from 'node:crypto';
import type { CreateServiceRequest, ServiceEvent } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import type { EcsTask, TaskChange, TaskGround } from '../tasks/task.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { LambdaOutcome } from './hooks.ts';
import { type Counted, planTasks } from './plan-tasks.ts';
import { portsOf, type Revision } from './revision.ts';
import { Rollout, type RolloutHost } from './rollout.ts';
import { eventSentence } from './sentences.ts';
import { weighTraffic } from './traffic.ts';
import { judgeHealth } from './unhealthy.ts';

/** What CreateService was given, with the defaults of what it was not. */
export type ServiceConfiguration = Wire<CreateServiceRequest> & { desiredCount: number };

/** What a service lives in. */
export interface ServiceGround extends TaskGround {
  tasks: Tasks;
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
  readonly #tasks = new Map<EcsTask, Revision>();
  readonly #failed = new WeakSet<EcsTask>();
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
    return [...this.#tasks]
      .filter(([, of]) => revision === undefined || of === revision)
      .map(([task]) => task);
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
    for (const task of this.tasksOf()) this.#scaleIn([task]);
    this.reconcile();
  }

  tell(sentence: string): void {
    const message = `(service ${this.name}) ${sentence}`;
    this.events.unshift({ id: randomUUID(), createdAt: this.timeline.time / 1_000, message });
    this.events.splice(100);
  }

  healthy(revision: Revision): number {
    return this.#count([revision]).healthy;
  }

  alone(revision: Revision): boolean {
    return [...this.#tasks.values()].every((one) => one === revision);
  }

  cleared(revision: Revision): boolean {
    return this.tasksOf(revision).length === 0;
  }

  retire(revisions: readonly Revision[]): void {
    for (const revision of revisions) this.#scaleIn(this.tasksOf(revision));
  }

  weigh(revision: Revision, weight: { production?: number; test?: number }): void {
    weighTraffic(this, revision, weight);
  }

  promote(revision: Revision): void {
    this.#primary = revision;
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
      target: this.#count([target]),
      others: this.#count(others),
    });
    this.#scaleIn(this.#leastHealthy([target]).slice(0, plan.stop));
    this.#scaleIn(this.#leastHealthy(others).slice(0, plan.stopOthers));
    this.#start(target, plan.start);
    if (manner === 'beside') this.#keepSource(others);
  }

  // While two revisions run side by side, what served before is kept at its full size.
  #keepSource(others: readonly Revision[]): void {
    const source = others.findLast((one) => one.completed);
    const live = source && this.tasksOf(source).filter((task) => task.live).length;
    if (source && live) this.#start(source, this.desired - live);
  }

  #start(revision: Revision, count: number): void {
    if (count <= 0 || this.status !== 'ACTIVE') return;
    const wait = revision.retryAt - this.timeline.time;
    if (wait > 0) return;
    const unplaced = this.ground.unplaced();
    if (unplaced !== undefined) {
      this.tell(eventSentence.unplaced(unplaced));
      this.#taskFailed(revision);
      return;
    }
    const tasks = Array.from({ length: count }, () => this.#launch(revision));
    this.tell(eventSentence.started(tasks.map(({ order }) => order.id)));
  }

  #launch(revision: Revision): EcsTask {
    const { configuration, definition } = revision;
    const { networkConfiguration: network, launchType, platformVersion } = configuration;
    const { enableExecuteCommand, propagateTags, tags } = this.configuration;
    const task = this.ground.tasks.launch({
      cluster: this.cluster,
      definition,
      ...(network && { network }),
      ...(launchType && { launchType }),
      ...(platformVersion !== undefined && { platformVersion }),
      startedBy: revision.deploymentId,
      group: `service:${this.name}`,
      service: this.name,
      ...(propagateTags === 'SERVICE' && tags && { tags }),
      ...(enableExecuteCommand !== undefined && { enableExecuteCommand }),
      ports: portsOf(revision),
      changed: (changed, change) => this.#taskChanged(changed, change),
    });
    this.#tasks.set(task, revision);
    return task;
  }

  #scaleIn(tasks: readonly EcsTask[]): void {
    const stopping = tasks.filter(({ live }) => live);
    if (stopping.length === 0) return;
    const draining = stopping.filter(({ registrations }) => registrations.length > 0);
    if (draining.length > 0) this.tell(eventSentence.draining(draining.length));
    for (const [group, count] of groupsOf(draining)) {
      this.tell(eventSentence.deregistered(count, group));
    }
    this.tell(eventSentence.stopped(stopping.map(({ order }) => order.id)));
    const by = this.#primary?.deploymentId ?? '';
    for (const task of stopping) {
      task.stop('ServiceSchedulerInitiated', `Scaling activity initiated by (deployment ${by})`);
    }
  }

  #taskChanged(task: EcsTask, change: TaskChange): void {
    const revision = this.#tasks.get(task);
    if (!revision) return;
    if (change === 'running') {
      for (const [group, count] of groupsOf([task])) {
        this.tell(eventSentence.registered(count, group));
      }
    }
    if (change === 'healthy') {
      revision.failedTasks = 0;
      revision.retryAt = 0;
      if (revision === this.rollout?.target) this.rollout.taskHealthy();
    }
    if (change === 'unhealthy') judgeHealth(this, task);
    if (change === 'stopping' && isFailure(task) && !this.#failed.has(task)) {
      this.#failed.add(task);
      this.#taskFailed(revision);
    }
    if (change === 'stopped') this.#tasks.delete(task);
    if (!task.live) this.#steady = false;
    this.reconcile();
  }

  #taskFailed(revision: Revision): void {
    const { longestRetry, retry } = this.durations;
    revision.failedTasks += 1;
    const wait = Math.min(longestRetry, retry * 2 ** Math.min(20, revision.failedTasks - 1));
    revision.retryAt = this.timeline.time + wait;
    this.timeline.after(wait, () => this.reconcile());
    this.rollout?.taskFailed(revision);
    if (revision.failedTasks === 5) this.tell(eventSentence.impaired());
  }

  #settle(): void {
    if (this.status === 'DRAINING' && this.#tasks.size === 0) this.status = 'INACTIVE';
    const target = this.#primary;
    if (!target || this.#steady || this.status !== 'ACTIVE' || !this.rollout?.ended) return;
    const { healthy, live } = this.#count([target]);
    if (live !== this.desired || healthy !== live || !this.alone(target)) return;
    this.#steady = true;
    this.tell(eventSentence.steady());
  }

  #count(revisions: readonly Revision[]): Counted {
    const live = this.#leastHealthy(revisions);
    return { live: live.length, healthy: live.filter(({ healthy }) => healthy).length };
  }

  #leastHealthy(revisions: readonly Revision[]): EcsTask[] {
    const live = revisions.flatMap((one) => this.tasksOf(one)).filter((task) => task.live);
    return [...live.filter(({ healthy }) => !healthy), ...live.filter(({ healthy }) => healthy)];
  }
}

// It stopped by itself, or because of its health, before it was healthy at all.
function isFailure({ wasHealthy, wire }: EcsTask): boolean {
  if (wasHealthy || wire.stopCode === 'UserInitiated') return false;
  return (
    wire.stopCode !== 'ServiceSchedulerInitiated' || !wire.stoppedReason?.startsWith('Scaling')
  );
}

function groupsOf(tasks: readonly EcsTask[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { group } of tasks.flatMap(({ registrations }) => registrations)) {
    counts.set(group.arn, (counts.get(group.arn) ?? 0) + 1);
  }
  return counts;
}
