import type { GitHubContext } from '@slipway/shared/action/github';

/** Everything that tags depend on beside the rules. */
export interface TagFacts {
  github: GitHubContext;
  now: Date;
  /** The version that the image has, where it is not the Git tag that says it. */
  version?: string | undefined;
}

/** Number of the pull request that this run is about; undefined when it is about none. */
export function pullRequestOf({ ref, eventName, event }: GitHubContext): number | undefined {
  const number = /^refs\/pull\/(\d+)\//.exec(ref)?.[1];
  if (number !== undefined) return Number(number);
  // This event runs on the base branch, but what gets built is the pull request.
  return eventName === 'pull_request_target' ? event.pullRequest : undefined;
}

/** Name of the branch that was pushed to, empty on anything else. */
export function branchOf(github: GitHubContext): string {
  return pullRequestOf(github) === undefined ? after('refs/heads/', github.ref) : '';
}

/** Name of the Git tag, empty on anything else. */
export function gitTagOf(github: GitHubContext): string {
  return after('refs/tags/', github.ref);
}

/** The version as it is written, by the input or by the Git tag; empty on anything else. */
export function versionOf({ github, version }: TagFacts): string {
  return version ?? gitTagOf(github);
}

/**
 * The commit that tags and labels name. On a pull request that is the head of its branch, which
 * people see and which stays, not the merge commit that GitHub makes for the run and drops later.
 */
export function commitOf(github: GitHubContext): string {
  const head = pullRequestOf(github) === undefined ? undefined : github.event.headSha;
  return head ?? github.sha;
}

/** The first seven digits, as Git shows a commit. */
export function shortCommitOf(github: GitHubContext): string {
  return commitOf(github).slice(0, 7);
}

/** Time of the commit; undefined when the event does not tell it. */
export function commitTimeOf({ event }: GitHubContext): Date | undefined {
  const time = new Date(event.commitTime ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

// Events that always run on the default branch; the payload of some does not name it.
// Source: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows
const onDefaultBranch = /^(?:schedule|issues|issue_comment|discussion|discussion_comment)$/;

/** True when the run is about the default branch itself. */
export function isDefaultBranch(github: GitHubContext): boolean {
  const branch = branchOf(github);
  if (branch === '') return false;
  const known = github.event.defaultBranch;
  return known === undefined ? onDefaultBranch.test(github.eventName) : known === branch;
}

function after(start: string, ref: string): string {
  return ref.startsWith(start) ? ref.slice(start.length) : '';
}
