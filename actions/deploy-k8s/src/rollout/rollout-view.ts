import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { countOf } from '@slipway/shared/document/values-in';
import type { Failure } from '@slipway/shared/failure/failure';
import type { EventView } from '../pods/events.ts';
import type { PodView } from '../pods/pod-view.ts';
import type { Trouble } from '../verdict/trouble.ts';

/** What is known of a rollout at one look. */
export interface RolloutView {
  /** undefined where it is gone. */
  readonly workload: JsonObject | undefined;
  /** What it was last, where it is gone. */
  readonly gone?: JsonObject | undefined;
  /** ReplicaSets of a Deployment, ControllerRevisions of a DaemonSet; only its own. */
  readonly revisions: readonly JsonObject[];
  /** All pods that its selector finds. */
  readonly pods: readonly PodView[];
  /** By uid of what they are about, each list newest first. */
  readonly events: ReadonlyMap<string, readonly EventView[]>;
  /** By our clock, in milliseconds. */
  readonly now: number;
  /** By the server's clock, in milliseconds since the epoch. */
  readonly serverNow: number;
}

/** A view whose workload is there. */
export type LiveView = RolloutView & { readonly workload: JsonObject };

/** The change that is followed. */
export interface WrittenChange {
  /** For people: `deployment/shop` */
  readonly text: string;
  /** The workload as the server stored the change. */
  readonly object: JsonObject;
  /** When it was made, by the server's clock. */
  readonly time: number;
}

/** What the pods of the new revision are, and how far the controller is with it. */
export interface Progress {
  /** Of the new revision, those that go and those that are over included; undefined while they are not known. */
  readonly pods: readonly PodView[] | undefined;
  /** About the workload itself. */
  readonly troubles: readonly Trouble[];
  /** `settled` holds when the pods are well besides. */
  readonly state:
    | { readonly is: 'settled' }
    | { readonly is: 'waiting'; readonly text: string }
    | { readonly is: 'failed'; readonly failure: Failure }
    /** The platform gave it up: a trouble of its pods says more. */
    | { readonly is: 'given-up'; readonly trouble: Trouble };
}

/** How one kind of workloads rolls out. */
export interface RolloutKind {
  /** Whether one pod that fails ends it, whatever the others do. */
  readonly oneDecides: boolean;
  /** Whether its status says which generation it is about. */
  readonly observes: boolean;
  /** Whether its pods are to run for ever, so that each one that ends has crashed. */
  readonly serves: boolean;
  /** Whether it may be cleaned away by itself once it has ended. */
  readonly mayGo: boolean;
  progress(view: LiveView, written: WrittenChange): Progress;
}

/**
 * The last time since the change that the API server let no pod of a workload in; for kinds whose status
 * does not say so.
 */
export function refusalOf(view: LiveView, { object, time }: WrittenChange): EventView | undefined {
  const uid = textIn(objectIn(object, 'metadata'), 'uid') ?? '';
  // The times of Kubernetes are whole seconds.
  const since = time + 1_000;
  return view.events
    .get(uid)
    ?.find(({ last, reason }) => reason === 'FailedCreate' && last >= since);
}

/** The pods of a revision by the label that their controller gives them. */
export function podsOfHash(pods: readonly PodView[], hash: string): readonly PodView[] {
  return pods.filter(({ labels }) => textIn(labels, 'controller-revision-hash') === hash);
}

/** Names for a sentence: `shop-2, shop-3 and 4 more` */
export function namesOf(pods: readonly PodView[]): string {
  const names = pods.map(({ name }) => name);
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${names.slice(0, 3).join(', ')}${more}`;
}

/** A number in the status of a workload. */
export function statusCount(workload: JsonObject, name: string): number {
  return countOf(objectIn(workload, 'status')[name]) ?? 0;
}

/** The number of pods that a workload is to have. */
export function wantedReplicas(workload: JsonObject): number {
  return countOf(objectIn(workload, 'spec')['replicas']) ?? 1;
}

/** The generation of an object that its controller has to know. */
export function generationOf(object: JsonObject): number {
  return countOf(objectIn(object, 'metadata')['generation']) ?? 0;
}

/** Pods that count: neither going nor over. */
export function active(pods: readonly PodView[]): readonly PodView[] {
  return pods.filter(({ isGoing, isOver }) => !isGoing && !isOver);
}

/** `2 of 3 new pods are ready` */
export function readyText(pods: readonly PodView[], wanted: number): string {
  const ready = active(pods).filter(({ isReady }) => isReady).length;
  return `${ready} of ${wanted} new ${wanted === 1 ? 'pod is' : 'pods are'} ready`;
}
