import { Failure } from '@slipway/shared/failure/failure';
import { field, listField, textField } from '@slipway/shared/http/json';
import { narrowed } from '../graph.ts';
import { type Commit, type History, type PeeledTag, type Range, TooMuch } from '../history.ts';
import type { Api, Reply } from './api.ts';
import { type RepositoryFacts, readFacts } from './facts.ts';
import { listTags } from './list-tags.ts';
import { failureOf } from './refusal.ts';
import { type Relation, readRelations } from './relations.ts';

/** Above this git is faster and asks less: a page has 100 commits. */
const mostPages = 25;
/** Tags that turned out to be in another history; then git tells all of them in one go. */
const mostMisses = 10;
/** How many tags are asked about in one request, where the first one was in another history. */
const batch = 25;
const mostBatches = 3;
/** Pages that are asked for at the same time. */
const lanes = 4;

/**
 * Opens the history of a commit as GitHub tells it over its API. What was read about commits is
 * kept, for it never changes: a run which lost a race only has to look at what is new.
 */
export function openApiHistory(api: Api, head: string): History {
  const peeled = new Map<string, string>();
  /** By the commit of a tag. */
  const known = new Map<string, Relation>([[head, 'before']]);
  const ranges = new Map<string, Range>([[head, { commits: [], complete: true }]]);
  /** Tags whose relation was asked for; what was not told then has to be compared. */
  const asked = new Set<string>();
  let facts: RepositoryFacts | undefined;
  // Since the tags were last listed.
  let misses = 0;
  let batches = 0;
  let missed = false;

  async function ask(tags: readonly string[]): Promise<RepositoryFacts> {
    facts = await readFacts(api, head, tags);
    for (const { oid, commit } of facts.tags.values()) peeled.set(oid, commit);
    return facts;
  }

  async function compareWith(base: string): Promise<Range | undefined> {
    const found = narrow(base) ?? (await compare(api, base, head));
    if (typeof found === 'string') {
      known.set(base, found);
      misses += 1;
      missed = true;
      return undefined;
    }
    known.set(base, 'before');
    ranges.set(base, found);
    return found;
  }

  // A tag that was made while this run was busy is most often one of the commits it knows.
  function narrow(base: string): Range | undefined {
    for (const [earlier, { commits }] of ranges) {
      const fewer = narrowed(commits, earlier, base);
      if (fewer) return { commits: fewer, complete: true };
    }
    return undefined;
  }

  async function askRelations(tags: readonly PeeledTag[]): Promise<void> {
    if (batches === mostBatches) throw new TooMuch('many versions are in other histories');
    batches += 1;
    const open = tags.filter(({ commit }) => !known.has(commit) && !asked.has(commit));
    const some = open.slice(0, batch);
    const relations = await readRelations(api, head, some);
    for (const { name, commit } of some) {
      asked.add(commit);
      const relation = relations.get(name);
      if (relation !== undefined) known.set(commit, relation);
    }
  }

  const isOpen = (commit: string) => !known.has(commit) && !asked.has(commit) && !narrow(commit);

  return {
    head,
    tags(prefix) {
      misses = 0;
      batches = 0;
      return listTags(api, prefix);
    },
    newest: () => newest(api, head),
    repositoryId: async () => (facts ?? (await ask([]))).repositoryId,
    headTime: async () => (facts ?? (await ask([]))).headTime,
    async peel(tags) {
      const unknown = tags.filter(({ commit, oid }) => commit === undefined && !peeled.has(oid));
      if (unknown.length > 0) await ask(unknown.map(({ name }) => name));
      return tags.flatMap((tag) => {
        const commit = tag.commit ?? peeled.get(tag.oid);
        return commit === undefined ? [] : [{ ...tag, commit }];
      });
    },
    async firstOf(tags) {
      for (const [index, tag] of tags.entries()) {
        const { commit } = tag;
        if (missed && isOpen(commit)) await askRelations(tags.slice(index));
        if ((known.get(commit) ?? 'before') !== 'before') continue;
        const range = ranges.get(commit) ?? (await compareWith(commit));
        if (range) return { tag, ...range };
        if (misses > mostMisses) throw new TooMuch('many versions are in other histories');
      }
      return undefined;
    },
    async firstContaining(tags) {
      for (const [index, tag] of tags.entries()) {
        const { commit } = tag;
        if (isOpen(commit)) await askRelations(tags.slice(index));
        if (!known.has(commit) && !narrow(commit)) await compareWith(commit);
        if (known.get(commit) === 'after') return tag;
        if (misses > mostMisses) throw new TooMuch('many versions are in other histories');
      }
      return undefined;
    },
  };
}

