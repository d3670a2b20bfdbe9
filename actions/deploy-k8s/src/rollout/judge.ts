import type { RolloutState } from '@slipway/shared/deploy/target';
import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import type { PodView } from '../pods/pod-view.ts';
import { PodsMemory } from '../verdict/pods-memory.ts';
import type { Rules, Trouble } from '../verdict/trouble.ts';
import { interference } from './interference.ts';
import {
  active,
  generationOf,
  type LiveView,
  type Progress,
  type RolloutKind,
  type RolloutView,
  statusCount,
  type WrittenChange,
} from './rollout-view.ts';

/** So much is said of what is against a rollout while it goes on. */
const mostReasons = 3;

/** Judges the rollout of one change from what is known at each look. Asks nothing. */
export class RolloutJudge {
  readonly #kind: RolloutKind;
  readonly #written: WrittenChange;
  readonly #rules: Rules;
  readonly #memory: PodsMemory;
  #pods: readonly PodView[] = [];
  #hasSettled = false;

  constructor(kind: RolloutKind, written: WrittenChange, rules: Rules) {
    this.#kind = kind;
    this.#written = written;
    this.#rules = rules;
    this.#memory = new PodsMemory(written.time, rules);
  }

  /** The pods of the new revision at the last look, those that go and those that are over included. */
  get pods(): readonly PodView[] {
    return this.#pods;
  }

  /** What is against the new version, the worst first. */
  get troubles(): readonly Trouble[] {
    return this.#memory.troubles;
  }

  look(view: RolloutView): RolloutState {
    if (!view.workload && this.#kind.mayGo) return this.#lookWhenGone(view);
    const failure = interference(view.workload, this.#written);
    if (failure) return { state: 'failed', failure };
    const { workload } = view;
    if (!workload) return { state: 'progress', text: 'it is not there yet' };
    // Until then its status is about the version before.
    const generation = Math.max(generationOf(workload), generationOf(this.#written.object));
    if (this.#kind.observes && statusCount(workload, 'observedGeneration') < generation) {
      return { state: 'progress', text: 'Kubernetes has not seen the change yet' };
    }
    const live = { ...view, workload };
    return this.#judge(live, this.#kind.progress(live, this.#written));
  }

  // What ends by itself may be cleaned away by itself.
  #lookWhenGone({ gone, ...view }: RolloutView): RolloutState {
    if (this.#hasSettled) return { state: 'settled' };
    const { state } = gone ? this.#kind.progress({ ...view, workload: gone }, this.#written) : {};
    if (state?.is === 'settled') return { state: 'settled' };
    const failure =
      state?.is === 'failed'
        ? state.failure
        : Failure.of('k8s/job-gone', { job: this.#written.text });
    return { state: 'failed', failure };
  }

  #judge(view: LiveView, { pods = [], state, troubles }: Progress): RolloutState {
    this.#pods = pods;
    const { oneDecides, serves } = this.#kind;
    const decisive = this.#memory.see({ ...view, pods, troubles, oneDecides, serves });
    if (decisive) return { state: 'failed', failure: decisive.failure() };
    if (state.is === 'failed') return { state: 'failed', failure: state.failure };
    if (state.is === 'given-up') {
      const [worst = state.trouble] = this.troubles;
      if (!this.#tolerates(worst) && !this.#tolerates(state.trouble)) {
        return { state: 'failed', failure: worst.failure() };
      }
    }
    const counting = active(pods);
    if (state.is === 'settled' && (!serves || counting.every((pod) => this.#memory.isCalm(pod)))) {
      this.#hasSettled = true;
      this.#memory.settle(counting);
      return { state: 'settled' };
    }
    const text =
      state.is === 'waiting' ? state.text : 'its pods are ready, and are watched for a moment';
    return { state: 'progress', text: oneLine([text, ...this.#reasons()].join('; ')) };
  }

  #reasons(): readonly string[] {
    const said = new Set<string>();
    for (const { pod, text } of this.troubles) {
      if (said.size === mostReasons) break;
      said.add(pod ? `${pod.name}: ${text()}` : text());
    }
    return [...said];
  }

  #tolerates({ row, seen }: Trouble): boolean {
    return [...row.reasons, ...seen].some((reason) => this.#rules.tolerated.includes(reason));
  }
}
