import { numberedNode } from '../node-id.ts';
import { type PullRequest, pageUrl, type World } from '../world.ts';
import { connection, listOf, type Paging } from './connection.ts';
import { objectNodeOf } from './git-objects.ts';
import { repositoryNode } from './repository.ts';

/** What the schema calls a PullRequest. */
export function pullRequestNode(world: World, pull: PullRequest): object {
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
    mergeCommit: () => objectNodeOf(world, mergeCommit, 'commit'),
    labels: (paging: Paging) => connection('labels', paging, listOf(labelNodes)),
    repository: () => repositoryNode(world),
    url: `${pageUrl(world)}/pull/${number}`,
  };
}

export function userNode({ urls }: World, login: string, type = 'User') {
  const id = `U_${Buffer.from(login).toString('base64url')}`;
  return { __typename: type, id, login, url: `${urls.server}/${encodeURIComponent(login)}` };
}
