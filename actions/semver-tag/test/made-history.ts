import { type Decision, decide, type VersionPolicy } from '../src/decide.ts';
import type { Commit, History } from '../src/history.ts';
import { type Survey, surveyHistory } from '../src/survey.ts';
import { type TagRef, versionTags } from '../src/version/tags.ts';

/** A repository in memory, with the commit that is looked at. */
export interface Made {
  /** Parents before children. */
  commits: Commit[];
  tags: TagRef[];
  head: string;
}

export const commitTime = Date.UTC(2026, 10, 21, 23, 59);

export const usual: VersionPolicy = {
  mode: 'release',
  prefix: 'v',
  initialVersion: '0.1.0',
  zeroMajor: 'keep',
  noBump: 'skip',
  bump: 'auto',
  channel: 'rc',
};

/** Commits and all that is before them, by their names. */
export function pastOf(commits: readonly Commit[], sha: string): Set<string> {
  const parents = new Map(commits.map((commit) => [commit.sha, commit.parents]));
  const past = new Set<string>();
  const left = [sha];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    if (past.has(one)) continue;
    past.add(one);
    left.push(...(parents.get(one) ?? []));
  }
  return past;
}

/** The history of a made repository, as a server would tell it. */
export function historyOf({ commits, head, tags }: Made): History {
  const past = pastOf(commits, head);
  return {
    head,
    headTime: async () => commitTime,
    tags: async (prefix) => tags.filter(({ name }) => name.startsWith(prefix)),
    peel: async (tags) => tags.map((tag) => ({ ...tag, commit: tag.oid })),
    async newest() {
      return { commits: commits.filter(({ sha }) => past.has(sha)), complete: true };
    },
    async firstOf(some) {
      const tag = some.find(({ commit }) => past.has(commit));
      if (!tag) return undefined;
      const before = pastOf(commits, tag.commit);
      const since = commits.filter(({ sha }) => past.has(sha) && !before.has(sha));
      return { tag, commits: since, complete: true };
    },
    firstContaining: async (some) =>
      some.find(({ commit }) => commit !== head && pastOf(commits, commit).has(head)),
  };
}

export async function decideOn(
  made: Made,
  policy: Partial<VersionPolicy> = {},
  history = historyOf(made),
): Promise<Decision> {
  const all = { ...usual, ...policy };
  return decide(await surveyOf(made, all, history), all, { commitTime, run: '42' });
}

export async function surveyOf(
  made: Made,
  policy: VersionPolicy = usual,
  history = historyOf(made),
): Promise<Survey> {
  const tags = versionTags(await history.tags(policy.prefix), policy.prefix);
  return surveyHistory(history, tags, policy);
}

/** A line of commits, to write histories down in rows. */
export interface Line extends Made {
  /** More commits on a line of their own, which begins at a commit of the first one. */
  beside(from: string, ...items: string[]): Line;
  /** Merges the line beside into the first one. */
  merged(): Line;
}

/** Commits by their messages, oldest first; what begins with `@` tags the commit before it. */
export function line(...items: string[]): Line {
  return extend({ commits: [], tags: [], head: '' }, undefined, items);
}

function extend(made: Made, from: string | undefined, items: readonly string[]): Line {
  const commits = [...made.commits];
  const tags = [...made.tags];
  let tip = from;
  for (const item of items) {
    if (item.startsWith('@')) {
      tags.push({ name: item.slice(1), oid: tip ?? '' });
      continue;
    }
    const sha = commits.length.toString(16).padStart(40, '0');
    commits.push({ sha, parents: tip === undefined ? [] : [tip], message: item });
    tip = sha;
  }
  const head = made.head === '' ? (tip ?? '') : made.head;
  const beside = tip ?? '';
  return {
    commits,
    tags,
    head,
    beside(message, ...more) {
      const start = commits.find((commit) => commit.message === message)?.sha;
      const root = start === undefined ? [message, ...more] : more;
      return extend({ commits, tags, head }, start, root);
    },
    merged() {
      const merge = { sha: 'f'.repeat(40), parents: [head, beside], message: 'Merge' };
      return extend({ commits: [...commits, merge], tags, head: merge.sha }, merge.sha, []);
    },
  };
}
