import { changedFiles } from '../git/files.ts';
import type { HistoryFilter } from '../git/history.ts';
import { ApiError, notFound } from './api-error.ts';
import { readPage, slice } from './pages.ts';
import { showPullRequest } from './pull-request.ts';
import { type Call, pageAnswer, type Route } from './route.ts';
import { showCommit, showFile } from './show-commit.ts';

const filesOfOnePage = 300;

/**
 * Commits of a repository.
 * Source: https://docs.github.com/rest/commits/commits
 */
export const commitRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^commits$/,
    docs: 'commits/commits#list-commits',
    needs: { contents: 'read' },
    run: listCommits,
  },
  {
    method: 'GET',
    path: /^commits\/(?<sha>.+)\/pulls$/,
    docs: 'commits/commits#list-pull-requests-associated-with-a-commit',
    needs: { contents: 'read', pull_requests: 'read' },
    async run(call) {
      const { world, path, query } = call;
      const oid = await knownCommit(call, path['sha'] ?? '');
      const page = readPage(query);
      const pulls = world.settings.pullRequests.filter(({ mergeCommit }) => mergeCommit === oid);
      const shown = slice(pulls, page).map((pull) => showPullRequest(world, pull));
      return pageAnswer(call, page, pulls.length, shown);
    },
  },
  {
    method: 'GET',
    path: /^commits\/(?<ref>.+)$/,
    docs: 'commits/commits#get-a-commit',
    needs: { contents: 'read' },
    async run(call) {
      const { world, path, query, request } = call;
      const oid = await knownCommit(call, path['ref'] ?? '');
      if (request.headers['accept']?.includes('application/vnd.github.sha')) {
        const headers = { 'content-type': 'application/vnd.github.sha; charset=utf-8' };
        return { status: 200, headers, body: oid };
      }
      const commit = await world.git.objects.commit(oid);
      const files = await changedFiles(world.git.folder, commit.parents[0], oid);
      const page = { number: readPage(query).number, size: filesOfOnePage };
      const additions = files.reduce((sum, file) => sum + file.additions, 0);
      const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
      return pageAnswer(call, page, files.length, {
        ...showCommit(world, commit),
        stats: { total: additions + deletions, additions, deletions },
        files: slice(files, page).map((file) => showFile(world, oid, file)),
      });
    },
  },
];

async function listCommits(call: Call) {
  const { world, query } = call;
  const { git } = world;
  const name = query.get('sha') || (await git.defaultBranch());
  const head = await git.commitOf(name);
  if (head === undefined) {
    if ((await git.refs.all()).length === 0) throw new ApiError(409, 'Git Repository is empty.');
    throw notFound();
  }
  const filter: HistoryFilter = {};
  for (const key of ['path', 'since', 'until', 'author', 'committer'] as const) {
    const value = query.get(key);
    if (value) filter[key] = value;
  }
  const page = readPage(query);
  const [oids, total] = await Promise.all([
    git.history.list(head, (page.number - 1) * page.size, page.size, filter),
    git.history.count(head, filter),
  ]);
  const commits = await Promise.all(oids.map((oid) => git.objects.commit(oid)));
  return pageAnswer(
    call,
    page,
    total,
    commits.map((commit) => showCommit(world, commit)),
  );
}

async function knownCommit({ world }: Call, name: string): Promise<string> {
  const oid = await world.git.commitOf(name);
  if (oid === undefined) throw new ApiError(422, `No commit found for SHA: ${name}`);
  return oid;
}
