import type { JsonObject } from '@slipway/shared/document/json-object';

/** An object of a manifest. */
export interface ManifestObject {
  /** With its apiVersion, kind and name. */
  readonly object: JsonObject;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Where it is written, for people: `deploy/web.yaml, line 12`. */
  readonly place: string;
}
