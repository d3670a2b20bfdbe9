import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';

/** Azure gave an operation up; `code` and `message` are its own, where it says any. */
export function provisioningFailure({ code, message }: { code: string; message: string }): Failure {
  const said = [oneLine(code), oneLine(message)].filter((text) => text !== '').join(': ');
  const known = remedies.find(({ words }) => words.test(`${code} ${message.slice(0, 3_000)}`));
  return Failure.of('aci/provisioning', {
    said: said === '' ? 'it gives no reason' : said,
    remedy: known?.remedy ?? 'What is known of its containers is in the job summary.',
  });
}

// The code alone misleads: ServiceUnavailable is a quota that is used up as well as want of room.
const remedies: ReadonlyArray<{ words: RegExp; remedy: string }> = [
  {
    words: /quota|\blimit:? '?\d/i,
    remedy:
      'Delete container groups that are not needed, or have the quota of the region raised; trying again does not help.',
  },
  {
    words: /not available in the location|capacity|ServiceUnavailable|AllocationFailed/i,
    remedy:
      'Azure has no room there at the moment: run the job again later, ask for less `cpu` and `memory`, or take another region.',
  },
  {
    words: /InaccessibleImage|RegistryErrorResponse|image/i,
    remedy:
      'Check the name of the image, and pull it with `registry-identity` or `registry-username`.',
  },
  {
    words: /timed? ?out|ProvisioningTimeout|30 minutes/i,
    remedy: 'What kept its containers from running is in the job summary.',
  },
  {
    words: /InternalServerError|internal error/i,
    remedy: 'It is an error of Azure: run the job again, and report what it says where that stays.',
  },
];
