import { numberedNode } from '../node-id.ts';
import { type PullRequest, pageUrl } from '../world.ts';
import { connection, listOf, type Paging } from './connection.ts';
import type { Graph } from './graph.ts';
import { userNode } from './user.ts';

/** What the schema calls a PullRequest. */
export function pullRequestNode(graph: Graph, pull: PullRequest): object {
  const { world } = graph;
  const { number, mergeCommit, title, user = 'octocat', labels = [] } = pull;
  const labelNodes = labels.map((name, index) => ({
    __typename: 'Label',
    id: numberedNode(world.id, 'LA', index + 1),
    name,
  }));
  return {
    __typename: 'PullRequest',
    id: numberedNode(world.id, 'PR', number),
    number,
    title,
    body: pull.body ?? '',
    author: userNode(world, user),
    headRefName: pull.head ?? `pull-${number}`,
    baseRefName: pull.base ?? 'main',
    mergedAt: pull.mergedAt ?? '2026-01-01T00:00:00Z',
    mergeCommit: () => graph.object(mergeCommit, 'commit'),
    labels: (paging: Paging) => connection('labels', paging, listOf(labelNodes)),
    repository: () => graph.repository(),
    url: `${pageUrl(world)}/pull/${number}`,
  };
}
