import type { AciApi } from '../src/api/aci-api.ts';

const unexpected = (name: string) => () => {
  throw new Error(`the test has no answer for ${name}`);
};

/** Azure with the answers of a test; a call without an answer is a mistake of the test. */
export function fakeAci(answers: Partial<AciApi>): AciApi {
  return {
    subscription: '11111111-2222-3333-4444-555555555555',
    locationOf: unexpected('locationOf'),
    getGroup: unexpected('getGroup'),
    putGroup: unexpected('putGroup'),
    deleteGroup: unexpected('deleteGroup'),
    operationState: unexpected('operationState'),
    logLines: unexpected('logLines'),
    usages: unexpected('usages'),
    ...answers,
  };
}
