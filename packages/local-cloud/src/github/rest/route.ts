import type { Answer, Request } from '../../http/exchange.ts';
import { jsonAnswer } from '../../http/exchange.ts';
import type { Permissions, World } from '../world.ts';
import { linkHeader, type Page } from './pages.ts';

/** One call of the API, with everything it may look at. */
export interface Call {
  world: World;
  /** Parts of the path, decoded. */
  path: Readonly<Record<string, string>>;
  query: URLSearchParams;
  request: Request;
  /** Whether the token may write contents: drafts are shown only then. */
  mayWrite: boolean;
}

/** An endpoint under `/repos/{owner}/{repo}`. */
export interface Route {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path after the repository; named groups are the parts. */
  path: RegExp;
  /** Page and anchor of its documentation, `git/refs#get-a-reference`. */
  docs: string;
  needs: Permissions;
  /** Whether it is served where assets are uploaded. */
  uploads?: boolean;
  run(call: Call): Promise<Answer> | Answer;
}

/** The answer with one page of a list. */
export function pageAnswer(call: Call, page: Page, total: number, body: unknown): Answer {
  const { world, request } = call;
  // GitHub's links go by the repository's number, not by its name.
  const [, , , , rest = ''] =
    /^(.*)\/repo(s\/[^/]+\/[^/]+|sitories\/\d+)(\/(.*))?$/.exec(request.url.pathname) ?? [];
  const url = new URL(`${world.urls.api}/repositories/${world.id}/${rest}${request.url.search}`);
  const link = linkHeader(url, page, total);
  const answer = jsonAnswer(200, body);
  return link === undefined ? answer : { ...answer, headers: { ...answer.headers, link } };
}
