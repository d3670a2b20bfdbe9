import { type Api, type GraphqlReply, Unanswered } from './api.ts';

/** A change of one ref, with what it must hold before. */
export interface RefUpdate {
  /** `refs/tags/v1` */
  name: string;
  /** {@link absent} when it must not be there. */
  beforeOid: string;
  afterOid: string;
  force: boolean;
}

/** How an update ended. */
export interface Updated {
  /** None when it is done. */
  error?: GraphqlReply['errors'][number];
  /** True when only the answer is missing: it may be done. */
  unsure: boolean;
}

/** The object id that stands for no object. */
export const absent = '0'.repeat(40);

const mutation = `mutation($input: UpdateRefsInput!) {
  updateRefs(input: $input) { clientMutationId }
}`;

/**
 * Changes refs, all or none of them, each only if it holds what is expected.
 * Source: https://docs.github.com/graphql/reference/git#updaterefs
 */
export async function updateRefs(
  api: Api,
  repositoryId: string,
  refUpdates: readonly RefUpdate[],
  what: string,
): Promise<Updated> {
  try {
    const input = { repositoryId, refUpdates };
    const [error] = (await api.graphql(mutation, { input }, what, { repeatable: false })).errors;
    return { unsure: false, ...(error && { error }) };
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return { unsure: true, error: { type: '', said: error.message } };
  }
}
