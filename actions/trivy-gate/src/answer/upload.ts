import type { Environment, GitHubContext } from '@slipway/shared/action/github';
import { withoutEnd } from '@slipway/shared/action/plain-text';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { wholeAnswer } from '@slipway/shared/http/exchange';
import type { Fetch } from '@slipway/shared/http/fetch';
import { listField, parseJson, textField } from '@slipway/shared/http/json';
import { passing, persist } from '@slipway/shared/http/retry';
import { cut } from '@slipway/shared/secrets/cut';
import type { Clock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { poll } from '@slipway/shared/time/poll';

/** What an upload runs on. */
export interface UploadMeans {
  fetch: Fetch;
  clock: Clock;
  signal: AbortSignal;
  env: Environment;
  github: GitHubContext;
  token: string;
}

const attemptLimit = 30_000;
const budget = 30_000;
/** The longest answer that is read, in bytes: a state and its errors. */
const longestAnswer = 1024 * 1024;
/** How long GitHub's processing is waited for, in milliseconds. */
const patience = 60_000;

/**
 * Uploads a SARIF report to GitHub code scanning, and waits until it is processed.
 * Source: https://docs.github.com/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data
 * @param report gzipped
 * @param started when the scan began, milliseconds since the epoch
 * @returns a sentence to warn with, when GitHub took it but had not processed it in time
 * @throws Failure `gate/upload`
 */
export async function uploadSarif(
  report: Buffer,
  started: number,
  means: UploadMeans,
): Promise<string | undefined> {
  const { github } = means;
  const body = {
    commit_sha: github.sha,
    ref: github.ref,
    sarif: report.toString('base64'),
    started_at: new Date(started).toISOString(),
    tool_name: 'Trivy',
  };
  const answer = await ask('POST', 'sarifs', means, JSON.stringify(body));
  const id = textField(answer, 'id');
  if (!id) throw Failure.of('gate/upload', { said: 'its answer has no id' });
  try {
    return await deadline(means.clock, patience, means.signal, (signal) =>
      poll(means.clock, signal, async () => {
        const state = await ask('GET', `sarifs/${encodeURIComponent(id)}`, { ...means, signal });
        const status = textField(state, 'processing_status');
        if (status === 'complete') return '';
        if (status !== 'failed') return undefined;
        const said = listField(state, 'errors').map(String).join('; ') || 'no reason given';
        throw Failure.of('gate/upload', { said: `it could not be processed: ${said}` });
      }),
    ).then((done) => done || undefined);
  } catch (error) {
    if (!(error instanceof TimeoutReached)) throw error;
    return 'GitHub has the SARIF report, but had not processed it within a minute.';
  }
}

async function ask(
  method: 'GET' | 'POST',
  path: string,
  { clock, env, fetch, github, signal, token }: UploadMeans,
  body?: string,
): Promise<unknown> {
  const api = env['GITHUB_API_URL'] || 'https://api.github.com';
  const url = `${api}/repos/${github.repository}/code-scanning/${path}`;
  const attempt = () =>
    deadline(clock, attemptLimit, signal, async (limit) => {
      const response = await fetch(url, {
        method,
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'user-agent': 'slipway',
          'x-github-api-version': '2022-11-28',
        },
        redirect: 'error',
        signal: limit,
        ...(body === undefined ? {} : { body }),
      });
      return wholeAnswer(response, longestAnswer);
    });
  try {
    const { body: text, status } = await persist({ clock, signal, budget }, attempt);
    const answer = parseJson(new TextDecoder().decode(text));
    if (status >= 200 && status < 300 && !passing.has(status)) return answer;
    const message = textField(answer, 'message') ?? '';
    const errors = listField(answer, 'errors').map((one) => textField(one, 'message') ?? one);
    const said = [`status ${status}`, message, ...errors].filter(Boolean).join(', ');
    throw Failure.of('gate/upload', { said: withoutEnd(cut(said, 500), ' .\n') });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Failure) throw error;
    throw Failure.of('gate/upload', { said: messageOf(error) }, error);
  }
}
