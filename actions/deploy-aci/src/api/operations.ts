import { field, parseJson, textField } from '@slipway/shared/http/json';
import type { Operation, OperationState } from './aci-api.ts';
import type { ArmAnswer } from './arm-call.ts';
import { armError } from './refusals.ts';

/** What an answer says about the operation that it has begun, in each of the shapes that Azure has. */
export function operationIn({ header }: Pick<ArmAnswer, 'header'>): Operation {
  const seconds = Number(header('retry-after') ?? Number.NaN);
  return {
    url: header('azure-asyncoperation') ?? header('location'),
    retryAfter: seconds >= 0 ? seconds * 1_000 : undefined,
  };
}

/**
 * Where an operation is, by the answer of its address.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
 */
export function stateIn({ status, text }: Pick<ArmAnswer, 'status' | 'text'>): OperationState {
  if (status === 404) return { state: 'unknown' };
  const body = parseJson(text);
  // Location: 202 while it goes on, then the resource or its error.
  if (status === 202) return { state: 'running' };
  if (status >= 400) return { state: 'failed', ...armError(text) };
  const word =
    textField(body, 'status') ?? textField(field(body, 'properties'), 'provisioningState');
  switch (word?.toLowerCase()) {
    case undefined:
    case 'succeeded':
      return { state: 'succeeded' };
    case 'failed':
    case 'canceled':
    case 'cancelled': {
      const { code, message } = armError(JSON.stringify(field(body, 'error') ?? {}));
      return { state: 'failed', code: code || `${word}`, message };
    }
    default:
      // Pending, Creating, Updating, Repairing, and words of tomorrow.
      return { state: 'running' };
  }
}
