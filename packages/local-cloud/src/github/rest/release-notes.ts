import { type PullRequest, pageUrl, type World } from '../world.ts';
import { ApiError } from './api-error.ts';

/** What notes are made for. */
export interface NotesRequest {
  tag: string;
  /** Where the tag will be; needed when it does not exist. */
  target?: string | undefined;
  previousTag?: string | undefined;
}

/**
 * The notes that GitHub writes: one line for each pull request since the previous release.
 * Source: https://docs.github.com/repositories/releasing-projects-on-github/automatically-generated-release-notes
 * @throws ApiError 422 when a tag or the target is not there
 */
export async function generateNotes(
  world: World,
  { tag, target, previousTag }: NotesRequest,
): Promise<{ name: string; body: string }> {
  const { git } = world;
  const tagged = await git.commitOf(`refs/tags/${tag}`);
  const head = tagged ?? (await git.commitOf(target ?? (await git.defaultBranch())));
  if (head === undefined) throw new ApiError(422, 'Invalid target_commitish parameter');
  const previous = previousTag ?? (await previousRelease(world, tag, head));
  const base = previous === undefined ? undefined : await git.commitOf(`refs/tags/${previous}`);
  if (previousTag !== undefined && base === undefined) {
    throw new ApiError(422, 'Invalid previous_tag parameter');
  }
  const oids =
    base === undefined
      ? await git.history.list(head, 0, 10_000)
      : (await git.history.distance(base, head)).ahead.toReversed();
  const inRange = new Set(oids);
  const pulls = world.settings.pullRequests.filter(({ mergeCommit }) => inRange.has(mergeCommit));
  const page = pageUrl(world);
  const changes = base === undefined ? `commits/${tag}` : `compare/${previous}...${tag}`;
  const list = pulls.map((pull) => `${line(page, pull)}\n`).join('');
  return {
    name: tag,
    body: `${list === '' ? '' : `## What's Changed\n${list}\n\n`}**Full Changelog**: ${page}/${changes}`,
  };
}

function line(page: string, { number, title, user = 'octocat' }: PullRequest): string {
  return `* ${title} by @${user} in ${page}/pull/${number}`;
}

async function previousRelease(
  { git, releases }: World,
  tag: string,
  head: string,
): Promise<string | undefined> {
  for (const { draft, tagName } of releases.all()) {
    if (draft || tagName === tag) continue;
    const commit = await git.commitOf(`refs/tags/${tagName}`);
    if (commit !== undefined && (await git.history.isAncestor(commit, head))) return tagName;
  }
  return undefined;
}
