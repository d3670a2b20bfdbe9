import type { World } from '../world.ts';
import { objectNodeOf, refNodeOf } from './git-objects.ts';
import type { Graph } from './graph.ts';
import { pullRequestNode } from './pull-request.ts';
import { releaseNode } from './release.ts';
import { repositoryNode } from './repository.ts';

/** All nodes of a repository. */
export function graphOf(world: World): Graph {
  const graph: Graph = {
    world,
    repository: () => repositoryNode(graph),
    ref: (ref) => refNodeOf(graph, ref),
    object: (oid, type) => objectNodeOf(graph, oid, type),
    pullRequest: (pull) => pullRequestNode(graph, pull),
    release: (release) => releaseNode(graph, release),
  };
  return graph;
}
