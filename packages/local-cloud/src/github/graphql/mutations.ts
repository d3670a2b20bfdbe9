import { noOid } from '../git/refs.ts';
import { refOfNode, repositoryNode as repositoryId } from '../node-id.ts';
import { violationText } from '../rules.ts';
import type { World } from '../world.ts';
import { type Refusal, type WantedChange, writeRefs } from '../write-refs.ts';
import type { Graph } from './graph.ts';
import { GraphqlRefusal } from './refusal.ts';

interface Input {
  clientMutationId?: string | null;
}

interface UpdateRefsInput extends Input {
  repositoryId: string;
  refUpdates: readonly {
    name: string;
    afterOid: string;
    beforeOid?: string | null;
    force?: boolean | null;
  }[];
}

/**
 * The mutations of refs.
 * Source: https://docs.github.com/graphql/reference/mutations#updaterefs and its neighbours
 */
export function mutations(graph: Graph) {
  const { world } = graph;
  return {
    updateRefs: async ({ input }: { input: UpdateRefsInput }) => {
      const { clientMutationId = null, refUpdates, repositoryId: id } = input;
      refuseUnknown(world, id);
      await write(
        world,
        refUpdates.map(({ name, afterOid, beforeOid, force }) => ({
          name,
          after: afterOid,
          ...(typeof beforeOid === 'string' && { before: beforeOid }),
          force: force ?? false,
        })),
      );
      return { clientMutationId };
    },
    createRef: async ({
      input,
    }: {
      input: Input & { repositoryId: string; name: string; oid: string };
    }) => {
      const { clientMutationId = null, name, oid } = input;
      refuseUnknown(world, input.repositoryId);
      await write(world, [{ name, after: oid, before: noOid, force: false }]);
      return { clientMutationId, ref: await shown(graph, name) };
    },
    updateRef: async ({
      input,
    }: {
      input: Input & { refId: string; oid: string; force?: boolean | null };
    }) => {
      const { clientMutationId = null, force, oid } = input;
      const name = await knownRef(world, input.refId);
      await write(world, [{ name, after: oid, force: force ?? false }]);
      return { clientMutationId, ref: await shown(graph, name) };
    },
    deleteRef: async ({ input }: { input: Input & { refId: string } }) => {
      const { clientMutationId = null, refId } = input;
      const name = await knownRef(world, refId);
      await write(world, [{ name, after: noOid, force: true }]);
      return { clientMutationId };
    },
  };
}

async function write(world: World, changes: readonly WantedChange[]): Promise<void> {
  if (world.settings.permissions.contents !== 'write') throw forbidden();
  for (const { name, after, before } of changes) {
    for (const oid of [after, before ?? noOid]) {
      if (/^[0-9a-f]{40}$/.test(oid)) continue;
      throw new GraphqlRefusal('UNPROCESSABLE', `'${oid}' is not a valid Git object ID.`);
    }
    if (!name.startsWith('refs/')) {
      throw new GraphqlRefusal('UNPROCESSABLE', `'${name}' is not a fully qualified ref name.`);
    }
  }
  const refusal = await writeRefs(world, changes);
  if (refusal) throw refusalOf(refusal);
}

// GitHub documents no texts for these. A client that acts on them would act on a guess.
function refusalOf(refusal: Refusal): GraphqlRefusal {
  const { name } = refusal;
  switch (refusal.because) {
    case 'workflows':
      return forbidden();
    case 'rules':
      return new GraphqlRefusal('UNPROCESSABLE', violationText(refusal.sentences));
    case 'exists':
      return new GraphqlRefusal(
        'UNPROCESSABLE',
        `A ref named "${name}" already exists in the repository.`,
      );
    case 'no-object':
      return new GraphqlRefusal('UNPROCESSABLE', 'Object does not exist');
    case 'missing':
      return new GraphqlRefusal('UNPROCESSABLE', 'Reference does not exist');
    case 'not-fast-forward':
      return new GraphqlRefusal('UNPROCESSABLE', 'Update is not a fast forward');
    case 'default-branch':
    case 'invalid-name':
    case 'moved':
    case 'refused':
      return new GraphqlRefusal('UNPROCESSABLE', 'Reference update failed');
  }
}

function forbidden(): GraphqlRefusal {
  return new GraphqlRefusal('FORBIDDEN', 'Resource not accessible by integration');
}

function refuseUnknown(world: World, id: string): void {
  if (id !== repositoryId(world.id)) throw unresolved(id);
}

async function knownRef(world: World, id: string): Promise<string> {
  const name = refOfNode(world.id, id);
  if (name === undefined || !(await world.git.ref(name))) throw unresolved(id);
  return name;
}

function unresolved(id: string): GraphqlRefusal {
  return new GraphqlRefusal(
    'NOT_FOUND',
    `Could not resolve to a node with the global id of '${id}'`,
  );
}

async function shown({ ref, world }: Graph, name: string) {
  const found = await world.git.ref(name);
  return found ? ref({ name, ...found }) : null;
}
