import { describe, expect, test } from '@jest/globals';
import { readGitHubContext } from '@slipway/shared/action/github';
import { Failure } from '@slipway/shared/failure/failure';
import type { Fetch, HttpRequest } from '@slipway/shared/http/fetch';
import type { Clock } from '@slipway/shared/time/clock';
import { uploadSarif } from '../src/reports/upload.ts';

const token = 'planted-token-1';
const github = readGitHubContext({
  GITHUB_REPOSITORY: 'octo/shop',
  GITHUB_SHA: 'a'.repeat(40),
  GITHUB_REF: 'refs/heads/main',
});

type Given = () => Response | Error;

/** Uploads to a GitHub that gives these answers, one after the other, and the last one on and on. */
async function upload(...answers: Given[]) {
  const sent: Array<{ url: string } & HttpRequest> = [];
  const pauses: number[] = [];
  let passed = 0;
  const clock: Clock = {
    now: () => passed,
    async sleep(ms, signal) {
      if (ms === 30_000 || ms === 60_000) {
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        return;
      }
      pauses.push(ms);
      passed += ms;
    },
  };
  const fetch: Fetch = async (url, request) => {
    sent.push({ url: String(url), ...request });
    const answer = (answers.length > 1 ? answers.shift() : answers[0])?.();
    if (answer === undefined || answer instanceof Error) throw answer;
    return answer;
  };
  const said = await uploadSarif(Buffer.from('report'), 0, {
    fetch,
    clock,
    signal: new AbortController().signal,
    env: {},
    github,
    token,
  }).catch((error: unknown) => error);
  return { said, sent, pauses };
}

const taken = () => Response.json({ id: '1' }, { status: 202 });
const done = () => Response.json({ processing_status: 'complete' });
const refusal =
  (status: number, message: string, headers: Record<string, string> = {}) =>
  () =>
    Response.json({ message }, { status, headers });
const reset = () => new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });

test('is sent to code scanning of the repository, by the token, and nowhere else', async () => {
  const { said, sent } = await upload(taken, done);
  expect(said).toBeUndefined();
  const base = 'https://api.github.com/repos/octo/shop/code-scanning/sarifs';
  expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
    `POST ${base}`,
    `GET ${base}/1`,
  ]);
  expect(sent.map(({ redirect }) => redirect)).toEqual(['error', 'error']);
  expect(new Headers(sent[0]?.headers).get('authorization')).toBe(`token ${token}`);
  expect(JSON.parse(String(sent[0]?.body))).toEqual({
    commit_sha: github.sha,
    ref: github.ref,
    sarif: Buffer.from('report').toString('base64'),
    started_at: '1970-01-01T00:00:00.000Z',
    tool_name: 'Trivy',
  });
});

describe('a passing fault is tried again', () => {
  test.each<[string, Given, number]>([
    ['503', refusal(503, 'later'), 0],
    ['a reset connection', reset, 0],
    ['429', refusal(429, 'later', { 'retry-after': '7' }), 7_000],
    ['a rate limit that is a 403', refusal(403, 'later', { 'retry-after': '7' }), 7_000],
    [
      'a used up hour that ends in 9 s',
      refusal(403, 'API rate limit exceeded', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '9',
      }),
      9_000,
    ],
  ])('%s', async (_, fault, pause) => {
    const { said, sent, pauses } = await upload(fault, taken, done);
    expect(said).toBeUndefined();
    expect(sent).toHaveLength(3);
    expect(pauses[0]).toBeGreaterThanOrEqual(pause);
  });
});

describe('is an error, said once', () => {
  test.each<[string, Given, RegExp]>([
    [
      'a refusal',
      refusal(403, 'Resource not accessible.'),
      /status 403, Resource not accessible\.$/,
    ],
    ['a refusal that quotes the token', refusal(422, `no ${token}`), /status 422, no \*\*\*\.$/],
    [
      'a longer wait than the job has',
      refusal(403, 'secondary rate limit'),
      /secondary rate limit/,
    ],
    [
      'a page without end',
      () => new Response('x'.repeat(1024 * 1024 + 1)),
      /longer than 1048576 bytes/,
    ],
    ['an answer of somebody else', () => new Response('<html>'), /has no id/],
    [
      'a redirect',
      () => new TypeError('fetch failed', { cause: new Error('unexpected redirect') }),
      /redirect/,
    ],
  ])('%s', async (_, answer, words) => {
    const { said, sent } = await upload(answer);
    if (!(said instanceof Failure)) throw said;
    expect(said.code).toBe('gate/upload');
    expect(said.message).toMatch(words);
    expect(said.message).not.toContain(token);
    expect(sent).toHaveLength(1);
  });
});
