import type { DiffLine } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';

/** How a container group becomes what is wanted. */
export type GroupChange =
  /** It is just that. */
  | { readonly kind: 'none' }
  /** It is not there. */
  | { readonly kind: 'create' }
  /** All of its containers restart. */
  | { readonly kind: 'update' }
  /** Azure cannot change it: it has to be deleted first. `because` names properties, `osType`. */
  | { readonly kind: 'recreate'; readonly because: readonly string[] };

/** A container group that is ready to be deployed: resolved, merged and checked. */
export interface PreparedGroup {
  /** Body of the PUT, secrets of this run included; without the tags of a release. */
  readonly document: JsonObject;
  readonly change: GroupChange;
  /** Against what runs, without secrets; empty where `change` is none. */
  readonly diff: readonly DiffLine[];
  /** The main container: the one that `image`, `env`, `secrets` and so on are for. */
  readonly container: string;
  /** Image of the main container, by digest where this run resolved it. */
  readonly image: string;
  /** Image of the main container in what runs, by digest where that is known. */
  readonly previousImage: string | undefined;
  /** First port of the address of the group, TCP before UDP; undefined where it has none. */
  readonly port: number | undefined;
  /** What somebody should know before the change, in sentences. */
  readonly notes: readonly string[];
}

/**
 * What brings back the group that runs now: the body of a PUT, with the secrets that this run
 * knows. `lost` names secrets of it that nobody can give back: then it is no way back.
 */
export interface Restorable {
  readonly document: JsonObject;
  readonly lost: readonly string[];
}
