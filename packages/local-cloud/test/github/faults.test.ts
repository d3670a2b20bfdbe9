import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { badGateway, secondaryLimit } from '../../src/github/limits.ts';
import { app, refusal, startWorld, token, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const service = 'github-api';
const tags = () => world.octokit.request('GET /repos/{owner}/{repo}/tags', app);
const create = (version: string) =>
  world.octokit.request('POST /repos/{owner}/{repo}/git/refs', {
    ...app,
    ref: `refs/tags/${version}`,
    sha: world.commits.newest,
  });

test.each([
  [secondaryLimit(7), 403, { 'retry-after': '7' }],
  [secondaryLimit(undefined, 429), 429, {}],
  [badGateway(), 502, {}],
  [badGateway(503), 503, {}],
])('a scripted answer, and then it works', async (fault, status, headers) => {
  world.github.faults.next(service, fault);
  expect(await refusal(tags())).toMatchObject({ status, headers });
  expect((await tags()).status).toBe(200);
});

describe('a connection that breaks', () => {
  test('before: nothing was done', async () => {
    const { github, git } = world;
    github.faults.next(service, 'reset');
    expect(await refusal(create('v2.0.0'))).toMatchObject({ status: 500 });
    expect(await git('tag', '--list', 'v2.0.0')).toBe('');
  });

  test('after: it was done, and the client does not know', async () => {
    const { github, git, commits } = world;
    github.faults.when(service, ({ method }) => method === 'POST', 'lost');
    await tags();
    expect(await refusal(create('v2.1.0'))).toMatchObject({ status: 500 });
    expect(await git('rev-parse', 'v2.1.0')).toBe(commits.newest);
    expect(github.faults.left(service)).toEqual([]);
  });
});

test('a slow answer comes late', async () => {
  world.github.faults.next(service, { delay: 60 });
  const begin = performance.now();
  await tags();
  expect(performance.now() - begin).toBeGreaterThan(50);
});

test('the primary limit: nothing more until it starts again', async () => {
  const { github, octokit } = world;
  const { rates } = github.settings;
  const reset = Math.ceil(Date.now() / 1_000) + 60;
  rates.core = { limit: 1_000, used: 999, reset };
  expect((await tags()).headers).toMatchObject({
    'x-ratelimit-remaining': '0',
    'x-ratelimit-used': '1000',
  });
  expect(await refusal(tags())).toMatchObject({
    status: 403,
    data: { message: expect.stringMatching(/^API rate limit exceeded/) },
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${reset}` },
  });
  rates.graphql = { limit: 1_000, used: 1_000, reset };
  await expect(octokit.graphql('{ viewer { login } }')).rejects.toMatchObject({
    errors: [{ type: 'RATE_LIMITED' }],
  });
  rates.core.reset = 0;
  rates.graphql.reset = 0;
  expect((await tags()).status).toBe(200);
});

test('every request is written down', async () => {
  const { requests, api } = world.github;
  requests.length = 0;
  await tags();
  await world.octokit.graphql('{ viewer { login } }');
  await fetch(`${api}/repos/org/app?x=1`, { headers: { authorization: `token ${token}` } });
  expect(requests).toMatchObject([
    { kind: 'rest', method: 'GET', path: '/repos/org/app/tags', status: 200 },
    { kind: 'graphql', method: 'POST', path: '/graphql', query: expect.stringContaining('viewer') },
    { kind: 'rest', method: 'GET', path: '/repos/org/app?x=1', status: 200 },
  ]);
});
