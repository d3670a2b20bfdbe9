import { type WholeAnswer, wholeAnswer } from './exchange.ts';
import type { Fetch, HttpRequest } from './fetch.ts';
import { field, parseJson } from './json.ts';

/** As whom GitHub is asked, and how. */
export interface GitHubAccess {
  token: string;
  /** `https://api.github.com`, or `https://ghes.example/api/v3` */
  restUrl: string;
  /** Name of the action. */
  userAgent: string;
  fetch: Fetch;
  /** The longest answer that is read, in bytes. */
  most: number;
  /** What a redirect means; `follow` when not given, which takes the token to no other origin. */
  redirect?: NonNullable<HttpRequest['redirect']>;
}

/** One request to GitHub's REST or GraphQL API. */
export interface GitHubRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** In full. The token is sent there, so the caller has to know whose it is. */
  url: string;
  body?: string | Blob | undefined;
  signal: AbortSignal;
}

/** An answer of GitHub, which may be a refusal. */
export interface GitHubAnswer extends Pick<WholeAnswer, 'status' | 'headers'> {
  /** What its JSON says; undefined where it is none. */
  body: unknown;
}

/** Asks GitHub once: what is tried again, and when, is a rule of the caller. */
export type AskGitHub = (request: GitHubRequest) => Promise<GitHubAnswer>;

const apiVersion = '2022-11-28';
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * GitHub's API by Octokit, which is loaded with the first request. Each request is sent by the
 * `fetch` of the suite, and its answer read to its end, up to a limit. The answer is parsed here:
 * Octokit looks for large numbers in each text first, which takes 0.1 s for 10,000 tags. Octokit
 * makes an error of a refusal; here it is an answer like any other.
 */
export function openGitHub(access: GitHubAccess): AskGitHub {
  const { fetch, most, redirect = 'follow' } = access;
  let opened: ReturnType<typeof open> | undefined;
  return async ({ method, url, body, signal }) => {
    opened ??= open(access);
    const octokit = await opened;
    const type = body instanceof Blob ? 'application/octet-stream' : 'application/json';
    let answer: GitHubAnswer | undefined;
    const send: typeof globalThis.fetch = async (address, init) => {
      const given = await fetch(String(address), {
        method,
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: body ?? null,
        redirect,
        signal,
      });
      const { headers, status, body: bytes } = await wholeAnswer(given, most);
      const text = new TextDecoder().decode(bytes);
      answer = { status, headers, body: parseJson(text) };
      return new Response(null, { status });
    };
    const headers = {
      'x-github-api-version': apiVersion,
      ...(body !== undefined && { 'content-type': type }),
    };
    const data = body === undefined ? {} : { data: body };
    try {
      await octokit.request({ method, url, headers, ...data, request: { fetch: send, signal } });
    } catch (error) {
      signal.throwIfAborted();
      // Where there is no answer, what fetch said is the cause.
      if (answer === undefined) throw field(error, 'cause') ?? error;
    }
    if (answer === undefined) throw new Error('Octokit has sent nothing');
    return answer;
  };
}

async function open({ token, restUrl, userAgent }: GitHubAccess) {
  const { getOctokit } = await import('@actions/github');
  return getOctokit(token, { baseUrl: restUrl, userAgent, log: silent });
}
