import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Octokit } from '@octokit/core';
import {
  type BorrowedRepository,
  borrowBigRepository,
  commitsSinceNewest,
  newestBigVersion,
} from '../src/github/big-history.ts';
import { type GitHub, startGitHub } from '../src/github/github.ts';

let repository: BorrowedRepository;
let github: GitHub;
let octokit: Octokit;
// Only the first time on a machine is the repository made.
beforeAll(async () => {
  repository = await borrowBigRepository();
  github = await startGitHub({ repository: 'org/app', git: repository.folder });
  octokit = new Octokit({ auth: github.settings.token, baseUrl: github.api });
}, 180_000);
afterAll(async () => {
  await github?.[Symbol.asyncDispose]();
  await repository?.[Symbol.asyncDispose]();
});

const app = { owner: 'org', repo: 'app' };

test('10,000 tags and 100,000 commits are answered by git, not by a model of it', async () => {
  const { data: refs } = await octokit.request(
    'GET /repos/{owner}/{repo}/git/matching-refs/{ref}',
    { ...app, ref: 'tags/v' },
  );
  expect(refs.length).toBeGreaterThan(10_000);
  const { data } = await octokit.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
    ...app,
    basehead: `${newestBigVersion}...main`,
  });
  expect(data).toMatchObject({ status: 'ahead', ahead_by: commitsSinceNewest });
  const tags: { repository: { refs: { totalCount: number; nodes: { name: string }[] } } } =
    await octokit.graphql(
      `{ repository(owner: "org", name: "app") { refs(refPrefix: "refs/tags/", first: 100,
         orderBy: { field: TAG_COMMIT_DATE, direction: DESC }) { totalCount nodes { name } } } }`,
    );
  expect(tags.repository.refs.totalCount).toBeGreaterThan(10_000);
  expect(tags.repository.refs.nodes.map(({ name }) => name)).toContain(newestBigVersion);
});
