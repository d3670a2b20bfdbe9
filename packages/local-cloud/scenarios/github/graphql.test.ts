import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startGitHub } from '../../src/github/github.ts';
import { sinceOne, startWorld, token, type World } from '../../test/github/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ style: 'enterprise' });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const nothing = '0'.repeat(40);

interface Answered {
  data?: unknown;
  errors?: { type?: string; message: string; path?: string[] }[];
}

/** Sends a query as it is, to see the whole answer. */
async function ask(query: string, variables = {}, at = world.github): Promise<Answered> {
  const response = await fetch(at.graphql, {
    method: 'POST',
    headers: { authorization: `bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  expect(response.status).toBe(200);
  // Beside what was asked for there may be more, which is not what these tests are about.
  const { extensions: _, ...answered } = Object(await response.json());
  return answered;
}

const inRepository = (fields: string) => `{ repository(owner: "org", name: "app") { ${fields} } }`;

describe('reading', () => {
  test('tags in the order of their commits, page by page, with what they point to', async () => {
    const query = `query($after: String) { repository(owner: "org", name: "app") {
      refs(refPrefix: "refs/tags/", first: 2, after: $after,
           orderBy: { field: TAG_COMMIT_DATE, direction: DESC }) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { name prefix target { __typename oid ... on Tag { message target { oid } } } } } } }`;
    const seen: unknown[] = [];
    let after: string | null = null;
    do {
      const answer: Page = await world.octokit.graphql<Page>(query, { after });
      const { refs } = answer.repository;
      expect(refs.totalCount).toBe(5);
      seen.push(...refs.nodes);
      after = refs.pageInfo.hasNextPage ? refs.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toMatchObject([
      { name: 'v9.0.0', prefix: 'refs/tags/', target: { __typename: 'Commit' } },
      { name: 'v10.0.0' },
      {
        name: 'v1.0.0',
        target: { __typename: 'Tag', message: 'Version 1.0.0', target: { oid: world.commits.one } },
      },
      { name: 'v1' },
      { name: 'v0.1.0' },
    ]);
  });

  test('refs by a part of their name', async () => {
    const query = inRepository(
      'refs(refPrefix: "refs/tags/", query: "v1", first: 100) { nodes { name } }',
    );
    expect((await ask(query)).data).toEqual({
      repository: { refs: { nodes: [{ name: 'v1' }, { name: 'v1.0.0' }, { name: 'v10.0.0' }] } },
    });
  });

  test('a comparison of a tag with a branch', async () => {
    const query = inRepository(`ref(qualifiedName: "refs/tags/v1.0.0") {
      compare(headRef: "main") { status aheadBy behindBy
        commits(last: 1) { totalCount nodes { oid messageHeadline } } }
      back: compare(headRef: "v0.1.0") { status behindBy } none: compare(headRef: "gone") { status } }`);
    expect((await ask(query)).data).toEqual({
      repository: {
        ref: {
          compare: {
            status: 'AHEAD',
            aheadBy: sinceOne,
            behindBy: 0,
            commits: {
              totalCount: sinceOne,
              nodes: [
                {
                  oid: world.commits.newest,
                  messageHeadline: 'Merge pull request #7 from org/feature',
                },
              ],
            },
          },
          back: { status: 'BEHIND', behindBy: 2 },
          none: null,
        },
      },
    });
  });

  test('the history of a commit, in the order of git log', async () => {
    const query = inRepository(`defaultBranchRef { target { ... on Commit { oid
      history(first: 100) { totalCount nodes { oid committedDate } } } } }`);
    const answer: Log = await world.octokit.graphql<Log>(query);
    const { history, oid } = answer.repository.defaultBranchRef.target;
    expect(oid).toBe(world.commits.newest);
    const log = (await world.git('rev-list', 'main')).split('\n');
    expect(history.totalCount).toBe(log.length);
    expect(history.nodes.map((node) => node.oid)).toEqual(log.slice(0, 100));
  });

  test('what is not there is null, or said to be unknown', async () => {
    expect(await ask(inRepository('ref(qualifiedName: "refs/tags/no") { name }'))).toEqual({
      data: { repository: { ref: null } },
    });
    expect(await ask('{ repository(owner: "org", name: "no") { id } }')).toMatchObject({
      data: { repository: null },
      errors: [{ type: 'NOT_FOUND', path: ['repository'] }],
    });
  });
});

interface Page {
  repository: {
    refs: {
      totalCount: number;
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
      nodes: unknown[];
    };
  };
}

interface Log {
  repository: {
    defaultBranchRef: {
      target: { oid: string; history: { totalCount: number; nodes: { oid: string }[] } };
    };
  };
}

describe('limits', () => {
  test.each([
    ['refs(refPrefix: "refs/tags/") { totalCount }', 'MISSING_PAGINATION_BOUNDARIES'],
    ['refs(refPrefix: "refs/tags/", first: 101) { totalCount }', 'EXCESSIVE_PAGINATION'],
    [
      'refs(refPrefix: "refs/tags/", first: 100) { nodes { target { ... on Commit { history(first: 100) { nodes { parents(first: 100) { totalCount } } } } } } }',
      'MAX_NODE_LIMIT_EXCEEDED',
    ],
  ])('%s', async (fields, type) => {
    expect((await ask(inRepository(fields))).errors).toMatchObject([{ type }]);
  });

  test('a field that GitHub does not have is refused', async () => {
    const { data, errors } = await ask(inRepository('tags { name }'));
    expect(data).toBeUndefined();
    expect(errors?.[0]?.message).toContain('tags');
  });

  test('a token that may not read contents sees that there is a repository, and no more', async () => {
    const { settings } = world.github;
    const { permissions } = settings;
    settings.permissions = {};
    const answer = await ask(inRepository('name ref(qualifiedName: "main") { name }'));
    settings.permissions = permissions;
    expect(answer).toMatchObject({
      data: { repository: { name: 'app', ref: null } },
      errors: [{ type: 'FORBIDDEN', path: ['repository', 'ref'] }],
    });
  });

  test('without a token nothing is answered', async () => {
    const response = await fetch(world.github.graphql, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
  });
});

describe('updateRefs', () => {
  const updateRefs =
    'mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }';
  const update = async (...refUpdates: object[]) =>
    ask(updateRefs, {
      input: { repositoryId: await repositoryId(), refUpdates, clientMutationId: 'mine' },
    });
  const repositoryId = async () => {
    const { data } = await world.octokit.request('GET /repos/{owner}/{repo}', {
      owner: 'org',
      repo: 'app',
    });
    return data.node_id;
  };
  const tag = (version: string) => `refs/tags/${version}`;

  test('creates, moves and deletes in one step', async () => {
    const { commits, git } = world;
    const done = { data: { updateRefs: { clientMutationId: 'mine' } } };
    const { one, newest } = commits;
    expect(
      await update(
        { name: tag('v2.0.0'), beforeOid: nothing, afterOid: newest },
        { name: tag('v2'), beforeOid: nothing, afterOid: newest },
        { name: tag('v1'), beforeOid: one, afterOid: newest },
        { name: tag('v9.0.0'), beforeOid: one, afterOid: nothing },
      ),
    ).toEqual(done);
    expect(await git('rev-parse', 'v2.0.0', 'v2', 'v1')).toBe([newest, newest, newest].join('\n'));
    expect(await git('tag', '--list', 'v9*')).toBe('');
    expect(await update({ name: tag('v1'), afterOid: one, force: true })).toEqual(done);
  });

  const refused: [string, { name: string; beforeOid?: string; afterOid?: string }][] = [
    ['one must not exist and does', { name: tag('v1.0.0'), beforeOid: nothing }],
    ['one has moved', { name: tag('v1'), beforeOid: '1'.repeat(40) }],
    ['one would go back', { name: 'refs/heads/main', afterOid: 'one' }],
    ['one points to nothing', { name: tag('v7'), afterOid: '2'.repeat(40) }],
    ['one has no full name', { name: 'v7' }],
    ['one is in the way of another', { name: tag('v1.0.0/more') }],
  ];
  test.each(refused)('changes nothing when %s', async (_, change) => {
    const { commits, git } = world;
    const before = await git('for-each-ref');
    const afterOid = change.afterOid === 'one' ? commits.one : (change.afterOid ?? commits.newest);
    const answer = await update(
      { name: tag('v6.0.0'), beforeOid: nothing, afterOid: commits.newest },
      { ...change, afterOid },
    );
    expect(answer).toMatchObject({
      data: { updateRefs: null },
      errors: [{ type: 'UNPROCESSABLE', path: ['updateRefs'] }],
    });
    expect(await git('for-each-ref')).toBe(before);
  });

  test('of forty who release at once, at two servers, one gets the version', async () => {
    const { commits, folder, git, github } = world;
    // The second server knows nothing of the first: only git's locks are between them.
    await using other = await startGitHub({
      repository: 'org/app',
      git: folder,
      settings: { token },
    });
    const id = await repositoryId();
    const release = (index: number) => {
      const change = {
        beforeOid: nothing,
        afterOid: index % 2 ? commits.one : commits.newest,
      };
      const refUpdates = [
        { name: tag('v8.0.0'), ...change },
        { name: tag('v8'), ...change },
        { name: tag(`done-${index}`), ...change },
      ];
      const input = { repositoryId: id, refUpdates };
      return ask(updateRefs, { input }, index % 4 < 2 ? github : other);
    };
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => release(index)));
    const done = answers.flatMap(({ errors }, index) => (errors ? [] : [index]));
    expect(done).toHaveLength(1);
    expect(await git('tag', '--list', 'done-*')).toBe(`done-${done[0]}`);
    expect(await git('rev-parse', 'v8')).toBe(await git('rev-parse', 'v8.0.0'));
  });

  test('a token that may only read is refused, and so is a broken rule', async () => {
    const { commits, github } = world;
    const { settings } = github;
    const change = { name: tag('v11.0.0'), beforeOid: nothing, afterOid: commits.newest };
    const { permissions } = settings;
    settings.permissions = { contents: 'read' };
    expect((await update(change)).errors).toMatchObject([{ type: 'FORBIDDEN' }]);
    settings.permissions = permissions;
    settings.rules = [{ include: ['refs/tags/v*'], restrict: ['creation'] }];
    expect((await update(change)).errors).toMatchObject([
      { type: 'UNPROCESSABLE', message: expect.stringContaining('creations being restricted') },
    ]);
    settings.rules = [];
  });
});

test('one ref at a time: create, move, delete', async () => {
  const { commits, git, octokit } = world;
  const { data } = await octokit.request('GET /repos/{owner}/{repo}', {
    owner: 'org',
    repo: 'app',
  });
  const made: { createRef: { ref: { id: string; name: string } } } = await octokit.graphql(
    'mutation($input: CreateRefInput!) { createRef(input: $input) { ref { id name } } }',
    { input: { repositoryId: data.node_id, name: 'refs/tags/v12', oid: commits.one } },
  );
  const { id, name } = made.createRef.ref;
  expect(name).toBe('v12');
  await octokit.graphql(
    'mutation($input: UpdateRefInput!) { updateRef(input: $input) { ref { name } } }',
    {
      input: { refId: id, oid: commits.newest },
    },
  );
  expect(await git('rev-parse', 'v12')).toBe(commits.newest);
  await octokit.graphql(
    'mutation($input: DeleteRefInput!) { deleteRef(input: $input) { clientMutationId } }',
    {
      input: { refId: id },
    },
  );
  expect(await git('tag', '--list', 'v12')).toBe('');
});
