import type { BareRepository } from './git/repository.ts';
import type { Releases } from './releases.ts';
import type { TagRule } from './rules.ts';

/** What a token may do. */
export interface Permissions {
  contents?: 'read' | 'write';
  /** GITHUB_TOKEN never has it. */
  workflows?: 'write';
  pull_requests?: 'read' | 'write';
}

/** How many requests a token has left; GitHub counts REST and GraphQL apart. */
export interface Rate {
  /** Requests an hour. */
  limit: number;
  used: number;
  /** When it starts again, in seconds since the epoch. */
  reset: number;
}

/** A pull request as far as a release needs it. */
export interface PullRequest {
  number: number;
  title: string;
  body?: string | null;
  /** The commit that it became. */
  mergeCommit: string;
  /** Login of who opened it. */
  user?: string;
  labels?: readonly string[];
  /** Branches. */
  head?: string;
  base?: string;
  /** `2026-01-31T12:00:00Z` */
  mergedAt?: string;
}

/** What a test may change while it runs. */
export interface Settings {
  /** What everyone may read is readable without a token too. */
  private: boolean;
  token: string;
  permissions: Permissions;
  /** Tag rulesets that are active. */
  rules: TagRule[];
  /** Whether releases are immutable once they are published. */
  immutableReleases: boolean;
  /** For how many milliseconds the list of releases does not have a new one yet. */
  releaseListLag: number;
  /** Whether POST git/refs hides which rule was broken; GitHub was seen to do both. */
  bareRefusals: boolean;
  rates: { core: Rate; graphql: Rate };
  pullRequests: PullRequest[];
}

/** Where the services are, without a slash at the end. */
export interface Urls {
  /** `https://api.github.com`, or `https://ghes.example/api/v3` */
  api: string;
  graphql: string;
  /** Where the web pages and the repositories are. */
  server: string;
  uploads: string;
}

/** One repository on GitHub with everything that belongs to it. */
export interface World {
  owner: string;
  name: string;
  /** Id of the repository. */
  id: number;
  git: BareRepository;
  settings: Settings;
  releases: Releases;
  urls: Urls;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** `https://api.github.com/repos/org/app` */
export function repositoryUrl({ urls, owner, name }: World): string {
  return `${urls.api}/repos/${owner}/${name}`;
}

/** `https://github.com/org/app` */
export function pageUrl({ urls, owner, name }: World): string {
  return `${urls.server}/${owner}/${name}`;
}

/** `2026-01-31T12:00:00Z` */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z/, 'Z');
}
