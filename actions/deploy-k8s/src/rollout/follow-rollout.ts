import type { Evidence, RolloutState } from '@slipway/shared/deploy/target';
import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { timeIn } from '@slipway/shared/document/values-in';
import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import type { KubernetesApi, LiveObjects, ObjectName, Selection } from '../api/kubernetes-api.ts';
import { diagnosePods } from '../diagnosis/diagnose-pods.ts';
import { type EventView, eventsAbout } from '../pods/events.ts';
import { ownerOf, podView } from '../pods/pod-view.ts';
import { byObject } from '../verdict/pod-troubles.ts';
import type { Rules } from '../verdict/trouble.ts';
import { type WorkloadKind, workloadKinds, workloadText } from '../workload/workload-name.ts';
import { RolloutJudge } from './judge.ts';
import { keptOfEvent, keptOfPod, keptOfRevision } from './kept.ts';
import { kinds } from './kinds.ts';
import { active, type RolloutView, type WrittenChange } from './rollout-view.ts';
import type { RolloutWatch } from './rollout-watch.ts';
import { selectorOf } from './selector.ts';

/** A change whose rollout is followed. */
export interface FollowedRollout {
  readonly api: Pick<KubernetesApi, 'follow' | 'get' | 'logLines' | 'serverNow'>;
  readonly clock: Clock;
  readonly name: ObjectName;
  /** The workload as the server stored the change. */
  readonly written: JsonObject;
  readonly rules: Rules;
  /** A line for the log. */
  say(line: string): void;
}

/** What was written longer ago changed nothing: the rollout is that of now. In milliseconds. */
const longAgo = 60_000;

/**
 * Follows the rollout of a change, whether it is one forward or back.
 * @param signal ends the following too; so it has to live as long as the watch
 * @returns once all of it is known
 */
export async function followRollout(
  o: FollowedRollout,
  signal: AbortSignal,
): Promise<RolloutWatch> {
  await using open = new AsyncDisposableStack();
  const { api, name, say, written } = o;
  const kind = kindOf(name);
  const labels = selectorOf(written);
  const over = new AbortController();
  const within = AbortSignal.any([signal, over.signal]);
  const follow = async (what: Omit<Selection, 'namespace'>) =>
    open.use(await api.follow({ ...what, namespace: name.namespace }, within));
  const ofEvents = async (fields: string) => {
    try {
      return await follow({ resource: resources.events, fields, keep: keptOfEvent });
    } catch (error) {
      // They only explain.
      if (!(error instanceof Failure && error.code.endsWith('/denied'))) throw error;
      say(`events are not read: ${error.message}`);
      return undefined;
    }
  };
  const revision = kind === 'Deployment' ? resources.sets : resources.revisions;
  const hasRevisions = kind === 'Deployment' || kind === 'DaemonSet';
  const uid = textIn(objectIn(written, 'metadata'), 'uid') ?? '';
  const all = [
    follow({ resource: name.resource, fields: `metadata.name=${name.name}` }),
    kind === 'CronJob' ? undefined : follow({ resource: resources.pods, labels, keep: keptOfPod }),
    hasRevisions ? follow({ resource: revision, labels, keep: keptOfRevision }) : undefined,
    kind === 'CronJob' ? undefined : ofEvents('involvedObject.kind=Pod'),
    kind === 'CronJob' ? undefined : ofEvents(`involvedObject.uid=${uid}`),
  ] as const;
  const [workload, pods, revisions, ofPods, ofWorkload] = await Promise.all(all).catch(
    async (error: unknown) => {
      // What is opened later than that would stay open.
      over.abort(error);
      await Promise.allSettled(all);
      throw error;
    },
  );
  const events = [ofPods, ofWorkload].filter((one) => one !== undefined);
  return new Follower(o, { workload, pods, revisions, events, open: open.move() });
}

const resource = (apiVersion: string, kind: string, plural: string) => ({
  apiVersion,
  kind,
  plural,
  isNamespaced: true,
});
const resources = {
  pods: resource('v1', 'Pod', 'pods'),
  events: resource('v1', 'Event', 'events'),
  sets: resource('apps/v1', 'ReplicaSet', 'replicasets'),
  revisions: resource('apps/v1', 'ControllerRevision', 'controllerrevisions'),
};

interface FollowedParts {
  readonly workload: LiveObjects;
  readonly pods: LiveObjects | undefined;
  readonly revisions: LiveObjects | undefined;
  readonly events: readonly LiveObjects[];
  readonly open: AsyncDisposableStack;
}

