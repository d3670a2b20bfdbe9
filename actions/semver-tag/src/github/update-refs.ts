import type { Api, GraphqlReply } from './api.ts';

/** A change of one ref, with what it must hold before. */
export interface RefUpdate {
  /** `refs/tags/v1` */
  name: string;
  /** {@link absent} when it must not be there. */
  beforeOid: string;
  afterOid: string;
  force: boolean;
}

/** The object id that stands for no object. */
export const absent = '0'.repeat(40);

const mutation = `mutation($input: UpdateRefsInput!) {
  updateRefs(input: $input) { clientMutationId }
}`;

/**
 * Changes refs, all or none of them, each only if it holds what is expected.
 * Source: https://docs.github.com/graphql/reference/git#updaterefs
 * @returns the errors; none when it is done
 */
export async function updateRefs(
  api: Api,
  repositoryId: string,
  refUpdates: readonly RefUpdate[],
  what: string,
): Promise<GraphqlReply['errors']> {
  const { errors } = await api.graphql(mutation, { input: { repositoryId, refUpdates } }, what);
  return errors;
}
