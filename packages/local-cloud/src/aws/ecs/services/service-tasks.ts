import { taskTags } from '../tasks/tags.ts';
import type { EcsTask, TaskChange } from '../tasks/task.ts';
import type { Counted } from './plan-tasks.ts';
import { portsOf, type Revision } from './revision.ts';
import { eventSentence } from './sentences.ts';
import type { EcsService } from './service.ts';
import { judgeHealth } from './unhealthy.ts';

/** How many failures in a row the scheduler says something about. */
const impaired = 5;

/** The tasks of one service, by revision: starting, stopping, and what happens to them. */
export class ServiceTasks {
  readonly #service: EcsService;
  readonly #tasks = new Map<EcsTask, Revision>();
  readonly #failed = new WeakSet<EcsTask>();

  constructor(service: EcsService) {
    this.#service = service;
  }

  /** Tasks of a revision, or all, that are not STOPPED. */
  of(revision?: Revision): EcsTask[] {
    return [...this.#tasks]
      .filter(([, of]) => revision === undefined || of === revision)
      .map(([task]) => task);
  }

  count(revisions: readonly Revision[]): Counted {
    const live = this.leastHealthy(revisions);
    return { live: live.length, healthy: live.filter(({ healthy }) => healthy).length };
  }

  /** Those that are meant to run, unhealthy ones first. */
  leastHealthy(revisions: readonly Revision[]): EcsTask[] {
    const live = revisions.flatMap((one) => this.of(one)).filter((task) => task.live);
    return [...live.filter(({ healthy }) => !healthy), ...live.filter(({ healthy }) => healthy)];
  }

  /** Starts tasks; after failures not before their time has come. */
  start(revision: Revision, count: number): void {
    const service = this.#service;
    if (count <= 0 || service.status !== 'ACTIVE') return;
    if (revision.retryAt > service.timeline.time) return;
    const unplaced = service.ground.unplaced();
    if (unplaced !== undefined) {
      service.tell(eventSentence.unplaced(unplaced));
      this.#taskFailed(revision);
      return;
    }
    const tasks = Array.from({ length: count }, () => this.#launch(revision));
    service.tell(eventSentence.started(tasks.map(({ order }) => order.id)));
  }

  /** Stops those of these tasks that are meant to run. */
  stop(tasks: readonly EcsTask[]): void {
    const service = this.#service;
    const stopping = tasks.filter(({ live }) => live);
    if (stopping.length === 0) return;
    const draining = stopping.filter(({ registrations }) => registrations.length > 0);
    if (draining.length > 0) service.tell(eventSentence.draining(draining.length));
    for (const [group, count] of groupsOf(draining)) {
      service.tell(eventSentence.deregistered(count, group));
    }
    service.tell(eventSentence.stopped(stopping.map(({ order }) => order.id)));
    const by = service.primary?.deploymentId ?? '';
    for (const task of stopping) {
      task.stop('ServiceSchedulerInitiated', `Scaling activity initiated by (deployment ${by})`);
    }
  }

  #launch(revision: Revision): EcsTask {
    const service = this.#service;
    const { configuration, definition } = revision;
    const { networkConfiguration: network, launchType, platformVersion } = configuration;
    const { enableECSManagedTags, enableExecuteCommand, propagateTags } = service.configuration;
    const task = service.ground.tasks.launch({
      cluster: service.cluster,
      definition,
      ...(network && { network }),
      ...(launchType && { launchType }),
      ...(platformVersion !== undefined && { platformVersion }),
      startedBy: revision.deploymentId,
      group: `service:${service.name}`,
      service: service.name,
      tags: taskTags({
        propagate: propagateTags,
        definition: service.ground.tagsOf(definition.taskDefinitionArn ?? ''),
        service: service.ground.tagsOf(service.arn),
        managed: enableECSManagedTags
          ? { cluster: service.cluster, service: service.name }
          : undefined,
      }),
      ...(enableExecuteCommand !== undefined && { enableExecuteCommand }),
      ports: portsOf(revision),
      changed: (changed, change) => this.#taskChanged(changed, change),
    });
    this.#tasks.set(task, revision);
    return task;
  }

  #taskChanged(task: EcsTask, change: TaskChange): void {
    const service = this.#service;
    const revision = this.#tasks.get(task);
    if (!revision) return;
    if (change === 'running') {
      for (const [group, count] of groupsOf([task])) {
        service.tell(eventSentence.registered(count, group));
      }
    }
    if (change === 'healthy') {
      revision.failedTasks = 0;
      revision.retryAt = 0;
      service.rollout?.taskHealthy(revision);
    }
    if (change === 'unhealthy') judgeHealth(service, task);
    if (change === 'stopping' && isFailure(task) && !this.#failed.has(task)) {
      this.#failed.add(task);
      this.#taskFailed(revision);
    }
    if (change === 'stopped') this.#tasks.delete(task);
    if (!task.live) service.stir();
    service.reconcile();
  }

  #taskFailed(revision: Revision): void {
    const service = this.#service;
    const { longestRetry, retry } = service.durations;
    revision.failedTasks += 1;
    const wait = Math.min(longestRetry, retry * 2 ** Math.min(20, revision.failedTasks - 1));
    revision.retryAt = service.timeline.time + wait;
    service.timeline.after(wait, () => service.reconcile());
    service.rollout?.taskFailed(revision);
    if (revision.failedTasks === impaired) service.tell(eventSentence.impaired());
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
