import { unlessAborted } from '@slipway/shared/concurrency/unless-aborted';
import { atAddress, proveHealth } from '@slipway/shared/deploy/health';
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
import type { Canary } from './canary/canary.ts';
import { LeaseLock } from './lock/lease-lock.ts';
import { makeSteps } from './make-steps.ts';
import type { WorkloadParts } from './parts.ts';
import type { KubernetesChange, KubernetesPlan, KubernetesStep } from './plan.ts';
import { proveWorkload } from './proof/prove-workload.ts';
import type { RolloutWatch } from './rollout/rollout-watch.ts';
import { AppliedObjects } from './way-back/applied-objects.ts';
import { currentRevision, planWayBack } from './way-back/plan-way-back.ts';
import { provenPatch } from './way-back/proven-record.ts';
import { revisionsOf } from './way-back/revisions.ts';
import { replaceStuckPods } from './way-back/stuck-pods.ts';
import { isWorkload, type WantedObject } from './workload/prepared.ts';
import { workloadText } from './workload/workload-name.ts';

/** Deploys to one workload of Kubernetes, and all that belongs to it. */
export class WorkloadTarget implements Target<KubernetesPlan, KubernetesChange> {
  /** A look asks nothing: what it judges comes by a watch. */
  readonly pace = { first: 250, most: 500 };
  readonly #parts: WorkloadParts;
  readonly #applied: AppliedObjects;
  #workload: ObjectName | undefined;
  #lock: LeaseLock | undefined;
  #watches: RolloutWatch[] = [];
  readonly #over = new AbortController();
  #revision = '';
  #written: ReadonlyMap<WantedObject, JsonObject> = new Map();
  #canaryBegun = false;
  #canaryWatch: RolloutWatch | undefined;

