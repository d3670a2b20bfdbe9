import type {
  DeploymentConfiguration,
  Rollback,
  ServiceDeploymentStatus,
  StopServiceDeploymentStopType,
} from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import type { Hooks } from './hooks.ts';
import { Monitors } from './monitors.ts';
import type { Manner } from './plan-tasks.ts';
import { complete, type Revision } from './revision.ts';
import type { RolloutHost } from './rollout-host.ts';
import { eventSentence, type Failure, failures, rolloutSentence } from './sentences.ts';
import { Stages } from './stages.ts';
import { isRolling, type Stage } from './steps.ts';
import { Waits } from './waits.ts';

const ends: readonly ServiceDeploymentStatus[] = [
  'SUCCESSFUL',
  'STOPPED',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
];

/** A service deployment: its status, its stage, and what moves it on. */
export class Rollout {
  readonly arn: string;
  readonly target: Revision;
  readonly sources: readonly Revision[];
  readonly configuration: Wire<DeploymentConfiguration>;
  /** All times in seconds since the epoch. */
  readonly createdAt: number;
  startedAt?: number;
  finishedAt?: number;
  stoppedAt?: number;
  updatedAt: number;
  status: ServiceDeploymentStatus = 'PENDING';
  statusReason?: string;
  rollback?: Wire<Rollback>;
  readonly monitors: Monitors;
  readonly #host: RolloutHost;
  readonly #stages: Stages;
  /** For the traffic to be back. */
  readonly #waits: Waits;
  #source: Revision | undefined;

  constructor(
    host: RolloutHost,
    o: {
      arn: string;
      target: Revision;
      sources: readonly Revision[];
      configuration: Wire<DeploymentConfiguration>;
    },
  ) {
    this.#host = host;
    this.arn = o.arn;
    this.target = o.target;
    this.sources = o.sources;
    this.configuration = o.configuration;
    this.monitors = new Monitors(host, o.configuration);
    this.createdAt = this.#seconds();
    this.updatedAt = this.createdAt;
    this.#stages = new Stages(host, { ...o, refused: () => this.#hookFailed() });
    this.#waits = new Waits(host.timeline, () => host.reconcile());
    host.timeline.after(host.durations.react, () => this.#begin());
  }

  get ended(): boolean {
    return ends.includes(this.status);
  }

  get stage(): Stage | undefined {
    return this.status === 'IN_PROGRESS' ? this.#stages.stage : undefined;
  }

  get hooks(): Hooks {
    return this.#stages.hooks;
  }

  /** How the tasks of the service are to be replaced at this moment. */
  get manner(): Manner {
    const rolling = isRolling(this.configuration);
    switch (this.status) {
      case 'SUCCESSFUL':
      case 'ROLLBACK_SUCCESSFUL':
        return 'rolling';
      case 'ROLLBACK_IN_PROGRESS':
        if (this.#waits.any) return 'beside';
        return rolling ? 'rolling' : 'cleaning';
      case 'IN_PROGRESS':
        if (!this.#stages.scales) return 'frozen';
        if (rolling) return 'rolling';
        return this.stage === 'CLEAN_UP' ? 'cleaning' : 'beside';
      default:
        return 'frozen';
    }
  }

  /** Moves on as far as it can. Whether anything has changed. */
  step(): boolean {
    if (this.status === 'ROLLBACK_IN_PROGRESS') return this.#backward();
    return this.status === 'IN_PROGRESS' && this.#forward();
  }

  /** A task of this revision failed before it was healthy. */
  taskFailed(revision: Revision): void {
    const direction = this.#directionOf(revision);
    if (!direction || !this.monitors.trips(direction)) return;
    if (direction === 'forward') {
      this.#fail(failures.tasks, this.configuration.deploymentCircuitBreaker?.rollback ?? false);
      return;
    }
    revision.rolloutState = 'FAILED';
    revision.rolloutStateReason = failures.tasks.rollout;
    this.#finish('ROLLBACK_FAILED', 'Service deployment rollback failed: tasks failed to start');
  }

  taskHealthy(revision: Revision): void {
    const direction = this.#directionOf(revision);
    if (direction) this.monitors.recover(direction);
  }

  /** Looks at the alarms again. */
  lookAtAlarms(): void {
    if (this.status !== 'IN_PROGRESS' || !this.monitors.rings()) return;
    this.#fail(failures.alarm, this.configuration.alarms?.rollback ?? false);
  }

  /** Takes up the request to stop; it is carried out a moment later. */
  stop(type: StopServiceDeploymentStopType): void {
    const { durations, timeline } = this.#host;
    const status = type === 'ABORT' ? 'STOP_REQUESTED' : 'ROLLBACK_REQUESTED';
    this.#become(status);
    timeline.after(durations.react, () => {
      if (this.status !== status) return;
      if (status === 'ROLLBACK_REQUESTED') this.#fail(failures.request, true);
      else this.#finish('STOPPED', 'Service deployment stopped by request');
      this.#host.reconcile();
    });
  }

  /** A newer deployment takes over. */
  supersede(): void {
    if (this.ended) return;
    this.#finish('STOPPED', 'Service deployment stopped because a newer deployment was started');
  }

  #begin(): void {
    if (this.status !== 'PENDING') return;
    this.monitors.begin();
    this.startedAt = this.#seconds();
    this.#become('IN_PROGRESS');
    this.#host.reconcile();
  }

  #directionOf(revision: Revision): 'back' | 'forward' | undefined {
    if (this.status === 'IN_PROGRESS' && revision === this.target) return 'forward';
    const back = this.status === 'ROLLBACK_IN_PROGRESS' && revision === this.#source;
    return back ? 'back' : undefined;
  }

  #forward(): boolean {
    const went = this.#stages.step();
    if (went === 'done') this.#succeed();
    if (went !== 'waiting') this.updatedAt = this.#seconds();
    return went !== 'waiting';
  }

