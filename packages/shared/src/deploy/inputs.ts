import {
  boolean,
  count,
  duration,
  type Input,
  matching,
  statuses,
  text,
  webAddress,
} from '../action/input.ts';
import type { Problem } from '../action/inputs.ts';
import { map, secretMap } from '../action/key-values.ts';
import type { ImageReference } from '../image/reference.ts';
import { referenceInput } from '../image/reference-input.ts';
import { checkMarkerInputs, type MarkerValues, markerInputs } from './marker/marker-inputs.ts';

/** An example of an image, for the errors of inputs. */
export const imageExample = 'ghcr.io/owner/app:1.2.3';

const image: Input<ImageReference> = {
  example: imageExample,
  parse: (value) => referenceInput(value, imageExample),
};

/** The inputs that every deploy action has, each with its parser. */
export const deployInputs = {
  image,
  env: map(),
  secrets: secretMap({ example: 'DATABASE_URL=postgres://…' }),
  'health-url': webAddress,
  'health-path': matching(/^\/\S*$/, 'does not start with a slash', '/health'),
  'health-status': statuses,
  'health-threshold': count(1, 100),
  expect: text,
  bake: duration('0s', '24h'),
  timeout: duration('1s', '6h'),
  rollback: boolean,
  'dry-run': boolean,
  settings: text,
  ...markerInputs,
} as const;

/** The values of {@link deployInputs}, as the checks between them see them. */
export interface DeployValues extends MarkerValues {
  env?: ReadonlyMap<string, string> | undefined;
  secrets?: ReadonlyMap<string, string> | undefined;
  'health-url'?: URL | undefined;
  'health-path'?: string | undefined;
  'health-threshold': number;
  expect?: string | undefined;
}

/**
 * Checks between the inputs that every deploy action has.
 * @param threshold the default of health-threshold: who leaves it out has not asked for answers
 */
export function checkDeployInputs(values: DeployValues, problem: Problem, threshold = 1): void {
  const asked = values['health-url'] !== undefined || values['health-path'] !== undefined;
  if (values.expect !== undefined && !asked) {
    problem('expect', 'needs health-url or health-path', 'a commit');
  }
  if (![1, threshold].includes(values['health-threshold']) && !asked) {
    problem('health-threshold', 'needs health-url or health-path', '1');
  }
  checkMarkerInputs(values, problem);
  for (const key of values.secrets?.keys() ?? []) {
    if (!values.env?.has(key)) continue;
    problem('secrets', `has the key ${key}, which env has too`, 'each key in one of them');
  }
}
