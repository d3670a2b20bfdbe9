import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@slipway/shared/failure/failure';
import { systemClock } from '@slipway/shared/time/clock';
import type { Commit, History, PeeledTag, Range } from '../history.ts';
import type { TagRef } from '../version/tags.ts';
import { refsContaining } from './containing.ts';
import { readCommits } from './read-commits.ts';
import { type GitPlace, git, gitFailure, makeRepository, runGit } from './run-git.ts';

export interface GitHistoryOptions extends Omit<GitPlace, 'folder'> {
  head: string;
  /** Only commits that touch one of them count; empty: all do. */
  paths: readonly string[];
  /** Where the temporary repository is made. */
  folder: string;
  say(line: string): void;
}

const mostTries = 3;

/**
 * Opens a history that git fetches from the server into a repository of its own: commits without
 * files, from the last version on. Where that version turns out to be in another history, all
 * commits are fetched, once, and every question has its answer there. With paths, the folders of
 * the commits come along, still without files.
 */
export async function openGitHistory(
  options: GitHistoryOptions,
): Promise<History & AsyncDisposable> {
  const { head, paths, say } = options;
  const place: GitPlace = {
    ...options,
    folder: await mkdtemp(join(options.folder, 'slipway-git-')),
  };
  const filter = paths.length > 0 ? '--filter=blob:none' : '--filter=tree:0';
  let whole: Promise<Commit[]> | undefined;
  const dispose = () => rm(place.folder, { recursive: true, force: true });

  try {
    await makeRepository(place);
  } catch (error) {
    await dispose();
    throw error;
  }

  async function fetch(...how: string[]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const result = await runGit(place, fetchArguments(how));
      if (result.code === 0) return;
      if (/not our ref|upload-pack: not our ref|couldn't find remote ref/.test(result.stderr)) {
        const repository = new URL(options.url).pathname.replace(/^\/|\.git$/g, '');
        throw Failure.of('tag/commit', { sha: head, repository });
      }
      if (tries === mostTries) throw gitFailure('fetch', result);
      await systemClock.sleep(tries * 1_000, options.signal);
    }
  }

  function fetchArguments(how: readonly string[]): string[] {
    return ['fetch', '--quiet', '--no-tags', filter, ...how, 'origin', head];
  }

  async function list(...revisions: string[]): Promise<Commit[]> {
    return readCommits(
      await git(place, 'rev-list', '--topo-order', '--reverse', '--header', ...revisions),
    );
  }

  async function everything(): Promise<Commit[]> {
    const shallow = (await git(place, 'rev-parse', '--is-shallow-repository')).trim() === 'true';
    say('the last version is not in this history: fetching all commits, without files.');
    await fetch(...(shallow ? ['--unshallow'] : []));
    return list(head);
  }

  async function marked(commits: readonly Commit[]): Promise<Commit[]> {
    if (paths.length === 0) return [...commits];
    const printed = await git(place, 'rev-list', '--full-history', head, '--', ...paths);
    const touching = new Set(printed.split('\n'));
    return commits.map((commit) => ({ ...commit, elsewhere: !touching.has(commit.sha) }));
  }

  async function sinceFetched(base: PeeledTag): Promise<Range | undefined> {
    // It fails where there is nothing beyond the tag, and says so in words that the server's side of
    // HTTP swallows. Whatever it was: fetching everything tells.
    const how = fetchArguments([`--shallow-exclude=refs/tags/${base.name}`]);
    if ((await runGit(place, how)).code !== 0) return undefined;
    const commits = await list(head);
    // The tag is in the history of the head if a commit beyond it has it as a parent.
    if (!commits.some(({ parents }) => parents.includes(base.commit))) return undefined;
    // What the oldest of them changed is only seen beside their parents.
    if (paths.length > 0) await fetch('--deepen=1');
    return { commits: await marked(commits), complete: true };
  }

  async function since(base: PeeledTag): Promise<Range | undefined> {
    if (base.commit === head) return { commits: [], complete: true };
    if (!whole) {
      const found = await sinceFetched(base);
      if (found) return found;
      whole = everything();
    }
    if (!(await whole).some(({ sha }) => sha === base.commit)) return undefined;
    return { commits: await marked(await list(`${base.commit}..${head}`)), complete: true };
  }

  return {
    head,
    tags: async (prefix) => readTags(await git(place, 'ls-remote', '--tags', 'origin'), prefix),
    // `ls-remote` tells the commit behind every tag; one without it came from somewhere else.
    peel: async (tags) =>
      tags.flatMap((tag) => (tag.commit ? [{ ...tag, commit: tag.commit }] : [])),
    async headTime() {
      if ((await runGit(place, ['cat-file', '-e', head])).code !== 0) await fetch('--depth=1');
      return Number(await git(place, 'log', '-1', '--format=%ct', head)) * 1_000;
    },
    async newest() {
      if (!whole) await fetch('--depth=101');
      const commits = (await list(head)).slice(-100);
      return { commits: await marked(commits), complete: commits.length < 100 };
    },
    async firstOf(tags) {
      for (const tag of tags) {
        const range = await since(tag);
        if (range) return { tag, ...range };
      }
      return undefined;
    },
    async firstContaining(tags) {
      if (tags.length === 0) return undefined;
      const refs = tags.map(({ name }) => `refs/tags/${name}`);
      const containing = await refsContaining(place, refs, head);
      return tags.find(({ name }) => containing.has(`refs/tags/${name}`));
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** Reads `git ls-remote --tags`: the commit behind an annotated tag is a line of its own. */
function readTags(printed: string, prefix: string): TagRef[] {
  const tags = new Map<string, TagRef>();
  for (const line of printed.split('\n')) {
    const [, oid = '', name = '', peeled] =
      /^([0-9a-f]+)\trefs\/tags\/(.+?)(\^\{\})?$/.exec(line) ?? [];
    if (name === '' || !name.startsWith(prefix)) continue;
    if (peeled === undefined) tags.set(name, { name, oid, commit: oid });
    else tags.set(name, { name, oid: tags.get(name)?.oid ?? oid, commit: oid });
  }
  return [...tags.values()];
}
