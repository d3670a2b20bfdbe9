import type { ObjectType } from '../git/object.ts';
import type { Ref } from '../git/refs.ts';
import type { Release } from '../releases.ts';
import type { PullRequest, World } from '../world.ts';

/**
 * The nodes of the schema. A node leads to others, and they lead back to it: each asks here for
 * the others, so that their files know nothing of each other.
 */
export interface Graph {
  world: World;
  repository(): object;
  ref(ref: Ref): object;
  /** A commit, annotated tag, tree or blob. */
  object(oid: string, type: ObjectType): Promise<object>;
  pullRequest(pull: PullRequest): object;
  release(release: Release): object;
}
