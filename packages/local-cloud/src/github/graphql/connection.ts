import { GraphqlRefusal } from './refusal.ts';

/** Arguments that every connection has. */
export interface Paging {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
}

/** What a connection lists. */
export interface Listed<Node> {
  total(): Promise<number> | number;
  /** Entries `from` (counted from 0) up to but not including `to`. */
  range(from: number, to: number): Promise<readonly Node[]> | readonly Node[];
}

const most = 100;

/**
 * One page of a connection with opaque cursors.
 * Source: https://docs.github.com/graphql/guides/using-pagination-in-the-graphql-api
 * @param field name of the connection, for the refusals
 * @throws GraphqlRefusal when neither `first` nor `last` is given, or more than 100 are asked for
 */
export async function connection<Node>(field: string, paging: Paging, listed: Listed<Node>) {
  const { first, last } = paging;
  const size = first ?? last;
  if (size === null || size === undefined) {
    throw new GraphqlRefusal(
      'MISSING_PAGINATION_BOUNDARIES',
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${field}\` connection.`,
    );
  }
  const limit = first === null || first === undefined ? 'last' : 'first';
  if (size > most || size < 0) {
    throw new GraphqlRefusal(
      'EXCESSIVE_PAGINATION',
      `Requesting ${size} records on the \`${field}\` connection exceeds the \`${limit}\` limit of ${most} records.`,
    );
  }
  const lowest = paging.after ? position(paging.after) + 1 : 0;
  const highest = paging.before ? position(paging.before) : undefined;
  // Only going backwards needs the number of entries: counting a long history takes time.
  const end = highest ?? (limit === 'last' ? await listed.total() : undefined);
  const from = limit === 'first' || end === undefined ? lowest : Math.max(lowest, end - size);
  const to = end === undefined ? from + size : Math.min(end, from + size);
  const some = await listed.range(from, to + 1);
  const nodes = some.slice(0, Math.max(0, to - from));
  const edges = nodes.map((node, index) => ({ cursor: cursor(from + index), node }));
  return {
    nodes,
    edges,
    totalCount: () => listed.total(),
    pageInfo: {
      hasNextPage: some.length > nodes.length,
      hasPreviousPage: from > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** A connection over entries that are all there. */
export function listOf<Node>(entries: readonly Node[]): Listed<Node> {
  return { total: () => entries.length, range: (from, to) => entries.slice(from, to) };
}

function cursor(index: number): string {
  return Buffer.from(`${index + 1}`).toString('base64url');
}

function position(text: string): number {
  const index = Number(Buffer.from(text, 'base64url').toString('utf8')) - 1;
  if (Number.isInteger(index) && index >= 0) return index;
  throw new GraphqlRefusal(
    'INVALID_CURSOR_ARGUMENTS',
    `\`${text}\` does not appear to be a valid cursor.`,
  );
}
