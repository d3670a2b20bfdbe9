import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ofTomorrow } from '../../src/http/variety.ts';
import { app, refusal, sinceOne, startWorld, token, type World } from '../../test/github/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const ref = 'GET /repos/{owner}/{repo}/git/ref/{ref}';
const matching = 'GET /repos/{owner}/{repo}/git/matching-refs/{ref}';
const createRef = 'POST /repos/{owner}/{repo}/git/refs';
const updateRef = 'PATCH /repos/{owner}/{repo}/git/refs/{ref}';
const deleteRef = 'DELETE /repos/{owner}/{repo}/git/refs/{ref}';
const compare = 'GET /repos/{owner}/{repo}/compare/{basehead}';

describe('reading', () => {
  test('the repository says its default branch and what the token may do', async () => {
    const { data, headers } = await world.octokit.request('GET /repos/{owner}/{repo}', app);
    expect(data).toMatchObject({ default_branch: 'main', permissions: { push: true, pull: true } });
    expect(headers['x-ratelimit-remaining']).toBeDefined();
    expect(headers['x-github-request-id']).toBeDefined();
  });

  test('a ref is the object it points to, annotated or not', async () => {
    const { octokit, commits, git } = world;
    const annotated = await octokit.request(ref, { ...app, ref: 'tags/v1.0.0' });
    expect(annotated.data.object).toMatchObject({
      type: 'tag',
      sha: await git('rev-parse', 'refs/tags/v1.0.0'),
    });
    const tag = await octokit.request('GET /repos/{owner}/{repo}/git/tags/{tag_sha}', {
      ...app,
      tag_sha: annotated.data.object.sha,
    });
    expect(tag.data).toMatchObject({
      tag: 'v1.0.0',
      message: 'Version 1.0.0',
      object: { type: 'commit', sha: commits.one },
    });
    const branch = await octokit.request(ref, { ...app, ref: 'heads/release/1.x' });
    expect(branch.data.object).toMatchObject({ type: 'commit', sha: commits.oldStable });
  });

  test.each(['tags/v1.0', 'tags/v1.0.0^{}', 'heads/gone', 'main'])('no ref: %s', async (name) => {
    const { status, data } = await refusal(world.octokit.request(ref, { ...app, ref: name }));
    expect(status).toBe(404);
    expect(data).toEqual({
      message: 'Not Found',
      documentation_url: 'https://docs.github.com/rest/git/refs#get-a-reference',
      status: '404',
    });
  });

  test('matching refs go by the start of the name and are never paged', async () => {
    const { octokit } = world;
    const { data } = await octokit.request(matching, { ...app, ref: 'tags/v1', per_page: 1 });
    expect(data.map((one) => one.ref)).toEqual([
      'refs/tags/v1',
      'refs/tags/v1.0.0',
      'refs/tags/v10.0.0',
    ]);
    const none = await octokit.request(matching, { ...app, ref: 'tags/x' });
    expect(none.data).toEqual([]);
  });

  test('tags are ordered by name from Z to A, in pages that link to each other', async () => {
    const { octokit, commits } = world;
    const first = await octokit.request('GET /repos/{owner}/{repo}/tags', { ...app, per_page: 2 });
    expect(first.data.map(({ name }) => name)).toEqual(['v9.0.0', 'v10.0.0']);
    const [, next = ''] = /<([^>]+)>; rel="next"/.exec(first.headers.link ?? '') ?? [];
    expect(first.headers.link).toMatch(/page=3>; rel="last"/);
    const second = await octokit.request(`GET ${next}`);
    expect(second.data).toMatchObject([
      { name: 'v1.0.0', commit: { sha: commits.one } },
      { name: 'v1' },
    ]);
    expect(second.headers.link).toMatch(/rel="prev".*rel="next".*rel="last".*rel="first"/);
  });

  test('commits of a path, of a branch, and what one of them changed', async () => {
    const { octokit, commits } = world;
    const of = (more: object) =>
      octokit.request('GET /repos/{owner}/{repo}/commits', { ...app, ...more });
    expect((await of({ path: 'src/b.txt' })).data).toMatchObject([
      { commit: { message: 'feat: on a branch' } },
    ]);
    expect((await of({ sha: 'release/1.x', per_page: 1 })).data).toMatchObject([
      { sha: commits.oldStable, parents: [{ sha: commits.one }] },
    ]);
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}', {
      ...app,
      ref: commits.newest,
    });
    expect(data.files).toMatchObject([
      { filename: 'src/a.txt', status: 'removed', deletions: 1, patch: '@@ -1 +0,0 @@\n-a' },
      { filename: 'src/b.txt', status: 'added', additions: 1 },
    ]);
    expect(await refusal(of({ sha: 'gone' }))).toMatchObject({ status: 404 });
  });

  test('the pull request of a commit', async () => {
    const { octokit, commits, github } = world;
    github.settings.pullRequests.push({
      number: 7,
      title: 'feat!: on a branch',
      mergeCommit: commits.newest,
      labels: ['breaking'],
    });
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', {
      ...app,
      commit_sha: commits.newest,
    });
    expect(data).toMatchObject([
      { number: 7, title: 'feat!: on a branch', labels: [{ name: 'breaking' }] },
    ]);
  });
});

