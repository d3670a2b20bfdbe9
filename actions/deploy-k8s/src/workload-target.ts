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
import type { JsonObject } from '@slipway/shared/document/json-object';
import type { ObjectName } from './api/kubernetes-api.ts';
import { objectText } from './api/object-text.ts';
import { CanaryRun } from './canary/canary-run.ts';
import type { LeaseLock } from './lock/lease-lock.ts';
import { lockWorkload } from './lock/workload-lock.ts';
import { makeSteps } from './make-steps.ts';
import type { WorkloadParts } from './parts.ts';
import type { KubernetesChange, KubernetesPlan, KubernetesStep } from './plan.ts';
import { proveWorkload } from './proof/prove-workload.ts';
import { Rollouts, together } from './rollout/rollouts.ts';
import { AppliedObjects } from './way-back/applied-objects.ts';
import { goBack } from './way-back/go-back.ts';
import { planWayBack } from './way-back/plan-way-back.ts';
import { recordProof } from './way-back/record-proof.ts';
import { revisionsOf } from './way-back/revisions.ts';
import type { WantedObject } from './workload/prepared.ts';
import { workloadText } from './workload/workload-name.ts';

/** Deploys to one workload of Kubernetes, and all that belongs to it. */
export class WorkloadTarget implements Target<KubernetesPlan, KubernetesChange> {
  /** A look asks nothing: what it judges comes by a watch. */
  readonly pace = { first: 250, most: 500 };
  readonly #parts: WorkloadParts;
  readonly #applied: AppliedObjects;
  readonly #rollouts: Rollouts;
  #workload: ObjectName | undefined;
  #lock: LeaseLock | undefined;
  #revision = '';
  #written: ReadonlyMap<WantedObject, JsonObject> = new Map();
  #canary: CanaryRun | undefined;

  constructor(parts: WorkloadParts) {
    this.#parts = parts;
    this.#applied = new AppliedObjects(parts.api);
    this.#rollouts = new Rollouts(parts.follow);
  }

  get name(): string {
    const { namespace } = this.#parts;
    return `${this.workload || 'the workload of manifests'} in ${this.#workload?.namespace ?? namespace}`;
  }

  /** Number of the revision that serves, once it was proven; empty where the kind has none. */
  get revision(): string {
    return this.#revision;
  }

