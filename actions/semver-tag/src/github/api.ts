import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { Fetch, HttpFields } from '@slipway/shared/http/fetch';
import { type GitHubAnswer, openGitHub } from '@slipway/shared/http/github';
import {
  askInTime,
  requestLimit,
  saidBy,
  type TimedRequest,
} from '@slipway/shared/http/github-exchange';
import { listField, textField } from '@slipway/shared/http/json';
import { passing, persist } from '@slipway/shared/http/retry';
import { oneLine } from '@slipway/shared/image/said';
import type { Clock } from '@slipway/shared/time/clock';
import { TimeoutReached } from '@slipway/shared/time/deadline';
import { formatDuration } from '@slipway/shared/time/duration';
import { isOwnServer } from './own-server.ts';

/** How GitHub is spoken to. */
export interface ApiOptions {
  /** `owner/name` */
  repository: string;
  token: string;
  /** `https://api.github.com`, or `https://ghes.example/api/v3` */
  restUrl: string;
  graphqlUrl: string;
  fetch: Fetch;
  clock: Clock;
  signal: AbortSignal;
  /** Time after which a failing request is not tried again, in milliseconds. */
  budget: number;
}

/** A request to the REST API. */
export interface ApiCall {
  method: TimedRequest['method'];
  /** Behind the address of the repository: `/git/tags`; or an address in full, of this server. */
  path: string;
  /** What it does, for failures: "read the tags". */
  what: string;
  json?: unknown;
  upload?: Blob;
  /** False where a second request would do it twice: {@link Unanswered} then. */
  repeatable?: boolean;
  /** How often it is tried; less than usual where git can tell the same. */
  tries?: number;
}

/** A definite answer of the REST API, which may be a refusal. */
export interface Reply {
  status: number;
  headers: HttpFields;
  body: unknown;
  /** GitHub's words, on one line, when it refused. */
  said: string;
}

/** What GraphQL answered: data, errors, or both. */
export interface GraphqlReply {
  data: unknown;
  errors: ReadonlyArray<{ type: string; said: string }>;
}

/** Whether something was done is not known: the answer to a request that must not be repeated. */
export class Unanswered extends Error {}

/** GitHub's REST and GraphQL API for one repository. */
export interface Api {
  repository: string;
  /** @throws Failure `tag/github`, `tag/rate-limit`, `tag/token`; the signal's reason when aborted */
  rest(call: ApiCall): Promise<Reply>;
  /** @throws as {@link Api.rest} */
  graphql(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    what: string,
    how?: Pick<ApiCall, 'repeatable' | 'tries'>,
  ): Promise<GraphqlReply>;
}

/** The longest answer that is read, in bytes: a list of 100,000 tags has 40 MB. */
const longestAnswer = 128 * 1024 * 1024;

/** Opens the way to GitHub; nothing is sent yet. */
export function openApi(options: ApiOptions): Api {
  const { repository, token, restUrl, clock, signal, budget } = options;
  const userAgent = 'slipway-semver-tag';
  const ask = openGitHub({ token, restUrl, userAgent, fetch: options.fetch, most: longestAnswer });

  async function send(
    request: TimedRequest,
    what: string,
    { repeatable = true, tries }: Pick<ApiCall, 'repeatable' | 'tries'>,
  ): Promise<GitHubAnswer> {
    const once = async (): Promise<GitHubAnswer> => {
      const answer = await askInTime({ ask, clock, signal }, request).catch((error: unknown) => {
        signal.throwIfAborted();
        throw repeatable ? error : new Unanswered(messageOf(error));
      });
      if (!repeatable && answer.status >= 500) throw new Unanswered(saidBy(answer));
      return answer;
    };
    let answer: GitHubAnswer;
    try {
      answer = await persist({ clock, signal, budget, tries }, once);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Unanswered) throw error;
      const late = error instanceof TimeoutReached;
      const said = late ? `no answer within ${requestLimit / 1_000} s` : hidden(messageOf(error));
      throw Failure.of('tag/github', { what, said }, error);
    }
    if (answer.status !== 401 && !passing.has(answer.status)) return answer;
    const said = hidden(saidBy(answer));
    if (answer.status === 401) throw Failure.of('tag/token', { said });
    if (answer.status !== 429) throw Failure.of('tag/github', { what, said });
    const wait = formatDuration(Number(answer.headers.get('retry-after') ?? 0) * 1_000);
    throw Failure.of('tag/rate-limit', { what, said, wait });
  }

  function hidden(text: string): string {
    return oneLine(text.replaceAll(token, '***'));
  }

  return {
    repository,
    async rest({ method, path, what, json, upload, ...how }) {
      const url = path.startsWith('/') ? `${restUrl}/repos/${repository}${path}` : path;
      if (!isOwnServer(url, restUrl)) {
        const said = `its answer names another server, ${URL.parse(url)?.origin}; nothing was sent there`;
        throw Failure.of('tag/github', { what, said });
      }
      const body = upload ?? (json === undefined ? undefined : JSON.stringify(json));
      const answer = await send({ method, url, body }, what, how);
      const refused = answer.status >= 300;
      return {
        status: answer.status,
        headers: answer.headers,
        body: answer.body,
        said: refused ? hidden(saidBy(answer)) : '',
      };
    },
    async graphql(query, variables, what, how = {}) {
      const answer = await send(
        {
          method: 'POST',
          url: options.graphqlUrl,
          body: JSON.stringify({ query, variables }),
        },
        what,
        how,
      );
      const { body } = answer;
      const errors = listField(body, 'errors').map((error) => ({
        type: textField(error, 'type') ?? '',
        said: hidden(textField(error, 'message') ?? 'an error without words'),
      }));
      if (answer.status >= 300 && errors.length === 0) {
        errors.push({
          type: answer.status === 403 ? 'FORBIDDEN' : '',
          said: hidden(saidBy(answer)),
        });
      }
      return { data: Object.getOwnPropertyDescriptor(Object(body), 'data')?.value, errors };
    },
  };
}
