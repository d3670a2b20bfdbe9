import {
  buildSchema,
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  parse,
  validate,
} from 'graphql';
import { type Answer, isRecord, jsonAnswer, type Request } from '../../http/exchange.ts';
import { type Caller, countRequest } from '../access.ts';
import { refOfNode, repositoryNode as repositoryId } from '../node-id.ts';
import { ApiError } from '../rest/api-error.ts';
import { timestamp, type World } from '../world.ts';
import type { Graph } from './graph.ts';
import { mutations } from './mutations.ts';
import { countNodes, mostNodes } from './node-limit.ts';
import { graphOf } from './nodes.ts';
import { GraphqlRefusal } from './refusal.ts';
import { schemaText } from './schema.ts';
import { userNode } from './user.ts';

const schema = buildSchema(schemaText);
const docs = 'https://docs.github.com/graphql';

/**
 * Answers a call of the GraphQL API. What is wrong with a query is said with status 200.
 * Source: https://docs.github.com/graphql/guides/forming-calls-with-graphql
 */
export async function answerGraphql(
  world: World,
  request: Request,
  caller: Caller,
): Promise<Answer> {
  const rate = countRequest(world.settings.rates.graphql, 'graphql', world.now());
  const answer = await answered(world, request, caller, rate.over);
  return { ...answer, headers: { ...rate.headers, ...answer.headers } };
}

async function answered(
  world: World,
  request: Request,
  caller: Caller,
  overLimit: boolean,
): Promise<Answer> {
  if (request.method !== 'POST') return new ApiError(404, 'Not Found').answer('');
  if (caller !== 'holder') {
    const message =
      caller === 'nobody' ? 'This endpoint requires you to be authenticated.' : 'Bad credentials';
    return jsonAnswer(401, { message, documentation_url: docs, status: '401' });
  }
  if (overLimit) {
    const error = { type: 'RATE_LIMITED', message: 'API rate limit exceeded for installation.' };
    return jsonAnswer(200, { errors: [error] });
  }
  const read = readCall(request.body);
  if (read === undefined) {
    return jsonAnswer(400, {
      message: 'Problems parsing JSON',
      documentation_url: docs,
      status: '400',
    });
  }
  return jsonAnswer(200, await run(world, read));
}

interface GraphqlCall {
  query: string;
  variables: Readonly<Record<string, unknown>>;
  operationName?: string;
}

async function run(world: World, { query, variables, operationName }: GraphqlCall) {
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [shown(error)] };
    throw error;
  }
  const mistakes = validate(schema, document);
  if (mistakes.length > 0) return { errors: mistakes.map(shown) };
  const nodes = countNodes(document, variables);
  if (nodes > mostNodes) {
    const message = `This query requests up to ${nodes.toLocaleString('en')} possible nodes which exceeds the maximum limit of ${mostNodes.toLocaleString('en')}.`;
    return { errors: [{ type: 'MAX_NODE_LIMIT_EXCEEDED', message }] };
  }
  const graph = graphOf(world);
  const { data, errors } = await execute({
    schema,
    document,
    rootValue: { ...queries(graph, nodes), ...mutations(graph) },
    variableValues: variables,
    ...(operationName !== undefined && { operationName }),
  });
  return {
    ...(data !== undefined && { data }),
    ...(errors && { errors: errors.map(shown) }),
  };
}

function queries(graph: Graph, nodeCount: number) {
  const { world } = graph;
  const nodeOf = async (id: string) => {
    if (id === repositoryId(world.id)) return graph.repository();
    const name = refOfNode(world.id, id);
    const found = name === undefined ? undefined : await world.git.ref(name);
    if (name !== undefined && found) return graph.ref({ name, ...found });
    throw new GraphqlRefusal(
      'NOT_FOUND',
      `Could not resolve to a node with the global id of '${id}'`,
    );
  };
  return {
    node: ({ id }: { id: string }) => nodeOf(id),
    nodes: ({ ids }: { ids: readonly string[] }) => ids.map(nodeOf),
    viewer: userNode(world, 'github-actions[bot]'),
    rateLimit: () => {
      const { limit, used, reset } = world.settings.rates.graphql;
      const resetAt = timestamp(reset * 1_000);
      const cost = Math.max(1, Math.round(nodeCount / 10_000));
      return { cost, limit, nodeCount, remaining: limit - used, resetAt, used };
    },
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const same =
        `${owner}/${name}`.toLowerCase() === `${world.owner}/${world.name}`.toLowerCase();
      if (same) return graph.repository();
      throw new GraphqlRefusal(
        'NOT_FOUND',
        `Could not resolve to a Repository with the name '${owner}/${name}'.`,
      );
    },
  };
}

function readCall(body: Buffer): GraphqlCall | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { query, variables, operationName } = value;
  return {
    query: typeof query === 'string' ? query : '',
    variables: isRecord(variables) ? variables : {},
    ...(typeof operationName === 'string' && { operationName }),
  };
}

/** An error as GitHub shows it: `type` beside the message, for what it refuses itself. */
function shown(error: GraphQLError): GraphQLFormattedError & { type?: string } {
  const { message, locations, path } = error;
  const { originalError } = error;
  if (originalError && !(originalError instanceof GraphqlRefusal)) throw originalError;
  return {
    ...(originalError && { type: originalError.type }),
    ...(path && { path }),
    ...(locations && { locations }),
    message,
  };
}