class Follower implements RolloutWatch {
  readonly #o: FollowedRollout;
  readonly #live: FollowedParts;
  readonly #judge: RolloutJudge;
  readonly #written: WrittenChange;
  #events: { print: string; found: ReadonlyMap<string, readonly EventView[]> } | undefined;

  constructor(o: FollowedRollout, live: FollowedParts) {
    const { api, name, rules, written } = o;
    const kind = kindOf(name);
    this.#o = o;
    this.#live = live;
    this.#written = {
      text: workloadText({ kind, name: name.name }),
      object: written,
      time: Math.max(writtenAt(written), api.serverNow() - longAgo),
    };
    this.#judge = new RolloutJudge(kinds[kind], this.#written, rules);
  }

  look(): RolloutState {
    const { events, pods, revisions, workload } = this.#live;
    for (const live of [workload, pods, revisions, ...events]) live?.check();
    const state = this.#judge.look(this.#view());
    const silence = Math.max(workload.silence, pods?.silence ?? 0);
    if (state.state !== 'progress' || silence < longSilence) return state;
    const text = `${state.text}; the cluster was not heard of for ${Math.round(silence / 1_000)} s`;
    return { state: 'progress', text };
  }

  pods(): readonly JsonObject[] {
    return active(this.#judge.pods).map(({ object }) => object);
  }

  allPods(): readonly JsonObject[] {
    return this.#judge.pods.map(({ object }) => object);
  }

  diagnose(signal: AbortSignal): Promise<Evidence> {
    const { api, clock } = this.#o;
    const view = this.#view();
    this.#judge.look(view);
    const { pods, troubles } = this.#judge;
    return diagnosePods(
      { api, clock, workload: this.#written.text, pods, troubles, events: this.#about(view) },
      signal,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#live.open.disposeAsync();
  }

  #view(): RolloutView {
    const { api, clock } = this.#o;
    const { pods, revisions, workload } = this.#live;
    const { object } = this.#written;
    const uid = uidOf(object);
    const seen = [...(pods?.items.values() ?? [])].map(podView);
    const sets = [...(revisions?.items.values() ?? [])].filter((one) => ownerOf(one) === uid);
    const owners = new Set([uid, ...sets.map(uidOf)]);
    const [found] = workload.items.values();
    const gone = workload.gone.get(uid);
    return {
      workload: found,
      gone,
      revisions: sets,
      // A selector may find pods of others.
      pods: seen.filter(({ owner = '' }) => owners.has(owner)),
      events: this.#eventsOf([uid, ...seen.map((pod) => pod.uid)]),
      now: clock.now(),
      serverNow: api.serverNow(),
    };
  }

  // Only read again when there are others.
  #eventsOf(uids: readonly string[]): ReadonlyMap<string, readonly EventView[]> {
    const { events } = this.#live;
    const print = [...events.map(({ version }) => version), ...uids].join(' ');
    if (this.#events?.print !== print) {
      const all = events.flatMap(({ items }) => [...items.values()]);
      this.#events = { print, found: byObject(eventsAbout(all, new Set(uids))) };
    }
    return this.#events.found;
  }

  /** What happened to the new pods and to the workload. */
  #about({ events }: RolloutView): readonly EventView[] {
    const own = [uidOf(this.#written.object), ...this.#judge.pods.map(({ uid }) => uid)];
    const since = this.#written.time;
    return own.flatMap((uid) => events.get(uid) ?? []).filter(({ last }) => last >= since);
  }
}

function kindOf({ resource: { kind: word } }: ObjectName): WorkloadKind {
  const kind = workloadKinds.find((one) => one === word);
  if (kind) return kind;
  throw new Error(`${word} is no workload`);
}

/** So long a watch may be quiet: the server sends a bookmark about once a minute. */
const longSilence = 90_000;

function uidOf(object: JsonObject): string {
  return textIn(objectIn(object, 'metadata'), 'uid') ?? '';
}

/** When somebody last changed more than the status of an object, by the server's clock. */
function writtenAt(object: JsonObject): number {
  const entries = objectsIn(objectIn(object, 'metadata'), 'managedFields');
  const times = entries
    .filter((entry) => !entry['subresource'])
    .map((entry) => timeIn(entry, 'time') ?? 0);
  return Math.max(0, ...times);
}
