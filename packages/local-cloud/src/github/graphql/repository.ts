import { denial } from '../access.ts';
import { repositoryNode as repositoryId } from '../node-id.ts';
import { pageUrl, type World } from '../world.ts';
import { connection, listOf, type Paging } from './connection.ts';
import type { Graph } from './graph.ts';
import { GraphqlRefusal } from './refusal.ts';
import { userNode } from './user.ts';

/** What the schema calls a Repository. */
export function repositoryNode(graph: Graph): object {
  const { world } = graph;
  const { git, name, owner, releases, settings } = world;
  const mayWrite = settings.permissions.contents === 'write';
  return {
    __typename: 'Repository',
    id: repositoryId(world.id),
    databaseId: world.id,
    name,
    nameWithOwner: `${owner}/${name}`,
    owner: userNode(world, owner, 'Organization'),
    isPrivate: settings.private,
    url: pageUrl(world),
    viewerPermission: null,
    defaultBranchRef: async () => oneRef(graph, [`refs/heads/${await git.defaultBranch()}`]),
    ref: ({ qualifiedName: wanted }: { qualifiedName: string }) =>
      oneRef(graph, [wanted, `refs/heads/${wanted}`, `refs/tags/${wanted}`]),
    refs: (args: RefsArguments) => refs(graph, args),
    object: async ({ oid, expression }: { oid?: string | null; expression?: string | null }) => {
      refuseUnreadable(world);
      const found = await git.objects.look(oid ?? expression ?? '');
      return found ? graph.object(found.oid, found.type) : null;
    },
    release: ({ tagName }: { tagName: string }) => {
      refuseUnreadable(world);
      const found = releases.ofTag(tagName);
      return found ? graph.release(found) : null;
    },
    releases: ({ orderBy, ...paging }: Paging & { orderBy?: Order | null }) => {
      refuseUnreadable(world);
      const visible = releases.all().filter(({ draft }) => mayWrite || !draft);
      if (orderBy?.field === 'NAME') {
        visible.sort((one, other) => compareText(other.tagName, one.tagName));
      }
      if (orderBy?.direction === 'ASC') visible.reverse();
      const nodes = visible.map((release) => graph.release(release));
      return connection('releases', paging, listOf(nodes));
    },
    latestRelease: () => {
      refuseUnreadable(world);
      const latest = releases.latest();
      return latest ? graph.release(latest) : null;
    },
  };
}

/** The repository itself is visible to every token that it is for; what is in it is not. */
function refuseUnreadable(world: World): void {
  if (denial(world, 'holder', { contents: 'read' }) === undefined) return;
  throw new GraphqlRefusal('FORBIDDEN', 'Resource not accessible by integration');
}

interface Order {
  field: string;
  direction: 'ASC' | 'DESC';
}

interface RefsArguments extends Paging {
  refPrefix: string;
  query?: string | null;
  direction?: 'ASC' | 'DESC' | null;
  orderBy?: Order | null;
}

async function refs(graph: Graph, args: RefsArguments) {
  const { world } = graph;
  refuseUnreadable(world);
  const { refPrefix, query, direction, orderBy, ...paging } = args;
  if (!/^refs\/.*\/$/.test(refPrefix)) return null;
  const byDate = orderBy?.field === 'TAG_COMMIT_DATE' && refPrefix.startsWith('refs/tags/');
  const ordered = await (byDate ? world.git.refs.tagsByDate() : world.git.refs.all());
  const found = ordered.filter(
    ({ name }) =>
      name.startsWith(refPrefix) && (!query || name.slice(refPrefix.length).includes(query)),
  );
  if ((orderBy?.direction ?? direction) === 'DESC') found.reverse();
  return connection('refs', paging, {
    total: () => found.length,
    range: (from, to) => found.slice(from, to).map((ref) => graph.ref(ref)),
  });
}

async function oneRef(graph: Graph, names: readonly string[]) {
  const { world } = graph;
  refuseUnreadable(world);
  for (const name of names) {
    const found = await world.git.ref(name);
    if (found) return graph.ref({ name, ...found });
  }
  return null;
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
