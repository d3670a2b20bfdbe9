import type { GitHubContext } from '@slipway/shared/action/github';
import type { TagFacts } from '../../src/tags/facts.ts';

export const sha = '860c1904a1ce19322e91ac35af1ab07466440c37';
export const headSha = '1f2e3d4c5b6a79880716253443526170fedcba98';

/** A push of a commit to the branch `dev`; the other events say only what differs. */
export const pushDev: GitHubContext = {
  repository: 'octocat/Hello-World',
  serverUrl: 'https://github.com',
  eventName: 'push',
  ref: 'refs/heads/dev',
  sha,
  runId: '7',
  runAttempt: '1',
  actor: 'octocat',
  runUrl: 'https://github.com/octocat/Hello-World/actions/runs/7',
  event: {
    pullRequest: undefined,
    pullRequestTitle: undefined,
    headSha: undefined,
    baseRef: undefined,
    defaultBranch: 'main',
    description: 'This your first repo!',
    license: 'MIT',
    private: false,
    commitTime: '2020-01-09T22:30:00+01:00',
  },
};

export const pushMain: GitHubContext = { ...pushDev, ref: 'refs/heads/main' };

export const pullRequest: GitHubContext = {
  ...pushDev,
  eventName: 'pull_request',
  ref: 'refs/pull/15/merge',
  event: {
    ...pushDev.event,
    pullRequest: 15,
    headSha,
    baseRef: 'main',
    commitTime: undefined,
  },
};

export const pullRequestTarget: GitHubContext = {
  ...pullRequest,
  eventName: 'pull_request_target',
  ref: 'refs/heads/main',
};

export const mergedPullRequest: GitHubContext = { ...pullRequest, ref: 'refs/heads/main' };

/** Its payload has no repository in it. */
export const schedule: GitHubContext = {
  ...pushMain,
  eventName: 'schedule',
  event: { ...pushDev.event, defaultBranch: undefined, commitTime: undefined },
};

export const workflowDispatch: GitHubContext = {
  ...pushMain,
  eventName: 'workflow_dispatch',
  event: { ...pushDev.event, commitTime: undefined },
};

export const outsideOfARunner: GitHubContext = { ...pushDev, eventName: '', ref: '', sha: '' };

export function branch(name: string): GitHubContext {
  return { ...pushDev, ref: `refs/heads/${name}` };
}

export function gitTag(name: string): GitHubContext {
  return { ...pushDev, ref: `refs/tags/${name}` };
}

export function factsOf(github: GitHubContext, version?: string): TagFacts {
  return { github, now: new Date('2020-01-10T00:30:00Z'), version };
}
