import { numberedNode } from '../node-id.ts';
import type { Release } from '../releases.ts';
import { showRelease } from '../rest/show-release.ts';
import { timestamp } from '../world.ts';
import type { Graph } from './graph.ts';

/** What the schema calls a Release. */
export function releaseNode(graph: Graph, release: Release): object {
  const { world } = graph;
  const { id, body, createdAt, draft, name, prerelease, publishedAt, tagName } = release;
  const ref = `refs/tags/${tagName}`;
  return {
    __typename: 'Release',
    id: numberedNode(world.id, 'RE', id),
    databaseId: id,
    name,
    description: body,
    createdAt: timestamp(createdAt),
    publishedAt: publishedAt === null ? null : timestamp(publishedAt),
    updatedAt: timestamp(release.updatedAt),
    isDraft: draft,
    isLatest: world.releases.latest()?.id === id,
    isPrerelease: prerelease,
    repository: () => graph.repository(),
    tagName,
    tag: async () => {
      const found = await world.git.ref(ref);
      return found ? graph.ref({ name: ref, ...found }) : null;
    },
    tagCommit: async () => {
      const commit = await world.git.commitOf(ref);
      return commit === undefined ? null : graph.object(commit, 'commit');
    },
    url: showRelease(world, release).html_url,
  };
}
