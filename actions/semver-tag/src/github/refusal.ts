import { Failure } from '@slipway/shared/failure/failure';

/** A refusal of GitHub, over REST or GraphQL. */
export interface Refused {
  /** What was to be done, for the sentence: "create the tag v1.2.3". */
  what: string;
  said: string;
  /** Of a REST answer. */
  status?: number;
  /** Of a GraphQL error: `FORBIDDEN`, `NOT_FOUND`, `UNPROCESSABLE`. */
  type?: string;
  /** What GitHub says would have been enough: `x-accepted-github-permissions`. */
  accepted?: string;
  /** Whether the token was seen to write contents already, so that something else is missing. */
  writes?: boolean;
}

/** What it is about, for the sentences. */
export interface RefusalSubject {
  repository: string;
  tag: string;
  sha: string;
}

// GitHub words one refusal differently over REST, GraphQL and git: what is seen in the wild.
const immutable = /immutable/i;
const workflowFiles = /create or update workflow|without `?workflows?`? (?:permission|scope)/i;
const ruleset =
  /GH013|rule violations? found|being restricted|protected (?:ref|tag)|tag protection/i;
const forbidden = /not accessible by|must have|read-only|write access|permission/i;

/**
 * What a refusal means. Workflow files that a token may not bring in are refused with the words for
 * a missing permission: only the header, or that the token could write a moment ago, tells them apart.
 */
export function failureOf(refused: Refused, { repository, tag, sha }: RefusalSubject): Failure {
  const { accepted = '', said, status, type, what, writes } = refused;
  if (immutable.test(said)) return Failure.of('tag/immutable', { tag, said });
  if (workflowFiles.test(said)) return Failure.of('tag/workflow-files', { sha, said });
  if (ruleset.test(said)) return Failure.of('tag/ruleset', { what, said });
  if (status === 403 || type === 'FORBIDDEN' || forbidden.test(said)) {
    if (writes || (accepted.includes('workflows=write') && status === 403)) {
      return Failure.of('tag/workflow-files', { sha, said });
    }
    return Failure.of('tag/permission', { what, said, needed: 'contents: write' });
  }
  if (status === 404 || type === 'NOT_FOUND') {
    return Failure.of('tag/repository', { repository, said });
  }
  return Failure.of('tag/github', { what, said });
}
