import { ArmError } from '../../arm/arm-error.ts';
import type { GroupBody } from '../body.ts';
import type { AciRuntime } from '../runtime.ts';

/**
 * The service looks for every image before it takes a request.
 * @throws ArmError `InaccessibleImage`, `RegistryErrorResponse`, `OsVersionNotSupported`
 */
export async function checkImages(
  runtime: AciRuntime,
  name: string,
  { properties }: GroupBody,
): Promise<void> {
  const { containers, imageRegistryCredentials = [], initContainers = [] } = properties;
  for (const container of [...initContainers, ...containers]) {
    const image = container.properties?.image;
    if (image === undefined) continue;
    const verdict = await runtime.inspect(image, imageRegistryCredentials);
    switch (verdict) {
      case 'accessible':
        break;
      case 'inaccessible':
        throw new ArmError(
          400,
          'InaccessibleImage',
          `The image '${image}' in container group '${name}' is not accessible. Please check the image and registry credential.`,
        );
      case 'registry-error':
        throw new ArmError(
          409,
          'RegistryErrorResponse',
          `An error response is received from the docker registry '${registryOf(image)}'. Please retry later.`,
        );
      case 'os-version':
        throw new ArmError(
          400,
          'OsVersionNotSupported',
          `The OS version of image '${image}' is not supported.`,
        );
      default:
        verdict satisfies never;
    }
  }
}

function registryOf(image: string): string {
  const [host = '', ...path] = image.split('/');
  return path.length > 0 && /[.:]/.test(host) ? host : 'index.docker.io';
}
