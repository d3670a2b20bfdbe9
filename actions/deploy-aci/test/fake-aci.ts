import { Failure } from '@slipway/shared/failure/failure';
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

/** Answers one after the other, as a function that is called again and again; the last one stays. */
export function inTurn<T extends object>(...answers: readonly [T, ...T[]]): () => Promise<T> {
  let at = 0;
  return async () => answers[at++] ?? answers.at(-1) ?? answers[0];
}

/** Refuses in turn, and then answers; without an answer the last refusal stays. */
export function refusing(...refusals: readonly Error[]) {
  let at = 0;
  return {
    /** Answers after the refusals. */
    andThen:
      <T>(answer: T) =>
      async (): Promise<T> => {
        const refusal = refusals[at++];
        if (refusal) throw refusal;
        return answer;
      },
    /** Never answers. */
    always: async (): Promise<never> => {
      throw refusals[at++] ?? refusals.at(-1);
    },
  };
}

export const transitioning = () =>
  Failure.of('aci/transitioning', { group: 'shop', said: 'it is still transitioning' });
