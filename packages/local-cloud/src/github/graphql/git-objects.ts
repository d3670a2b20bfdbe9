import type { Distance, HistoryFilter } from '../git/history.ts';
import { local, type ObjectType, type Person, utc } from '../git/object.ts';
import type { Ref } from '../git/refs.ts';
import { objectNode, refNode } from '../node-id.ts';
import { statusOf } from '../rest/compare.ts';
import { pageUrl, type World } from '../world.ts';
import { connection, listOf, type Paging } from './connection.ts';
import type { Graph } from './graph.ts';

/** What the schema calls a Ref. */
export function refNodeOf(graph: Graph, { name, oid, type }: Ref) {
  const { world } = graph;
  const [, prefix = '', short = name] = /^(refs\/[^/]+\/)(.+)$/.exec(name) ?? [];
  return {
    __typename: 'Ref',
    id: refNode(world.id, name),
    name: short,
    prefix,
    repository: () => graph.repository(),
    target: () => graph.object(oid, type),
    compare: ({ headRef }: { headRef: string }) => compare(graph, oid, type, headRef),
  };
}

/** A commit, annotated tag, tree or blob. */
export async function objectNodeOf(graph: Graph, oid: string, type: ObjectType): Promise<object> {
  const { world } = graph;
  switch (type) {
    case 'commit':
      return commitNode(graph, oid);
    case 'tag': {
      const { message, name, tagger, target, targetType } = await world.git.objects.tag(oid);
      return {
        ...common(graph, oid, 'TA'),
        __typename: 'Tag',
        message,
        name,
        tagger: tagger ? actor(tagger) : null,
        target: () => graph.object(target, targetType),
      };
    }
    case 'tree':
      return { ...common(graph, oid, 'T'), __typename: 'Tree' };
    case 'blob':
      return blobNode(graph, oid);
  }
}

async function commitNode(graph: Graph, oid: string): Promise<object> {
  const { world } = graph;
  const { objects } = world.git;
  const commit = await objects.commit(oid);
  const [messageHeadline = '', ...rest] = commit.message.split('\n');
  const { pullRequests } = world.settings;
  return {
    ...common(graph, oid, 'C'),
    __typename: 'Commit',
    message: commit.message,
    messageHeadline,
    messageBody: rest.join('\n').trim(),
    author: actor(commit.author),
    committer: actor(commit.committer),
    authoredDate: utc(commit.author),
    committedDate: utc(commit.committer),
    url: `${pageUrl(world)}/commit/${oid}`,
    tree: () => graph.object(commit.tree, 'tree'),
    parents: (paging: Paging) => connection('parents', paging, commits(graph, commit.parents)),
    history: (args: HistoryArguments) => history(graph, oid, args),
    associatedPullRequests: (paging: Paging) => {
      const found = pullRequests.filter(({ mergeCommit }) => mergeCommit === oid);
      const nodes = found.map((pull) => graph.pullRequest(pull));
      return connection('associatedPullRequests', paging, listOf(nodes));
    },
  };
}

interface HistoryArguments extends Paging {
  author?: { emails?: string[] | null } | null;
  path?: string | null;
  since?: string | null;
  until?: string | null;
}

function history(
  graph: Graph,
  oid: string,
  { author, path, since, until, ...paging }: HistoryArguments,
) {
  const { world } = graph;
  const filter: HistoryFilter = {
    ...(path && { path }),
    ...(since && { since }),
    ...(until && { until }),
    ...(author?.emails?.[0] && { author: author.emails[0] }),
  };
  return connection('history', paging, {
    total: () => world.git.history.count(oid, filter),
    range: async (from, to) => {
      const oids = await world.git.history.list(oid, from, to - from, filter);
      return Promise.all(oids.map((one) => commitNode(graph, one)));
    },
  });
}

async function compare(graph: Graph, base: string, type: ObjectType, headRef: string) {
  const { world } = graph;
  const { git } = world;
  const from = await git.objects.peel(base, type);
  const head = await git.commitOf(headRef);
  if (from.type !== 'commit' || head === undefined) return null;
  const distance: Distance = await git.history.distance(from.oid, head);
  if (distance.mergeBase === undefined) return null;
  return {
    __typename: 'Comparison',
    id: `${objectNode(world.id, 'C', from.oid)}...${head}`,
    status: statusOf(distance).toUpperCase(),
    aheadBy: distance.ahead.length,
    behindBy: distance.behind,
    baseTarget: () => graph.object(from.oid, 'commit'),
    headTarget: () => graph.object(head, 'commit'),
    commits: async (paging: Paging) => ({
      ...(await connection('commits', paging, commits(graph, distance.ahead))),
      authorCount: () => authorCount(world, distance.ahead),
    }),
  };
}

function commits(graph: Graph, oids: readonly string[]) {
  return {
    total: () => oids.length,
    range: (from: number, to: number) =>
      Promise.all(oids.slice(from, to).map((oid) => commitNode(graph, oid))),
  };
}

async function authorCount(world: World, oids: readonly string[]): Promise<number> {
  const all = await Promise.all(oids.map((oid) => world.git.objects.commit(oid)));
  return new Set(all.map(({ author }) => author.email)).size;
}

async function blobNode(graph: Graph, oid: string) {
  const { world } = graph;
  const { content = Buffer.alloc(0) } = (await world.git.objects.content(oid)) ?? {};
  const isBinary = content.includes(0);
  return {
    ...common(graph, oid, 'B'),
    __typename: 'Blob',
    byteSize: content.length,
    isBinary,
    text: isBinary ? null : content.toString('utf8'),
  };
}

function common(graph: Graph, oid: string, kind: 'C' | 'TA' | 'T' | 'B') {
  const { world } = graph;
  const page = pageUrl(world);
  return {
    id: objectNode(world.id, kind, oid),
    oid,
    abbreviatedOid: oid.slice(0, 7),
    commitResourcePath: `/${world.owner}/${world.name}/commit/${oid}`,
    commitUrl: `${page}/commit/${oid}`,
    repository: () => graph.repository(),
  };
}

function actor(person: Person) {
  return { name: person.name, email: person.email, date: local(person), user: null };
}