describe('comparing', () => {
  const of = async (basehead: string, more = {}) =>
    (await world.octokit.request(compare, { ...app, basehead, ...more })).data;

  test('without paging: the newest 250, oldest first', async () => {
    const data = await of('v1.0.0...main');
    expect(data).toMatchObject({
      status: 'ahead',
      ahead_by: sinceOne,
      behind_by: 0,
      total_commits: sinceOne,
      merge_base_commit: { sha: world.commits.one },
    });
    expect(data.commits).toHaveLength(250);
    expect(data.commits.at(-1)?.sha).toBe(world.commits.newest);
    expect(data.files?.map(({ filename }) => filename)).toEqual(['src/a.txt', 'src/b.txt']);
  });

  test('with paging: from the oldest on, files only on the first page', async () => {
    const first = await of('v1.0.0...main', { per_page: 100 });
    const last = await of('v1.0.0...main', { per_page: 100, page: 3 });
    expect(first.commits[0]?.commit.message).toBe('fix: number 1');
    expect(first.files).toHaveLength(2);
    expect(last.commits).toHaveLength(sinceOne - 200);
    expect(last.commits.at(-1)?.sha).toBe(world.commits.newest);
    expect(last.files).toBeUndefined();
    const order = (await world.git('rev-list', '--reverse', 'v1.0.0..main')).split('\n');
    expect(first.commits.map(({ sha }) => sha)).toEqual(order.slice(0, 100));
  });

  test.each([
    ['main...v1.0.0', { status: 'behind', ahead_by: 0, behind_by: sinceOne }],
    ['main...main', { status: 'identical', ahead_by: 0, behind_by: 0, commits: [], files: [] }],
    ['release/1.x...main', { status: 'diverged', ahead_by: sinceOne, behind_by: 1 }],
    ['v1...org:release/1.x', { status: 'ahead', ahead_by: 1, behind_by: 0 }],
  ])('%s', async (basehead, expected) => {
    expect(await of(basehead)).toMatchObject(expected);
  });

  test.each([
    ['gone...main', 'Not Found'],
    ['main', 'Not Found'],
    ['main...alone', 'No common ancestor between main and alone.'],
  ])('%s is not there', async (basehead, message) => {
    expect(await refusal(of(basehead))).toMatchObject({ status: 404, data: { message } });
  });
});

