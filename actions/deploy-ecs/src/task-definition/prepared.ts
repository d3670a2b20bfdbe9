import type { DiffLine } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';

/** A task definition that is ready to be deployed: resolved, merged and checked. */
export interface PreparedTaskDefinition {
  /**
   * ARN of the active revision that says exactly this, where there is one: that which the service
   * runs, a revision that was named, or the latest of the family. Undefined where one must be
   * registered.
   */
  arn: string | undefined;
  /** What is registered, with its tags. */
  document: JsonObject;
  /** Against what the service runs; empty where it runs just this. */
  diff: readonly DiffLine[];
  /** Image of the main container: by digest where this run resolved it. */
  image: string;
  /** Image of the main container in what the service runs, as that task definition has it. */
  previousImage: string | undefined;
  /** The main container: the one that `image`, `env` and `secrets` are for. */
  container: string;
  /** Images that this run resolved, `name@sha256:…`, by container. */
  images: ReadonlyMap<string, string>;
}

/** What inputs gave, read before any call. */
export interface GivenDocuments {
  /** A document, or the family, `family:revision` or ARN of one that ECS has. */
  taskDefinition: { document: JsonObject } | { name: string } | undefined;
  /** What the service is created from, as CreateService takes it. */
  serviceDefinition: JsonObject | undefined;
}