async function newest(api: Api, head: string): Promise<Range> {
  const what = `list the commits of ${api.repository}`;
  const path = `/commits?sha=${head}&per_page=100`;
  const reply = await api.rest({ method: 'GET', path, what });
  if (reply.status !== 200) throw refusal(api, what, head, reply);
  const commits = readCommits(reply.body, what).reverse();
  return { commits, complete: commits.length < 100 };
}

/**
 * The commits of the head that a base does not have, all pages of them; how the base lies to the
 * head, where it is not before it.
 * Source: https://docs.github.com/rest/commits/commits#compare-two-commits
 * @throws TooMuch when there are more than git should be asked for instead
 */
async function compare(api: Api, base: string, head: string): Promise<Range | Relation> {
  const what = `compare ${base} with ${head}`;
  const page = async (number: number): Promise<Reply> => {
    const path = `/compare/${base}...${head}?per_page=100&page=${number}`;
    const reply = await api.rest({ method: 'GET', path, what, tries: 2 });
    if (reply.status !== 200) throw refusal(api, what, head, reply);
    return reply;
  };
  let first: Reply;
  try {
    first = await page(1);
  } catch (error) {
    // Two histories without a common commit: also a way to be in another one.
    if (error instanceof Failure && /no common ancestor/i.test(error.message)) return 'beside';
    throw leftToGit(error);
  }
  const status = textField(first.body, 'status');
  if (status === 'behind') return 'after';
  if (status === 'diverged') return 'beside';
  const total = field(first.body, 'total_commits');
  if ((status !== 'ahead' && status !== 'identical') || typeof total !== 'number') {
    throw Failure.of('tag/github', { what, said: 'the answer is no comparison' });
  }
  const pages = Math.ceil(total / 100);
  if (pages > mostPages) throw new TooMuch(`${total} commits`);
  const bodies = [first.body];
  for (let next = 2; next <= pages; next += lanes) {
    const numbers = Array.from(
      { length: Math.min(lanes, pages - next + 1) },
      (_, lane) => next + lane,
    );
    const replies = await Promise.all(numbers.map(page)).catch((error: unknown) => {
      throw leftToGit(error);
    });
    bodies.push(...replies.map(({ body }) => body));
  }
  const commits = bodies.flatMap((body) => readCommits(field(body, 'commits'), what));
  if (commits.length !== total) {
    const said = `it has ${total} commits and gave ${commits.length}`;
    throw Failure.of('tag/github', { what, said });
  }
  return { commits, complete: true };
}

// What GitHub cannot compare ("this diff is taking too long to generate") it can never, and git can.
function leftToGit(error: unknown): unknown {
  if (!(error instanceof Failure) || error.code !== 'tag/github') return error;
  return new TooMuch(`GitHub does not compare it (${error.message})`);
}

function refusal(api: Api, what: string, sha: string, reply: Reply): Failure {
  return failureOf({ what, ...reply }, { repository: api.repository, tag: '', sha });
}

function readCommits(list: unknown, what: string): Commit[] {
  if (!Array.isArray(list)) throw Failure.of('tag/github', { what, said: 'there are no commits' });
  return list.map((entry) => {
    const sha = textField(entry, 'sha');
    const message = field(field(entry, 'commit'), 'message');
    if (sha === undefined || typeof message !== 'string') {
      throw Failure.of('tag/github', { what, said: 'an entry is no commit' });
    }
    const parents = listField(entry, 'parents').map((parent) => textField(parent, 'sha') ?? '');
    return { sha, message, parents, login: textField(field(entry, 'author'), 'login') };
  });
}
