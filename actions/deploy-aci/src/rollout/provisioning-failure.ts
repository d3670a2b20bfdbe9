import type { FailureCode } from '@slipway/shared/failure/catalogue';
import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import { failureFor } from '../api/refusal-table.ts';

/**
 * Azure gave an operation on a group up, after it had accepted it.
 * @param said `code` and `message` are Azure's; empty where it says nothing
 */
export function provisioningFailure(
  said: { code: string; message: string },
  group: string,
): Failure {
  const { code, message } = said;
  const words = [oneLine(code), oneLine(message)].filter((text) => text !== '').join(': ');
  const known = failureFor({
    ...said,
    said: words,
    group,
    call: `the container group ${group}`,
    status: 0,
    ...unknown,
  });
  if (specific.has(known.code)) return known;
  return Failure.of('aci/provisioning', { said: words === '' ? 'it gives no reason' : words });
}

// What only the refusal of a call has.
const unknown = { id: 'unknown', action: '', scope: '', who: '', subscription: '' };

/** What says more than that it was given up. */
const specific = new Set<FailureCode>([
  'aci/quota',
  'aci/capacity',
  'aci/size',
  'aci/location',
  'aci/image-inaccessible',
  'aci/registry',
  'aci/label-taken',
  'aci/immutable',
  'aci/os-version',
  'aci/subnet',
  'aci/transitioning',
  'aci/platform',
]);
