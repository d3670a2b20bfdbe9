import { readFileSync } from 'node:fs';
import type { Environment } from '../exec/environment.ts';

/**
 * What the runner tells about this run, read once.
 * Source: https://docs.github.com/actions/reference/workflows-and-actions/variables
 */
export interface GitHubContext {
  /** `owner/name`, empty outside of a runner. */
  repository: string;
  /** `https://github.com` or the address of a GHES. */
  serverUrl: string;
  eventName: string;
  /** Full ref, `refs/heads/main`, `refs/tags/v1.2.3` or `refs/pull/7/merge`. */
  ref: string;
  sha: string;
  runId: string;
  runAttempt: string;
  actor: string;
  /** Where this run can be looked at; empty outside of a runner. */
  runUrl: string;
  /** The part of the webhook payload that the suite uses. */
  event: GitHubEvent;
}

/** Fields of the webhook payload; each is undefined when the event has no such thing. */
export interface GitHubEvent {
  pullRequest: number | undefined;
  /** Title of the pull request, which a squash makes a commit message. */
  pullRequestTitle: string | undefined;
  /** Last commit of the pull request's branch (not the merge commit). */
  headSha: string | undefined;
  /** Branch that the pull request wants to go into. */
  baseRef: string | undefined;
  defaultBranch: string | undefined;
  description: string | undefined;
  /** SPDX identifier of the repository's licence. */
  license: string | undefined;
  /** True unless the repository is known to be public. */
  private: boolean;
  /** Time of the head commit, ISO 8601. */
  commitTime: string | undefined;
}

/** Reads the run's context from the runner's environment and its event file. */
export function readGitHubContext(env: Environment): GitHubContext {
  const repository = env['GITHUB_REPOSITORY'] ?? '';
  const serverUrl = env['GITHUB_SERVER_URL'] ?? 'https://github.com';
  const runId = env['GITHUB_RUN_ID'] ?? '';
  const runAttempt = env['GITHUB_RUN_ATTEMPT'] ?? '1';
  return {
    repository,
    serverUrl,
    eventName: env['GITHUB_EVENT_NAME'] ?? '',
    ref: env['GITHUB_REF'] ?? '',
    sha: env['GITHUB_SHA'] ?? '',
    runId,
    runAttempt,
    actor: env['GITHUB_ACTOR'] ?? '',
    runUrl: repository && runId ? `${serverUrl}/${repository}/actions/runs/${runId}` : '',
    event: readEvent(env['GITHUB_EVENT_PATH']),
  };
}

function readEvent(path: string | undefined): GitHubEvent {
  const payload = path ? readJson(path) : undefined;
  const repository = at(payload, 'repository');
  const pull = at(payload, 'pull_request');
  const number = at(pull, 'number');
  return {
    pullRequest: typeof number === 'number' ? number : undefined,
    pullRequestTitle: text(at(pull, 'title')),
    headSha: text(at(at(pull, 'head'), 'sha')),
    baseRef: text(at(at(pull, 'base'), 'ref')),
    defaultBranch: text(at(repository, 'default_branch')),
    description: text(at(repository, 'description')),
    license: text(at(at(repository, 'license'), 'spdx_id')),
    private: at(repository, 'private') !== false,
    commitTime: text(at(at(payload, 'head_commit'), 'timestamp')),
  };
}

// A run without a readable event file (act, a self-made runner) still has its ref and commit.
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, key)?.value
    : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