  #succeed(): void {
    const { target } = this;
    complete(target, this.#seconds());
    this.#host.tell(eventSentence.completed(target.deploymentId));
    this.#finish('SUCCESSFUL');
  }

  #hookFailed(): void {
    if (this.status !== 'IN_PROGRESS') return;
    this.#fail(failures.hook, true);
    this.#host.reconcile();
  }

  #fail(failure: Failure, rollback: boolean): void {
    const { target } = this;
    const asked = this.status === 'ROLLBACK_REQUESTED';
    target.rolloutState = 'FAILED';
    target.rolloutStateReason = failure.rollout;
    target.updatedAt = this.#seconds();
    this.#host.tell(eventSentence.failed(target.deploymentId, failure.event));
    this.#stages.end();
    this.#waits.drop();
    const source = rollback ? this.#host.completedBefore(target) : undefined;
    if (source) {
      this.#turnBack(source, failure);
      return;
    }
    const reason = rollback ? '; there is no completed deployment to roll back to' : '';
    const said = `Service deployment failed because ${failure.because}${reason}`;
    this.#finish(asked ? 'ROLLBACK_FAILED' : 'STOPPED', said);
  }

  #turnBack(source: Revision, failure: Failure): void {
    const reason = `Service deployment rolled back because ${failure.because}.`;
    this.#source = source;
    this.rollback = { reason, startedAt: this.#seconds(), serviceRevisionArn: source.arn };
    this.statusReason = reason;
    source.rolloutState = 'IN_PROGRESS';
    source.rolloutStateReason = rolloutSentence.rollingBack(source.deploymentId);
    source.updatedAt = this.#seconds();
    this.#become('ROLLBACK_IN_PROGRESS');
    this.#host.tell(eventSentence.rollingBack(source.deploymentId));
    this.#host.promote(source);
    if (isRolling(this.configuration)) return;
    this.#host.weigh(source, { production: 100, test: 100 });
    this.#waits.begin(this.#host.durations.shift);
  }

  #backward(): boolean {
    const source = this.#source;
    if (!source || this.#waits.any) return false;
    const whole = this.#host.healthy(source) >= this.#host.desired;
    if (!whole || !this.#host.alone(source)) return false;
    complete(source, this.#seconds());
    this.#host.tell(eventSentence.completed(source.deploymentId));
    this.#finish('ROLLBACK_SUCCESSFUL');
    return true;
  }

  #finish(status: ServiceDeploymentStatus, reason?: string): void {
    if (reason !== undefined) this.statusReason = reason;
    this.#stages.end();
    this.#waits.drop();
    this.finishedAt = this.#seconds();
    if (status === 'STOPPED') this.stoppedAt = this.finishedAt;
    this.#become(status);
  }

  #become(status: ServiceDeploymentStatus): void {
    this.status = status;
    this.updatedAt = this.#seconds();
  }

  #seconds(): number {
    return this.#host.timeline.time / 1_000;
  }
}
