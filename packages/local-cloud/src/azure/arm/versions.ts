import { ArmError } from './arm-error.ts';

/** API versions of what the emulated Azure Resource Manager has. */
export const versions = {
  containerInstance: [
    '2018-06-01',
    '2018-10-01',
    '2019-12-01',
    '2020-11-01',
    '2021-03-01',
    '2021-07-01',
    '2021-09-01',
    '2021-10-01',
    '2022-09-01',
    '2023-05-01',
    '2024-05-01-preview',
    '2025-09-01',
    '2026-05-01',
  ],
  containerService: [
    '2024-09-01',
    '2025-01-01',
    '2025-02-01',
    '2025-03-01',
    '2025-04-01',
    '2025-05-01',
  ],
  resources: ['2020-10-01', '2021-04-01', '2022-09-01', '2023-07-01', '2024-03-01', '2025-04-01'],
} as const;

/** The API version of the published clients, which the models are of. */
export const published = '2023-05-01';

/**
 * The API version of a request.
 * @throws ArmError where there is none, or one that is not known
 */
export function apiVersion(query: URLSearchParams, known: readonly string[]): string {
  const version = query.get('api-version');
  if (!version) {
    throw new ArmError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  if (known.includes(version)) return version;
  throw new ArmError(
    400,
    'InvalidApiVersionParameter',
    `The api-version '${version}' is invalid. The supported versions are '${known.toReversed().join(',')}'.`,
  );
}