  constructor(parts: WorkloadParts) {
    this.#parts = parts;
    this.#applied = new AppliedObjects(parts.api);
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
    const { api, clock, commands, holder, settings } = this.#parts;
    const workload = this.#workload ?? (await this.#parts.check(signal));
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
    const resource = await api.resource(lease, signal);
    if (!resource) throw new Error('the API server has no Leases');
    const name = `slipway-${objectText(workload).replace('/', '-')}`;
    const lock = await LeaseLock.take(
      {
        api,
        clock,
        name: { resource, namespace: workload.namespace, name },
        workload: objectText(workload),
        holder,
        limit: settings['lock-timeout'],
        say: commands.info,
      },
      signal,
    );
    this.#lock = lock;
    return {
      [Symbol.asyncDispose]: async () => {
        await this.#endWatches();
        this.#over.abort();
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
    const canary = await this.#parts.canary(prepared, signal);
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
        case 'canary':
          return this.#begin(canary, prepared.container, signal);
        case 'shift':
          return this.#shift(canary, step, signal);
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
        return this.#lookAtTraffic(change, signal);
      default:
        return Promise.resolve(together(change.watches.map((watch) => watch.look())));
    }
  }

  async prove(change: KubernetesChange, direction: Direction, signal: AbortSignal): Promise<Proof> {
    const { api, clock, fetch, settings } = this.#parts;
    if (change.kind === 'traffic') return this.#proveTraffic(change.percent, signal);
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
    _plan: KubernetesPlan,
    phase: FailedPhase,
    signal: AbortSignal,
  ): Promise<Evidence> {
    if (phase === 'migrate' && this.#parts.migrate) return this.#parts.migrate.evidence;
    const watches = [...this.#watches, ...(this.#canaryWatch ? [this.#canaryWatch] : [])];
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
    const { api, clock, commands } = this.#parts;
    await this.#endWatches();
    // First of all: nobody is sent to the new version any more.
    if (canary && this.#canaryBegun) await canary.end(signal);
    const restored = await this.#applied.restore(
      (wanted) => (wanted === prepared.main ? wayBack.template : undefined),
      signal,
    );
    for (const { name } of restored.keys()) {
      if (name.resource.kind !== 'StatefulSet') continue;
      const replaced = await replaceStuckPods(api, { clock, name }, signal);
      if (replaced.length > 0) {
        commands.info(`Deleted ${replaced.join(', ')}, which Kubernetes would wait for for ever.`);
      }
    }
    await this.#applied.deleteCreated(signal);
    if (!prepared.main.live) {
      return { kind: 'gone', direction: 'rollback', name: prepared.main.name };
    }
    return this.#follow(prepared, restored, 'rollback', signal);
  }

  async cleanUp({ prepared }: KubernetesPlan, ending: Ending, signal: AbortSignal): Promise<void> {
    if (ending !== 'proven') return;
    const { api, release } = this.#parts;
    const { image, main } = prepared;
    const live = await api.get(main.name, signal);
    if (!live) return;
    const revisions = await revisionsOf(api, main.name, live, signal);
    const current = currentRevision(main.kind, live, revisions);
    if (!current) return;
    this.#revision = String(current.number);
    const record = { revision: current.name, image, ...release };
    await api.patch({ name: main.name, patch: provenPatch(record) }, signal);
  }

  async #follow(
    prepared: KubernetesPlan['prepared'],
    written: ReadonlyMap<WantedObject, JsonObject>,
    direction: Direction,
    signal: AbortSignal,
  ): Promise<KubernetesChange> {
    const { container, main, objects } = prepared;
    const others = objects.filter(isWorkload).filter((one) => one !== main && written.has(one));
    const watches: RolloutWatch[] = [];
    for (const wanted of [main, ...others]) {
      const stored = written.get(wanted) ?? wanted.live;
      if (!stored) continue;
      const followed = { name: wanted.name, written: stored };
      // It is followed for longer than this phase: while it is baked, and diagnosed.
      const watch = await unlessAborted(this.#parts.follow(followed, this.#over.signal), signal);
      this.#watches.push(watch);
      watches.push(watch);
    }
    return { kind: 'rollout', direction, name: main.name, watches, container };
  }

  async #begin(canary: Canary, container: string, signal: AbortSignal): Promise<KubernetesChange> {
    this.#canaryBegun = true;
    const { name } = canary;
    const written = await canary.begin(signal);
    const watch = await unlessAborted(
      this.#parts.follow({ name, written }, this.#over.signal),
      signal,
    );
    this.#canaryWatch = watch;
    return {
      kind: 'rollout',
      direction: 'forward',
      name,
      watches: [watch],
      container,
      isCanary: true,
    };
  }

  async #shift(
    canary: Canary,
    { percent = 0 }: KubernetesStep,
    signal: AbortSignal,
  ): Promise<KubernetesChange> {
    const { clock, settings } = this.#parts;
    await canary.shift(percent, signal);
    const until = clock.now() + settings['traffic-bake'];
    return { kind: 'traffic', direction: 'forward', canary, percent, until };
  }

  async #lookAtTraffic(
    { canary, until }: KubernetesChange & { kind: 'traffic' },
    signal: AbortSignal,
  ): Promise<RolloutState> {
    const state = this.#canaryWatch?.look();
    if (state?.state === 'failed') return state;
    const why = await canary.look(signal);
    if (why !== undefined) return { state: 'progress', text: why };
    if (this.#parts.clock.now() >= until) return { state: 'settled' };
    return { state: 'progress', text: 'Watching the share of the traffic' };
  }

  // Both versions answer there, so no answer can be asked to show the new one.
  async #proveTraffic(percent: number, signal: AbortSignal): Promise<Proof> {
    const { clock, fetch, settings } = this.#parts;
    const { 'health-status': status, 'health-threshold': threshold, 'health-url': url } = settings;
    if (!url)
      return { url: '', how: `by the gateway, which sends ${percent} % to the new version` };
    const at = atAddress(url, fetch);
    return proveHealth(at, { expected: { status }, threshold, clock }, 'forward', signal);
  }

  async #lookWhetherGone(name: ObjectName, signal: AbortSignal): Promise<RolloutState> {
    const found = await this.#parts.api.get(name, signal);
    return found ? { state: 'progress', text: 'Deleting' } : { state: 'settled' };
  }

  async #endWatches(): Promise<void> {
    const watches = this.#watches.splice(0);
    if (this.#canaryWatch) watches.push(this.#canaryWatch);
    this.#canaryWatch = undefined;
    await Promise.all(watches.map((watch) => watch[Symbol.asyncDispose]()));
  }

  #leftSentence(change: KubernetesChange): string {
    if (this.#applied.isEmpty) return `${this.workload} was not changed`;
    return change.kind === 'gone'
      ? `Kubernetes is deleting ${this.workload}, and ends that by itself`
      : `Kubernetes is bringing back the version before of ${this.workload}, and ends that by itself`;
  }
}

/** One state of several rollouts: a failure of one is that of all, and all have to settle. */
function together(states: readonly RolloutState[]): RolloutState {
  const failed = states.find(({ state }) => state === 'failed');
  const moving = states.find(({ state }) => state === 'progress');
  return failed ?? moving ?? { state: 'settled' };
}