  /** `deployment/shop`; empty until it is known. */
  get workload(): string {
    const { workload } = this.#parts.settings;
    if (this.#workload) return objectText(this.#workload);
    return workload ? workloadText(workload) : '';
  }

  async check(signal: AbortSignal): Promise<void> {
    this.#workload = await this.#parts.check(signal);
  }

  async lock(signal: AbortSignal): Promise<AsyncDisposable> {
    const workload = this.#workload ?? (await this.#parts.check(signal));
    const lock = await lockWorkload(this.#parts, workload, signal);
    this.#lock = lock;
    return {
      [Symbol.asyncDispose]: async () => {
        await this.#endWatches();
        await this.#rollouts[Symbol.asyncDispose]();
        await lock[Symbol.asyncDispose]();
      },
    };
  }

  async plan(signal: AbortSignal): Promise<KubernetesPlan> {
    const { api, commands } = this.#parts;
    const prepared = await this.#parts.prepare(signal);
    const { diff, image, main, notes, previousImage } = prepared;
    const revisions = main.live ? await revisionsOf(api, main.name, main.live, signal) : [];
    const wayBack = planWayBack(main, revisions);
    [...notes, ...wayBack.notes].forEach(commands.info);
    const planned = await this.#parts.canary(prepared, signal);
    const canary =
      planned &&
      new CanaryRun(planned, {
        ...this.#parts,
        follow: (change, within) => this.#rollouts.one(change, within),
      });
    this.#canary = canary;
    const steps = makeSteps({
      workload: objectText(main.name),
      isNew: !main.live,
      isChanged: prepared.objects.some(({ isChanged }) => isChanged),
      canary: canary && this.#parts.settings,
    });
    const { rollback, serves } = wayBack;
    return { image, previousImage, diff, serves, rollback, steps, prepared, wayBack, canary };
  }

  async migrate({ prepared }: KubernetesPlan, signal: AbortSignal): Promise<void> {
    if (prepared.main.isChanged) await this.#parts.migrate?.run(prepared, signal);
  }

  async apply(
    { canary, prepared }: KubernetesPlan,
    step: KubernetesStep,
    signal: AbortSignal,
  ): Promise<KubernetesChange> {
    if (canary) {
      switch (step.kind) {
        case 'canary': {
          const { container } = prepared;
          const about = { name: canary.name, container, isCanary: true } as const;
          const watches = [await canary.begin(signal)];
          return { kind: 'rollout', direction: 'forward', ...about, watches };
        }
        case 'shift': {
          const share = await canary.shift(step.percent ?? 0, signal);
          return { kind: 'traffic', direction: 'forward', canary, share };
        }
        case 'unshift':
          await this.#endWatches();
          await canary.end(signal);
          return this.#follow(prepared, this.#written, 'forward', signal);
        default:
      }
    }
    const written = new Map<WantedObject, JsonObject>();
    for (const wanted of prepared.objects) {
      if (step.kind === 'keep' || !wanted.isChanged) continue;
      written.set(wanted, await this.#applied.apply(wanted, signal));
    }
    this.#written = written;
    return this.#follow(prepared, written, 'forward', signal);
  }

  look(change: KubernetesChange, signal: AbortSignal): Promise<RolloutState> {
    this.#lock?.check();
    if (change.direction === 'rollback' && this.#parts.signal.aborted) {
      throw new LeftToPlatform(this.#leftSentence(change));
    }
    switch (change.kind) {
      case 'gone':
        return this.#lookWhetherGone(change.name, signal);
      case 'traffic':
        return change.canary.look(change.share, signal);
      default:
        return Promise.resolve(together(change.watches.map((watch) => watch.look())));
    }
  }

  async prove(change: KubernetesChange, direction: Direction, signal: AbortSignal): Promise<Proof> {
    const { api, clock, fetch, settings } = this.#parts;
    if (change.kind === 'traffic') return change.canary.prove(change.share, signal);
    const [watch] = change.kind === 'rollout' ? change.watches : [];
    if (change.kind === 'gone' || !watch) {
      return { url: '', how: 'by Kubernetes, which has no such workload any more' };
    }
    const { name } = change;
    return proveWorkload(
      {
        api,
        clock,
        fetch,
        // Nobody outside reaches a canary before it has a share of the traffic.
        settings: change.isCanary ? { ...settings, 'health-url': undefined } : settings,
        namespace: name.namespace ?? '',
        kind: name.resource.kind,
        workload: objectText(name),
        container: change.container,
        pods: () => watch.pods(),
      },
      direction,
      signal,
    );
  }

  async diagnose(
    { canary }: KubernetesPlan,
    phase: FailedPhase,
    signal: AbortSignal,
  ): Promise<Evidence> {
    if (phase === 'migrate' && this.#parts.migrate) return this.#parts.migrate.evidence;
    const watches = [...this.#rollouts.watches, ...(canary?.watches ?? [])];
    const found = await Promise.all(watches.map((watch) => watch.diagnose(signal)));
    const [likely] = found.flatMap((one) => one.likely ?? []);
    return {
      facts: found.flatMap(({ facts }) => facts),
      logs: found.flatMap(({ logs }) => logs),
      ...(likely && { likely }),
    };
  }

  async rollback(
    { canary, prepared, wayBack }: KubernetesPlan,
    _how: { hurry: boolean },
    signal: AbortSignal,
  ): Promise<KubernetesChange> {
    await this.#endWatches();
    // First of all: nobody is sent to the new version any more.
    await canary?.end(signal);
    const back = { applied: this.#applied, prepared, wayBack };
    const restored = await goBack(this.#parts, back, signal);
    if (!prepared.main.live) {
      return { kind: 'gone', direction: 'rollback', name: prepared.main.name };
    }
    return this.#follow(prepared, restored, 'rollback', signal);
  }

  async cleanUp({ prepared }: KubernetesPlan, ending: Ending, signal: AbortSignal): Promise<void> {
    if (ending === 'proven') this.#revision = await recordProof(this.#parts, prepared, signal);
  }

  async #follow(
    prepared: KubernetesPlan['prepared'],
    written: ReadonlyMap<WantedObject, JsonObject>,
    direction: Direction,
    signal: AbortSignal,
  ): Promise<KubernetesChange> {
    const { container, main } = prepared;
    const watches = await this.#rollouts.all(prepared, written, signal);
    return { kind: 'rollout', direction, name: main.name, watches, container };
  }

  async #lookWhetherGone(name: ObjectName, signal: AbortSignal): Promise<RolloutState> {
    const found = await this.#parts.api.get(name, signal);
    return found ? { state: 'progress', text: 'Deleting' } : { state: 'settled' };
  }

  async #endWatches(): Promise<void> {
    await Promise.all([this.#canary?.endWatch(), this.#rollouts.end()]);
  }

  #leftSentence(change: KubernetesChange): string {
    if (this.#applied.isEmpty) return `${this.workload} was not changed`;
    return change.kind === 'gone'
      ? `Kubernetes is deleting ${this.workload}, and ends that by itself`
      : `Kubernetes is bringing back the version before of ${this.workload}, and ends that by itself`;
  }
}
