import type { components } from '@octokit/openapi-types';
import { changedFiles } from '../git/files.ts';
import type { Distance } from '../git/history.ts';
import { pageUrl, repositoryUrl } from '../world.ts';
import { ApiError, notFound } from './api-error.ts';
import { readPage, slice } from './pages.ts';
import { type Call, pageAnswer, type Route } from './route.ts';
import { showCommit, showFile } from './show-commit.ts';

const commitsWithoutPaging = 250;
const mostFiles = 300;

/**
 * Compares two commits. Without `per_page` and `page` it has the newest 250 commits; with them,
 * pages from the oldest on. Only the first page has files.
 * Source: https://docs.github.com/rest/commits/commits#compare-two-commits
 */
export const compareRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^compare\/(?<basehead>.+)$/,
    docs: 'commits/commits#compare-two-commits',
    needs: { contents: 'read' },
    run: compare,
  },
];

async function compare(call: Call) {
  const { world, path, query } = call;
  const { git } = world;
  const [baseName = '', headName = '', ...more] = (path['basehead'] ?? '').split('...');
  if (baseName === '' || headName === '' || more.length > 0) throw notFound();
  const [base, head] = await Promise.all([ownCommit(call, baseName), ownCommit(call, headName)]);
  if (base === undefined || head === undefined) throw notFound();
  const distance = await git.history.distance(base, head);
  const { ahead, behind, mergeBase } = distance;
  if (mergeBase === undefined) {
    throw new ApiError(404, `No common ancestor between ${baseName} and ${headName}.`);
  }
  const paged = query.has('per_page') || query.has('page');
  const page = paged ? readPage(query) : { number: 1, size: commitsWithoutPaging };
  const oids = paged ? slice(ahead, page) : ahead.slice(-commitsWithoutPaging);
  const [baseCommit, mergeBaseCommit, commits, files] = await Promise.all([
    git.objects.commit(base),
    git.objects.commit(mergeBase),
    Promise.all(oids.map((oid) => git.objects.commit(oid))),
    page.number === 1 && mergeBase !== head ? changedFiles(git.folder, mergeBase, head) : [],
  ]);
  const between = `${encodeURIComponent(baseName)}...${encodeURIComponent(headName)}`;
  const pageOf = `${pageUrl(world)}/compare/${between}`;
  const shown: components['schemas']['commit-comparison'] = {
    url: `${repositoryUrl(world)}/compare/${between}`,
    html_url: pageOf,
    permalink_url: `${pageUrl(world)}/compare/${world.owner}:${base.slice(0, 7)}...${world.owner}:${head.slice(0, 7)}`,
    diff_url: `${pageOf}.diff`,
    patch_url: `${pageOf}.patch`,
    base_commit: showCommit(world, baseCommit),
    merge_base_commit: showCommit(world, mergeBaseCommit),
    status: statusOf(distance),
    ahead_by: ahead.length,
    behind_by: behind,
    total_commits: ahead.length,
    commits: commits.map((commit) => showCommit(world, commit)),
    ...(page.number === 1 && {
      files: files.slice(0, mostFiles).map((file) => showFile(world, head, file)),
    }),
  };
  return pageAnswer(call, page, paged ? ahead.length : 0, shown);
}

/** How a head lies to its base. */
export function statusOf({
  ahead,
  behind,
}: Distance): 'ahead' | 'behind' | 'diverged' | 'identical' {
  if (ahead.length > 0) return behind > 0 ? 'diverged' : 'ahead';
  return behind > 0 ? 'behind' : 'identical';
}

/** `name`, or `owner:name` in a network of forks that has only this repository. */
function ownCommit({ world }: Call, name: string): Promise<string | undefined> {
  const [, owner, rest = name] = /^([^:]+):(.+)$/.exec(name) ?? [];
  if (owner !== undefined && owner.toLowerCase() !== world.owner.toLowerCase()) {
    return Promise.resolve(undefined);
  }
  return world.git.commitOf(rest);
}
