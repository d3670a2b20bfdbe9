import type { JsonObject } from '@slipway/shared/document/json-object';

/** A container group by its names; the subscription is that of the API. */
export interface GroupName {
  readonly resourceGroup: string;
  readonly name: string;
}

/** A long-running operation that Azure has accepted. It tells what it said, which differs. */
export interface Operation {
  /** Where it is asked about: Azure-AsyncOperation or Location; undefined where Azure named none. */
  readonly url: string | undefined;
  /** Milliseconds that Azure asks to wait before it is asked about; undefined when it does not say. */
  readonly retryAfter: number | undefined;
}

/** Where an operation is, by its own word. */
export type OperationState =
  | { readonly state: 'running' }
  | { readonly state: 'succeeded' }
  /** `code` and `message` are Azure's. */
  | { readonly state: 'failed'; readonly code: string; readonly message: string }
  /** It names no address, or Azure does not know it any more: only the group itself can tell. */
  | { readonly state: 'unknown' };

/** How much of a quota of a region is used. */
export interface Usage {
  /** `ContainerGroups`, `StandardCores`. */
  readonly name: string;
  readonly used: number;
  readonly limit: number;
}

/**
 * The calls to Azure that a deployment makes, as one identity in one subscription. Documents go out
 * and come back as they are, at API version 2026-05-01.
 * Source: https://learn.microsoft.com/rest/api/container-instances/
 *
 * A call that is throttled throws `Throttled`. Every other refusal is a Failure: `aci/denied` names
 * the action that the role needs. Calls that may be repeated are, when there was no answer. A call
 * ends when its signal aborts.
 */
export interface AciApi {
  readonly subscription: string;
  /** Region of a resource group. @throws Failure `aci/resource-group-not-found` */
  locationOf(resourceGroup: string, signal: AbortSignal): Promise<string>;
  /** @returns undefined where there is no such group */
  getGroup(name: GroupName, signal: AbortSignal): Promise<JsonObject | undefined>;
  /**
   * Creates or replaces a group: what the document does not say falls back to its default.
   * @returns at once, with the group as it is then
   */
  putGroup(
    asked: GroupName & { readonly document: JsonObject },
    signal: AbortSignal,
  ): Promise<{ group: JsonObject; operation: Operation }>;
  /** Deletes a group; one that is not there is deleted already. */
  deleteGroup(name: GroupName, signal: AbortSignal): Promise<Operation>;
  /** Asks about an operation once. */
  operationState(operation: Operation, signal: AbortSignal): Promise<OperationState>;
  /** The last lines of a container's log, oldest first; empty where there is none yet. */
  logLines(
    asked: GroupName & { readonly container: string; readonly most: number },
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /** Quotas of container instances in a region. */
  usages(location: string, signal: AbortSignal): Promise<readonly Usage[]>;
}
