import type { components } from '@octokit/openapi-types';
import { numberedNode } from '../node-id.ts';
import { type PullRequest, pageUrl, repositoryUrl, type World } from '../world.ts';
import { showRepository } from './repository.ts';
import { showUser } from './user.ts';

/** A merged pull request as it is listed for its commit. */
export function showPullRequest(
  world: World,
  pull: PullRequest,
): components['schemas']['pull-request-simple'] {
  const { number, mergeCommit, title } = pull;
  const api = repositoryUrl(world);
  const url = `${api}/pulls/${number}`;
  const page = `${pageUrl(world)}/pull/${number}`;
  const merged = pull.mergedAt ?? '2026-01-01T00:00:00Z';
  const base = pull.base ?? 'main';
  const end = (ref: string, sha: string) => ({
    label: `${world.owner}:${ref}`,
    ref,
    sha,
    user: showUser(world, world.owner, 'Organization'),
    repo: showRepository(world, base),
  });
  const urls = {
    commits: `${url}/commits`,
    comments: `${api}/issues/${number}/comments`,
    statuses: `${api}/statuses/${mergeCommit}`,
    issue: `${api}/issues/${number}`,
    review_comments: `${url}/comments`,
    review_comment: `${api}/pulls/comments{/number}`,
  };
  const { commits, comments, statuses, issue, review_comments, review_comment } = urls;
  return {
    url,
    id: number,
    node_id: numberedNode(world.id, 'PR', number),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    commits_url: commits,
    review_comments_url: review_comments,
    review_comment_url: review_comment,
    comments_url: comments,
    statuses_url: statuses,
    number,
    state: 'closed',
    locked: false,
    title,
    user: showUser(world, pull.user ?? 'octocat'),
    body: pull.body ?? null,
    labels: (pull.labels ?? []).map((name, index) => ({
      id: index + 1,
      node_id: numberedNode(world.id, 'LA', index + 1),
      url: `${api}/labels/${encodeURIComponent(name)}`,
      name,
      description: '',
      color: 'ededed',
      default: false,
    })),
    milestone: null,
    created_at: merged,
    updated_at: merged,
    closed_at: merged,
    merged_at: merged,
    merge_commit_sha: mergeCommit,
    assignee: null,
    head: end(pull.head ?? `pull-${number}`, mergeCommit),
    base: end(base, mergeCommit),
    _links: {
      commits: { href: commits },
      comments: { href: comments },
      statuses: { href: statuses },
      html: { href: page },
      issue: { href: issue },
      review_comments: { href: review_comments },
      review_comment: { href: review_comment },
      self: { href: url },
    },
    author_association: 'CONTRIBUTOR',
    auto_merge: null,
    draft: false,
  };
}
