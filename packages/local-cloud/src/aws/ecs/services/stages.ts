import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { Hooks } from './hooks.ts';
import type { Revision } from './revision.ts';
import type { RolloutHost } from './rollout-host.ts';
import { isRolling, type Stage, type Step, stepsOf } from './steps.ts';
import { Waits } from './waits.ts';

/** The way forward of a deployment: its stages, what each does, and when it is over. */
export class Stages {
  readonly hooks: Hooks;
  readonly #host: RolloutHost;
  readonly #target: Revision;
  readonly #sources: readonly Revision[];
  readonly #configuration: Wire<DeploymentConfiguration>;
  readonly #steps: readonly Step[];
  readonly #waits: Waits;
  #at = 0;
  #entered = false;

  constructor(
    host: RolloutHost,
    o: {
      target: Revision;
      sources: readonly Revision[];
      configuration: Wire<DeploymentConfiguration>;
      /** Is told when a hook says no. */
      refused: () => void;
    },
  ) {
    this.#host = host;
    this.#target = o.target;
    this.#sources = o.sources;
    this.#configuration = o.configuration;
    this.hooks = new Hooks(host, o.configuration.lifecycleHooks ?? [], o.refused);
    this.#steps = stepsOf(o.configuration, o.sources.length);
    this.#waits = new Waits(host.timeline, () => host.reconcile());
  }

  get stage(): Stage | undefined {
    return this.#steps[this.#at]?.stage;
  }

  /** Whether tasks of the new revision are to be started by now. */
  get scales(): boolean {
    return this.#steps.slice(0, this.#at + 1).some(({ stage }) => stage === 'SCALE_UP');
  }

  /** Moves on by one stage, if it can. */
  step(): 'done' | 'moved' | 'waiting' {
    const step = this.#steps[this.#at];
    if (!step) return 'done';
    if (!this.#entered) this.#enter(step);
    const waiting = this.#waits.any || !this.#workDone(step) || !this.hooks.passed();
    if (waiting) return 'waiting';
    this.#at += 1;
    this.#entered = false;
    return 'moved';
  }

  /** The way forward ends here. */
  end(): void {
    this.hooks.drop();
    this.#waits.drop();
  }

  #enter({ bake = 0, stage, weight }: Step): void {
    const { durations } = this.#host;
    this.#entered = true;
    this.hooks.open(stage);
    if (stage === 'RECONCILE_SERVICE') this.#reconcileService();
    if (stage === 'TEST_TRAFFIC_SHIFT') this.#host.weigh(this.#target, { test: 100 });
    if (weight !== undefined) this.#host.weigh(this.#target, { production: weight });
    const shifts = stage === 'TEST_TRAFFIC_SHIFT' || weight !== undefined;
    const { alarms, bakeTimeInMinutes } = this.#configuration;
    // Alarms are watched for a while even where nobody says for how long.
    const watches = stage === 'BAKE_TIME' && alarms?.enable && bakeTimeInMinutes === undefined;
    const ms = watches ? durations.alarmBake : bake * durations.minute;
    const wait = ms + (shifts ? durations.shift : 0);
    if (wait > 0) this.#waits.begin(wait);
  }

  // What an unfinished deployment has left goes, so that its groups and the traffic are free again.
  #reconcileService(): void {
    if (isRolling(this.#configuration)) return;
    const kept = this.#host.completedBefore(this.#target);
    if (kept) this.#host.weigh(kept, { production: 100, test: 100 });
    this.#host.retire(this.#sources.filter((source) => source !== kept));
  }

  #workDone({ stage }: Step): boolean {
    const { desired } = this.#host;
    const early = this.#configuration.earlySuccessCriteria;
    if (stage === 'SCALE_UP') {
      const percent = early?.enable ? (early.healthyPercent ?? 100) : 100;
      return this.#host.healthy(this.#target) >= Math.ceil((desired * percent) / 100);
    }
    if (stage === 'RECONCILE_SERVICE' && !isRolling(this.#configuration)) {
      const kept = this.#host.completedBefore(this.#target);
      return this.#sources.every((one) => one === kept || this.#host.cleared(one));
    }
    if (stage !== 'CLEAN_UP') return true;
    const deferred = early?.enable && early.sourceServiceRevisionCleanup === 'DEFERRED';
    return deferred || this.#host.alone(this.#target);
  }
}
