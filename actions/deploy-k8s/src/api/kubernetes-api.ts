import type { JsonObject } from '@slipway/shared/document/json-object';
import type { HealthAnswer } from '@slipway/shared/probe/probe';

/** A kind of objects, as the server serves it. Source: discovery of its group and version. */
export interface Resource {
  /** `apps/v1`, `v1` */
  readonly apiVersion: string;
  /** `Deployment` */
  readonly kind: string;
  /** Its word in an address: `deployments` */
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/** Objects of one kind, in one namespace or, where it is undefined, in the whole cluster. */
export interface Collection {
  readonly resource: Resource;
  readonly namespace: string | undefined;
}

/** One object by its names. */
export interface ObjectName extends Collection {
  readonly name: string;
}

/** Some objects of a kind. */
export interface Selection extends Collection {
  /** Label selector: `app=shop,tier!=db` */
  readonly labels?: string;
  /** Field selector: `metadata.name=shop` */
  readonly fields?: string;
  /** What of an object is kept while it is followed; its uid and resourceVersion have to be. */
  readonly keep?: (object: JsonObject) => JsonObject;
}

/** What the server stored, or would store, and what it warned of. */
export interface Written {
  readonly object: JsonObject;
  /** `Warning` headers, such as those of PodSecurity. */
  readonly warnings: readonly string[];
}

/** What a write may be bound to. */
export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** One thing that an identity must be allowed to do. */
export interface Permission {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` */
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** `deployments`, `pods/log` */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name?: string;
}

/** A container of a pod whose log is read. */
export interface LogSource {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** An HTTP server inside the cluster, reached through the API server. */
export interface Backend {
  readonly namespace: string;
  readonly kind: 'pods' | 'services';
  readonly name: string;
  /** Number or, for a Service, name of a port. */
  readonly port: string;
  readonly scheme: 'http' | 'https';
  /** With its query: `/health` */
  readonly path: string;
}

/**
 * Objects as they are now: listed once, then followed by a watch that goes on after a clean end, 410,
 * silence and a renewed token. What they are is read from `items` at any time.
 */
export interface LiveObjects extends AsyncDisposable {
  /** By uid. */
  readonly items: ReadonlyMap<string, JsonObject>;
  /** The last state of objects that were deleted while followed, by uid; the last few hundred. */
  readonly gone: ReadonlyMap<string, JsonObject>;
  /** Resolves at the next change, or at once when there was one since `version`. */
  changed(version: number, signal: AbortSignal): Promise<void>;
  /** Rises with each change. */
  readonly version: number;
  /** Milliseconds since the server was last heard of; a watch that is cut off rises here. */
  readonly silence: number;
  /** @throws Failure why it cannot be followed any more, such as a permission that was taken away */
  check(): void;
}

/**
 * The calls to an API server that a deployment makes, as one identity. Objects go out and come back
 * as they are; numbers keep their spelling.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/
 *
 * A call that is throttled, or answered 5xx, is repeated where it may be, for a bounded time, and
 * then throws `Throttled`. Every other refusal is a Failure: `k8s/denied` names verb, resource and
 * namespace. A token that has ended is renewed once. A call ends when its signal aborts.
 */
export interface KubernetesApi {
  /** Address of the server, for people. */
  readonly server: string;
  /** Milliseconds since the epoch by the server's clock: that of its last answer, moved on by ours. */
  serverNow(): number;
  /** @returns undefined where the server has no such kind */
  resource(
    kind: { apiVersion: string; kind: string },
    signal: AbortSignal,
  ): Promise<Resource | undefined>;
  /** @returns undefined where there is no such object */
  get(name: ObjectName, signal: AbortSignal): Promise<JsonObject | undefined>;
  /** All of them, however many pages it takes. */
  list(selection: Selection, signal: AbortSignal): Promise<readonly JsonObject[]>;
  /** @returns once the first list is there; ends when it is disposed of or the signal aborts */
  follow(selection: Selection, signal: AbortSignal): Promise<LiveObjects>;
  /**
   * Server-side apply. The object carries its apiVersion, kind, name and namespace.
   * @throws FieldConflict that names the fields and who has set them
   */
  apply(
    asked: { name: ObjectName; object: JsonObject; force?: boolean; dryRun?: boolean },
    signal: AbortSignal,
  ): Promise<Written>;
  /** @throws AlreadyThere */
  create(
    asked: { in: Collection; object: JsonObject; dryRun?: boolean },
    signal: AbortSignal,
  ): Promise<Written>;
  /** Replaces an object whose metadata carry a resourceVersion. @throws Outdated */
  replace(
    asked: { name: ObjectName; object: JsonObject; dryRun?: boolean },
    signal: AbortSignal,
  ): Promise<Written>;
  /** A merge patch (RFC 7386). @throws Outdated where the patch carries another resourceVersion */
  patch(
    asked: { name: ObjectName; patch: JsonObject; dryRun?: boolean },
    signal: AbortSignal,
  ): Promise<Written>;
  /** An object that is not there is deleted already. @throws Outdated */
  delete(
    asked: {
      name: ObjectName;
      only?: Preconditions;
      propagation?: 'Background' | 'Foreground' | 'Orphan';
    },
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * The last lines of a container's log, oldest first; undefined where there is none, or no
   * previous run.
   */
  logLines(
    asked: LogSource & { previous?: boolean; most: number },
    signal: AbortSignal,
  ): Promise<readonly string[] | undefined>;
  /** Lines of a container's log as they come, from its start to its end. */
  followLog(asked: LogSource, signal: AbortSignal): AsyncIterable<string>;
  /**
   * Asks a server inside the cluster once. What the API server says instead of it is an Error: no
   * ready pod, nothing listens at the port, no answer. A permission that is missing is a Failure.
   */
  ask(backend: Backend, signal: AbortSignal): Promise<HealthAnswer>;
  /** Those that this identity has not. */
  denied(asked: readonly Permission[], signal: AbortSignal): Promise<readonly Permission[]>;
}

/** Somebody else has created the object meanwhile. */
export class AlreadyThere extends Error {
  override readonly name = 'AlreadyThere';
}

/** Somebody else has changed or deleted the object meanwhile. */
export class Outdated extends Error {
  override readonly name = 'Outdated';
}

/** A field that somebody else has set to another value. */
export interface OthersField {
  /** As the server names it: `.spec.template.spec.containers[name="web"].image` */
  readonly path: string;
  /** Who has set it: `kubectl-client-side-apply` */
  readonly manager: string;
}

/** A server-side apply without force met fields of others. */
export class FieldConflict extends Error {
  override readonly name = 'FieldConflict';
  readonly fields: readonly OthersField[];

  constructor(fields: readonly OthersField[]) {
    super(fields.map(({ path, manager }) => `${path} is set by ${manager}`).join('; '));
    this.fields = fields;
  }
}

/** Field manager of everything that this action applies. */
export const fieldManager = 'slipway';