describe('writing refs', () => {
  test('a ref is created once, moves forward, moves back only by force, and is deleted', async () => {
    const { octokit, commits, git } = world;
    const made = await octokit.request(createRef, {
      ...app,
      ref: 'refs/tags/v2.0.0',
      sha: commits.one,
    });
    expect(made.status).toBe(201);
    expect(made.headers.location).toBe(made.data.url);
    expect(await git('rev-parse', 'refs/tags/v2.0.0')).toBe(commits.one);
    const again = octokit.request(createRef, { ...app, ref: 'refs/tags/v2.0.0', sha: commits.one });
    expect(await refusal(again)).toMatchObject({
      status: 422,
      data: { message: 'Reference already exists', status: '422' },
    });
    const move = (sha: string, force = false) =>
      octokit.request(updateRef, { ...app, ref: 'tags/v2.0.0', sha, force });
    expect((await move(commits.newest)).data.object.sha).toBe(commits.newest);
    expect(await refusal(move(commits.one))).toMatchObject({
      status: 422,
      data: { message: 'Update is not a fast forward' },
    });
    await move(commits.one, true);
    expect(await git('rev-parse', 'refs/tags/v2.0.0')).toBe(commits.one);
    await octokit.request(deleteRef, { ...app, ref: 'tags/v2.0.0' });
    expect(await git('tag', '--list', 'v2.0.0')).toBe('');
    const gone = octokit.request(deleteRef, { ...app, ref: 'tags/v2.0.0' });
    expect(await refusal(gone)).toMatchObject({
      status: 422,
      data: { message: 'Reference does not exist' },
    });
  });

  test('an annotated tag is an object first, and a ref then', async () => {
    const { octokit, commits, git } = world;
    const { data } = await octokit.request('POST /repos/{owner}/{repo}/git/tags', {
      ...app,
      tag: 'v2.1.0',
      message: 'Version 2.1.0\n\nWith notes.',
      object: commits.one,
      type: 'commit',
      tagger: { name: 'Bot', email: 'bot@example.com', date: '2026-02-03T04:05:06+01:00' },
    });
    expect(data.tagger).toEqual({
      ...ofTomorrow,
      name: 'Bot',
      email: 'bot@example.com',
      date: '2026-02-03T03:05:06Z',
    });
    await octokit.request(createRef, { ...app, ref: 'refs/tags/v2.1.0', sha: data.sha });
    expect(
      await git('for-each-ref', '--format=%(contents)%(*objectname)', 'refs/tags/v2.1.0'),
    ).toBe(`Version 2.1.0\n\nWith notes.\n${commits.one}`);
    expect(await git('fsck', '--no-dangling', '--strict')).toBe('');
  });

  const zeros = '0'.repeat(40);
  test.each([
    [
      { ref: 'tags/x', sha: zeros },
      'Reference name must contain at least three slash-separated components.',
    ],
    [{ ref: 'refs/tags/a..b', sha: zeros }, 'refs/tags/a..b is not a valid ref name.'],
    [
      { ref: 'refs/tags/x', sha: 'abc' },
      'Invalid request.\n\nAt least 40 characters are required; only 3 were supplied.',
    ],
    [{ ref: 'refs/tags/x', sha: '1'.repeat(40) }, 'Object does not exist'],
    [{ ref: 'refs/tags/x' }, 'Invalid request.\n\n"sha" wasn\'t supplied.'],
    [
      { ref: 'refs/tags/x', sha: zeros, force: true },
      'Invalid request.\n\n"force" is not a permitted key.',
    ],
    [{ ref: 7, sha: zeros }, "Invalid request.\n\nFor 'properties/ref', 7 is not a string."],
  ])('refuses to create %j', async (body, message) => {
    const call = world.octokit.request(`POST /repos/org/app/git/refs`, { data: body });
    expect(await refusal(call)).toMatchObject({ status: 422, data: { message } });
  });

  test('of forty who create the same tag at once, one does', async () => {
    const { octokit, commits, git } = world;
    const create = (sha: string) =>
      octokit.request(createRef, { ...app, ref: 'refs/tags/v3.0.0', sha });
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) => create(index % 2 ? commits.one : commits.newest)),
    );
    const [made, ...more] = results.filter(({ status }) => status === 'fulfilled');
    expect(more).toEqual([]);
    expect(made).toMatchObject({
      value: { data: { object: { sha: await git('rev-parse', 'v3.0.0') } } },
    });
    expect(new Set(results.map((one) => Object(one).reason?.response.data.message))).toEqual(
      new Set([undefined, 'Reference already exists']),
    );
  });
});

