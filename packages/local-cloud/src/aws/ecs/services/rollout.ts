import type {
  DeploymentConfiguration,
  Rollback,
  ServiceDeploymentStatus,
  StopServiceDeploymentStopType,
} from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import type { Durations } from '../options.ts';
import type { Cancel, Timeline } from '../timeline.ts';
import { breakerThreshold } from './breaker.ts';
import { Hooks, type LambdaOutcome } from './hooks.ts';
import type { Manner } from './plan-tasks.ts';
import type { Revision } from './revision.ts';
import { eventSentence, type Failure, failures, rolloutSentence } from './sentences.ts';
import { type Step, stepsOf } from './steps.ts';

/** What a deployment asks of its service. */
export interface RolloutHost {
  readonly timeline: Timeline;
  readonly durations: Durations;
  readonly desired: number;
  tell(sentence: string): void;
  /** Healthy tasks of a revision. */
  healthy(revision: Revision): number;
  /** No other revision has a task that is not STOPPED. */
  alone(revision: Revision): boolean;
  /** This revision has no task that is not STOPPED. */
  cleared(revision: Revision): boolean;
  /** Sends a share of the traffic to a revision and the rest to what served before. */
  weigh(revision: Revision, weight: { production?: number; test?: number }): void;
  /** Makes a revision the one that the service wants to run. */
  promote(revision: Revision): void;
  /** Stops all tasks of revisions. */
  retire(revisions: readonly Revision[]): void;
  /** The newest revision other than this one whose deployment was completed. */
  completedBefore(revision: Revision): Revision | undefined;
  lambda(arn: string): LambdaOutcome;
  /** Names of alarms that are in ALARM. */
  alarms(): readonly string[];
  reconcile(): void;
}

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
  readonly hooks: Hooks;
  /** All times in seconds since the epoch. */
  readonly createdAt: number;
  startedAt?: number;
  finishedAt?: number;
  stoppedAt?: number;
  updatedAt: number;
  status: ServiceDeploymentStatus = 'PENDING';
  statusReason?: string;
  rollback?: Wire<Rollback>;
  failureCount = 0;
  triggeredAlarms: readonly string[] = [];
  #tripped = false;
  /** Alarms that were quiet when it began; only those count. */
  #watched: readonly string[] = [];
  readonly #host: RolloutHost;
  readonly #steps: readonly Step[];
  #at = 0;
  #entered = false;
  #waits = new Set<Cancel>();
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
    this.createdAt = this.#seconds();
    this.updatedAt = this.createdAt;
    this.hooks = new Hooks(host, o.configuration.lifecycleHooks ?? [], () => this.#hookFailed());
    this.#steps = stepsOf(watching(o.configuration), o.sources.length);
    host.timeline.after(host.durations.react, () => this.#begin());
  }

  get ended(): boolean {
    return ends.includes(this.status);
  }

  get stage(): Step['stage'] | undefined {
    const inProgress = this.status === 'IN_PROGRESS';
    return inProgress ? this.#steps[this.#at]?.stage : undefined;
  }

  get threshold(): number {
    return breakerThreshold(this.configuration.deploymentCircuitBreaker, this.#host.desired);
  }

  get tripped(): boolean {
    return this.#tripped;
  }

  /** How the tasks of the service are to be replaced at this moment. */
  get manner(): Manner {
    const rolling = this.#isRolling;
    switch (this.status) {
      case 'SUCCESSFUL':
      case 'ROLLBACK_SUCCESSFUL':
        return 'rolling';
      case 'ROLLBACK_IN_PROGRESS':
        if (this.#waits.size > 0) return 'beside';
        return rolling ? 'rolling' : 'cleaning';
      case 'IN_PROGRESS':
        if (!this.#steps.slice(0, this.#at + 1).some(({ stage }) => stage === 'SCALE_UP')) {
          return 'frozen';
        }
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
    const breaker = this.configuration.deploymentCircuitBreaker;
    const back = this.status === 'ROLLBACK_IN_PROGRESS';
    if (!breaker?.enable || (this.status !== 'IN_PROGRESS' && !back)) return;
    if (revision !== (back ? this.#source : this.target)) return;
    this.failureCount += 1;
    if (this.failureCount < this.threshold) return;
    this.#tripped = true;
    if (back)
      this.#finish('ROLLBACK_FAILED', 'Service deployment rollback failed: tasks failed to start');
    else this.#fail(failures.tasks, breaker.rollback);
  }

  taskHealthy(): void {
    if (this.configuration.deploymentCircuitBreaker?.resetOnHealthyTask === false) return;
    this.failureCount = 0;
  }

  /** Looks at the alarms again. */
  lookAtAlarms(): void {
    const { alarms } = this.configuration;
    if (this.status !== 'IN_PROGRESS' || !alarms?.enable) return;
    const triggered = this.#host.alarms().filter((name) => this.#watched.includes(name));
    if (triggered.length === 0) return;
    this.triggeredAlarms = triggered;
    this.#fail(failures.alarm, alarms.rollback);
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
    const alarming = this.#host.alarms();
    this.#watched = (this.configuration.alarms?.alarmNames ?? []).filter(
      (name) => !alarming.includes(name),
    );
    this.startedAt = this.#seconds();
    this.#become('IN_PROGRESS');
    this.#host.reconcile();
  }

  #forward(): boolean {
    const step = this.#steps[this.#at];
    if (!step) {
      this.#succeed();
      return true;
    }
    if (!this.#entered) this.#enter(step);
    if (this.#waits.size > 0 || !this.#workDone(step)) return false;
    if (!this.hooks.passed()) return false;
    this.#at += 1;
    this.#entered = false;
    this.updatedAt = this.#seconds();
    return true;
  }

  #enter({ bake = 0, stage, weight }: Step): void {
    const { durations } = this.#host;
    this.#entered = true;
    this.hooks.open(stage);
    if (stage === 'RECONCILE_SERVICE') this.#reconcileService();
    if (stage === 'TEST_TRAFFIC_SHIFT') this.#host.weigh(this.target, { test: 100 });
    if (weight !== undefined) this.#host.weigh(this.target, { production: weight });
    const shifting = stage === 'TEST_TRAFFIC_SHIFT' || weight !== undefined;
    const wait = (shifting ? durations.shift : 0) + bake * durations.minute;
    const watched =
      this.configuration.alarms?.enable && this.configuration.bakeTimeInMinutes === undefined;
    if (stage === 'BAKE_TIME' && watched) this.#wait(durations.alarmBake);
    else if (wait > 0) this.#wait(wait);
  }

  // What an unfinished deployment has left goes, so that its groups and the traffic are free again.
  #reconcileService(): void {
    if (this.#isRolling) return;
    const kept = this.#host.completedBefore(this.target);
    if (kept) this.#host.weigh(kept, { production: 100, test: 100 });
    this.#host.retire(this.sources.filter((source) => source !== kept));
  }

  #wait(ms: number): void {
    const cancel = this.#host.timeline.after(ms, () => {
      this.#waits.delete(cancel);
      this.#host.reconcile();
    });
    this.#waits.add(cancel);
  }

  #stopWaiting(): void {
    for (const cancel of this.#waits) cancel();
    this.#waits.clear();
  }

  #workDone({ stage }: Step): boolean {
    const { desired } = this.#host;
    const early = this.configuration.earlySuccessCriteria;
    if (stage === 'SCALE_UP') {
      const percent = early?.enable ? (early.healthyPercent ?? 100) : 100;
      return this.#host.healthy(this.target) >= Math.ceil((desired * percent) / 100);
    }
    if (stage === 'RECONCILE_SERVICE' && !this.#isRolling) {
      const kept = this.#host.completedBefore(this.target);
      return this.sources.every((one) => one === kept || this.#host.cleared(one));
    }
    if (stage !== 'CLEAN_UP') return true;
    const deferred = early?.enable && early.sourceServiceRevisionCleanup === 'DEFERRED';
    return deferred || this.#host.alone(this.target);
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
    this.hooks.drop();
    this.#stopWaiting();
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
    this.failureCount = this.#tripped ? this.failureCount : 0;
    this.rollback = { reason, startedAt: this.#seconds(), serviceRevisionArn: source.arn };
    this.statusReason = reason;
    source.rolloutState = 'IN_PROGRESS';
    source.rolloutStateReason = rolloutSentence.rollingBack(source.deploymentId);
    source.updatedAt = this.#seconds();
    this.#become('ROLLBACK_IN_PROGRESS');
    this.#host.tell(eventSentence.rollingBack(source.deploymentId));
    this.#host.promote(source);
    if (this.#isRolling) return;
    this.#host.weigh(source, { production: 100, test: 100 });
    this.#wait(this.#host.durations.shift);
  }

  #backward(): boolean {
    const source = this.#source;
    if (!source || this.#waits.size > 0) return false;
    const whole = this.#host.healthy(source) >= this.#host.desired;
    if (!whole || !this.#host.alone(source)) return false;
    complete(source, this.#seconds());
    this.#host.tell(eventSentence.completed(source.deploymentId));
    this.#finish('ROLLBACK_SUCCESSFUL');
    return true;
  }

  #finish(status: ServiceDeploymentStatus, reason?: string): void {
    if (reason !== undefined) this.statusReason = reason;
    this.hooks.drop();
    this.#stopWaiting();
    this.finishedAt = this.#seconds();
    if (status === 'STOPPED') this.stoppedAt = this.finishedAt;
    this.#become(status);
  }

  #become(status: ServiceDeploymentStatus): void {
    this.status = status;
    this.updatedAt = this.#seconds();
  }

  get #isRolling(): boolean {
    return (this.configuration.strategy ?? 'ROLLING') === 'ROLLING';
  }

  #seconds(): number {
    return this.#host.timeline.time / 1_000;
  }
}

function complete(revision: Revision, time: number): void {
  Object.assign(revision, {
    completed: true,
    rolloutState: 'COMPLETED',
    rolloutStateReason: rolloutSentence.completed(revision.deploymentId),
    updatedAt: time,
  });
}

// A rolling deployment with alarms bakes even where nobody says for how long.
function watching(configuration: Wire<DeploymentConfiguration>): Wire<DeploymentConfiguration> {
  const { alarms, bakeTimeInMinutes } = configuration;
  return alarms?.enable
    ? { ...configuration, bakeTimeInMinutes: bakeTimeInMinutes ?? 0 }
    : configuration;
}
