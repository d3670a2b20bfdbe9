import { checkShape } from '@slipway/shared/document/check-shape';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { withoutNull } from '@slipway/shared/document/without-null';
import { checkAddress } from './address.ts';
import { checkContainers } from './containers.ts';
import { checkNames } from './names.ts';
import { checkReferences } from './references.ts';
import { groupShape } from './shape.ts';
import { checkSizes } from './sizes.ts';
import { checkVolumes } from './volumes.ts';
import { checkWords } from './words.ts';
import type { Wrong } from './wrong.ts';

/** Finds everything that is wrong with a container group at once. */
export function problemsOf(group: JsonObject): readonly Wrong[] {
  const document = withoutNull(group);
  const found: Wrong[] = [];
  checkShape(document, groupShape, (wrong) => found.push({ wrong }));
  // What has the wrong form cannot be read any further.
  if (found.length > 0) return found;
  const report = (at: string, wrong: string, valid?: string) => {
    found.push({ at, wrong, ...(valid !== undefined && { valid }) });
  };
  for (const check of checks) check(document, report);
  return found;
}

/**
 * What is wrong, in sentences without their end. What an input has set is called by the name of the
 * input.
 * @param inputs names of inputs by the place that they have set
 */
export function sentencesOf(
  problems: readonly Wrong[],
  inputs: ReadonlyMap<string, string>,
): readonly string[] {
  return problems.map(({ at, wrong, valid }) => {
    const input = at === undefined ? undefined : inputFor(at, inputs);
    const place = input === undefined ? at : `Input ${input}`;
    const what = place === undefined ? wrong : `${place} ${wrong}`;
    return valid === undefined ? what : `${what}. Valid: ${valid}`;
  });
}

function inputFor(at: string, inputs: ReadonlyMap<string, string>): string | undefined {
  const place = [...inputs.keys()].find((one) => at === one || at.startsWith(`${one}.`));
  return place === undefined ? undefined : inputs.get(place);
}

const checks = [
  checkContainers,
  checkNames,
  checkWords,
  checkAddress,
  checkSizes,
  checkVolumes,
  checkReferences,
];
