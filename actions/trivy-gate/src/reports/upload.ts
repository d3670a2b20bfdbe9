import type { GitHubContext } from '@slipway/shared/action/github';
import { withoutEnd } from '@slipway/shared/action/plain-text';
import type { Environment } from '@slipway/shared/exec/environment';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { Fetch } from '@slipway/shared/http/fetch';
import { openGitHub } from '@slipway/shared/http/github';
import { askInTime, wordsOf } from '@slipway/shared/http/github-exchange';
import { listField, textField } from '@slipway/shared/http/json';
import { persist } from '@slipway/shared/http/retry';
import { cut } from '@slipway/shared/secrets/cut';
import type { Clock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { poll } from '@slipway/shared/time/poll';

/** What an upload runs on. */
export interface UploadTools {
  fetch: Fetch;
  clock: Clock;
  signal: AbortSignal;
  env: Environment;
  github: GitHubContext;
  token: string;
}

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
  tools: UploadTools,
): Promise<string | undefined> {
  const { github } = tools;
  const body = {
    commit_sha: github.sha,
    ref: github.ref,
    sarif: report.toString('base64'),
    started_at: new Date(started).toISOString(),
    tool_name: 'Trivy',
  };
  const ask = openCodeScanning(tools);
  const answer = await ask('POST', 'sarifs', tools.signal, JSON.stringify(body));
  const id = textField(answer, 'id');
  if (!id) throw Failure.of('gate/upload', { said: 'its answer has no id' });
  try {
    return await deadline(tools.clock, patience, tools.signal, (signal) =>
      poll(tools.clock, signal, async () => {
        const state = await ask('GET', `sarifs/${encodeURIComponent(id)}`, signal);
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

type AskCodeScanning = (
  method: 'GET' | 'POST',
  path: string,
  signal: AbortSignal,
  body?: string,
) => Promise<unknown>;

/** The API of code scanning. Both requests may be repeated: a second report replaces the first. */
function openCodeScanning({ clock, env, fetch, github, token }: UploadTools): AskCodeScanning {
  const restUrl = env['GITHUB_API_URL'] || 'https://api.github.com';
  const most = longestAnswer;
  const userAgent = 'slipway-trivy-gate';
  const api = openGitHub({ token, restUrl, userAgent, fetch, most, redirect: 'error' });
  const hidden = (text: string) => text.replaceAll(token, '***');
  return async (method, path, signal, body) => {
    const url = `${restUrl}/repos/${github.repository}/code-scanning/${path}`;
    try {
      const answer = await persist({ clock, signal, budget }, () =>
        askInTime({ ask: api, clock, signal }, { method, url, body }),
      );
      const { status } = answer;
      if (status >= 200 && status < 300) return answer.body;
      const said = [`status ${status}`, wordsOf(answer)].filter(Boolean).join(', ');
      throw Failure.of('gate/upload', { said: withoutEnd(cut(hidden(said), 500), ' .\n') });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Failure) throw error;
      throw Failure.of('gate/upload', { said: hidden(messageOf(error)) }, error);
    }
  };
}