describe('who may do what', () => {
  const asked = (path: string, init: RequestInit = {}) =>
    fetch(`${world.github.api}${path}`, { ...init, headers: { ...init.headers } });
  const auth = { authorization: `token ${token}` };

  test.each([
    ['no token in a private repository', {}, 404, 'Not Found'],
    ['a wrong token', { authorization: 'Bearer ghs_wrong' }, 401, 'Bad credentials'],
    [
      'a media type nobody serves',
      { ...auth, accept: 'text/html' },
      415,
      /^Unsupported 'Accept' header/,
    ],
    [
      'an unknown version of the API',
      { ...auth, 'x-github-api-version': '2020-01-01' },
      400,
      /version/,
    ],
  ])('%s', async (_, headers, status, message) => {
    const response = await asked('/repos/org/app/tags', { headers });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ message: expect.stringMatching(message) });
  });

  test('a request without a User-Agent is refused before anything else', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      request(`${world.github.api}/repos/org/app`, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  test('other repositories and endpoints are not there', async () => {
    for (const path of ['/repos/org/other', '/repos/org/app/nothing', '/user']) {
      const response = await asked(path, { headers: auth });
      expect(response.status).toBe(404);
    }
  });

  test('a public repository can be read by everyone, and written by nobody', async () => {
    const { settings } = world.github;
    settings.private = false;
    try {
      expect((await asked('/repos/org/app/tags')).status).toBe(200);
      const write = await asked('/repos/org/app/git/refs', { method: 'POST', body: '{}' });
      expect(write.status).toBe(401);
      expect(await write.json()).toMatchObject({ message: 'Requires authentication' });
    } finally {
      settings.private = true;
    }
  });

  test('a token that may only read is told which permission is missing', async () => {
    const { settings } = world.github;
    settings.permissions = { contents: 'read' };
    try {
      const call = world.octokit.request(createRef, {
        ...app,
        ref: 'refs/tags/v4.0.0',
        sha: world.commits.one,
      });
      expect(await refusal(call)).toMatchObject({
        status: 403,
        data: { message: 'Resource not accessible by integration' },
        headers: { 'x-accepted-github-permissions': 'contents=write' },
      });
    } finally {
      settings.permissions = { contents: 'write', pull_requests: 'read' };
    }
  });

  test('a commit with a workflow that no branch has can not be tagged', async () => {
    const { octokit, commits, git } = world;
    const tag = (sha: string) =>
      octokit.request(createRef, { ...app, ref: 'refs/tags/v0.1.1', sha });
    expect(await refusal(tag(commits.first))).toMatchObject({
      status: 403,
      data: { message: 'Resource not accessible by integration' },
      headers: {
        'x-accepted-github-permissions': 'contents=write; contents=write,workflows=write',
      },
    });
    expect(await git('tag', '--list', 'v0.1.1')).toBe('');
    expect((await tag(commits.workflow)).status).toBe(201);
  });
});

describe('rulesets', () => {
  test.each([
    [
      'creation',
      createRef,
      { ref: 'refs/tags/v5.0.0' },
      'Cannot create ref due to creations being restricted.',
    ],
    ['update', updateRef, { ref: 'tags/v1', force: true }, 'Cannot update this protected ref.'],
    ['deletion', deleteRef, { ref: 'tags/v1' }, 'Cannot delete this protected ref.'],
  ] as const)('%s', async (kind, route, more, sentence) => {
    const { github, octokit, commits, git } = world;
    const before = await git('for-each-ref');
    github.settings.rules = [{ include: ['refs/tags/v*'], restrict: [kind] }];
    try {
      const sha = kind === 'deletion' ? {} : { sha: commits.newest };
      const call = octokit.request(route, { ...app, ...sha, ...more });
      expect(await refusal(call)).toMatchObject({
        status: 422,
        data: { message: `Repository rule violations found\n\n${sentence}\n\n` },
      });
    } finally {
      github.settings.rules = [];
    }
    expect(await git('for-each-ref')).toBe(before);
  });
});
