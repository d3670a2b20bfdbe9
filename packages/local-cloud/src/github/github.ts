import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from '../certificate.ts';
import type { Answer, Handler, Request } from '../http/exchange.ts';
import { Faults } from '../http/faults.ts';
import { serve } from '../http/serve.ts';
import { callerOf } from './access.ts';
import { openRepository } from './git/repository.ts';
import { git } from './git/run.ts';
import { answerGraphql } from './graphql/service.ts';
import { type Oidc, oidcServices, startOidc } from './oidc/oidc.ts';
import type { Run } from './oidc/run.ts';
import { Releases } from './releases.ts';
import { answerRest } from './rest/service.ts';
import { answerGit } from './smart-http.ts';
import type { Settings, Urls, World } from './world.ts';

/** The services of GitHub, each on a port of its own: `github-api` is REST, GraphQL and git. */
export const githubServices = ['github-api', ...oidcServices] as const;
export type GitHubService = (typeof githubServices)[number];

/** One request that came in, in the order in which they came. */
export interface LoggedRequest {
  /** REST calls, GraphQL calls, or what `git fetch` and `git push` send. */
  kind: 'rest' | 'graphql' | 'git';
  method: string;
  /** Path and query, without the API's prefix: `/repos/org/app/tags?page=2`. */
  path: string;
  /** What a GraphQL call asks for: its text. */
  query?: string;
  /** Not there until it is answered. */
  status?: number;
}

/** An emulated GitHub with one repository, on 127.0.0.1. */
export interface GitHub extends AsyncDisposable {
  /** `GITHUB_API_URL` */
  api: string;
  /** `GITHUB_GRAPHQL_URL` */
  graphql: string;
  /** `GITHUB_SERVER_URL`: `git clone <server>/org/app.git` works with the token. */
  server: string;
  /** What the runner would have in the environment to find it. */
  env: Readonly<Record<string, string>>;
  /** Every request so far. */
  requests: LoggedRequest[];
  /** The OIDC provider of its runs. */
  oidc: Oidc;
  faults: Faults<GitHubService>;
  /** Token, permissions, rulesets, rate limits, pull requests: may change at any time. */
  settings: Settings;
  releases: Releases;
}

export interface GitHubOptions {
  /** `owner/name` */
  repository: string;
  /**
   * Folder of the bare repository. It is written to; others may write to it as well. None: an
   * empty repository that is gone with GitHub.
   */
  git?: string;
  /** The run that asks for OIDC tokens; by default one of the repository's main branch. */
  run?: Run;
  settings?: Partial<Settings>;
  /**
   * Whose addresses it has: of github.com, `/repos/…` and `/graphql`, or of an Enterprise Server,
   * `/api/v3/repos/…` and `/api/graphql`. Both are answered; this is what links and `env` say.
   */
  style?: 'github.com' | 'enterprise';
  faults?: Faults<GitHubService>;
  /** Of the issuer of OIDC tokens, which then speaks TLS: a Kubernetes trusts no other. */
  issuerCertificate?: Certificate;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/**
 * Starts GitHub's REST and GraphQL API and its git server on top of a real bare repository: what
 * a client writes is there for `git` to read. It is as strict as GitHub about credentials,
 * permissions, fields and rules.
 */
export async function startGitHub(options: GitHubOptions): Promise<GitHub> {
  const { repository, style = 'github.com', faults = new Faults(), now = Date.now } = options;
  const [owner = '', name = ''] = repository.split('/');
  await using started = new AsyncDisposableStack();
  const folder = options.git ?? (await emptyRepository(started));
  const settings: Settings = { ...defaults(now()), ...options.settings };
  const requests: LoggedRequest[] = [];
  const releases = new Releases();
  // The address is known once it listens; nothing can ask before.
  const urls: Urls = { api: '', graphql: '', server: '', uploads: '' };
  const world: World = {
    owner,
    name,
    id: 409_674_918,
    git: started.use(openRepository(folder)),
    settings,
    releases,
    urls,
    now,
  };
  const { run = { repository, ref: 'refs/heads/main' } } = options;
  const certificate = options.issuerCertificate;
  const oidc = started.use(
    await startOidc({ run, faults, now, ...(certificate && { certificate }) }),
  );
  const listening = started.use(await serve('github-api', gitHubHandler(world, requests), faults));
  const { url } = listening;
  Object.assign(
    urls,
    style === 'enterprise'
      ? { api: `${url}/api/v3`, graphql: `${url}/api/graphql`, uploads: `${url}/api/uploads` }
      : { api: url, graphql: `${url}/graphql`, uploads: `${url}/uploads` },
    { server: url },
  );
  const all = started.move();
  return {
    api: urls.api,
    graphql: urls.graphql,
    server: urls.server,
    env: {
      GITHUB_API_URL: urls.api,
      GITHUB_GRAPHQL_URL: urls.graphql,
      GITHUB_SERVER_URL: urls.server,
      GITHUB_REPOSITORY: repository,
    },
    oidc,
    requests,
    faults,
    settings,
    releases,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function emptyRepository(started: AsyncDisposableStack): Promise<string> {
  const temporary = await mkdtemp(join(tmpdir(), 'slipway-github-'));
  started.defer(() => rm(temporary, { recursive: true, force: true }));
  const folder = join(temporary, 'empty.git');
  await git(folder, ['init', '--quiet', '--bare', '--initial-branch=main', folder]);
  return folder;
}

function defaults(now: number): Settings {
  const rate = (limit: number) => ({ limit, used: 0, reset: Math.ceil(now / 1_000) + 3_600 });
  return {
    private: true,
    token: 'ghs_local',
    permissions: { contents: 'write', pull_requests: 'read' },
    rules: [],
    immutableReleases: false,
    releaseListLag: 0,
    bareRefusals: false,
    rates: { core: rate(5_000), graphql: rate(5_000) },
    pullRequests: [],
  };
}

function gitHubHandler(world: World, requests: LoggedRequest[]): Handler {
  return async (request) => {
    const { kind, path, answer } = pick(world, request);
    const { search } = request.url;
    const logged: LoggedRequest = { kind, method: request.method, path: `/${path}${search}` };
    if (kind === 'graphql') logged.query = request.body.toString('utf8');
    requests.push(logged);
    const answered = await answer();
    logged.status = answered.status;
    const headers = { 'x-github-request-id': randomUUID(), ...answered.headers };
    return { ...answered, headers };
  };
}

const noUserAgent = `Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.
`;

/** Finds out which service a request is for. */
function pick(
  world: World,
  request: Request,
): { kind: LoggedRequest['kind']; path: string; answer: () => Promise<Answer> | Answer } {
  const { headers, url } = request;
  const caller = callerOf(request, world.settings.token);
  const whole = url.pathname.slice(1);
  if (/^[^/]+\/[^/]+?(\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.test(whole)) {
    return { kind: 'git', path: whole, answer: () => answerGit(world, request, caller, whole) };
  }
  const isGraphql = whole === 'graphql' || whole === 'api/graphql';
  const kind = isGraphql ? 'graphql' : 'rest';
  const uploads = /^(api\/)?uploads\//.test(whole);
  const path = isGraphql ? 'graphql' : whole.replace(/^(api\/v3|(api\/)?uploads)\//, '');
  if (!headers['user-agent']) {
    const html = { 'content-type': 'text/html' };
    const answer = () => ({ status: 403, headers: html, body: noUserAgent });
    return { kind, path, answer };
  }
  if (isGraphql) return { kind, path, answer: () => answerGraphql(world, request, caller) };
  return { kind, path, answer: () => answerRest({ world, request, caller, path, uploads }) };
}
