import {
  isJsonList,
  type JsonObject,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';
import { gatherProblems } from '@slipway/shared/document/problems';
import { Failure } from '@slipway/shared/failure/failure';
import { type ImageReference, referenceOf } from '@slipway/shared/image/reference';
import { checkPlatform, type ResolvedImage } from '@slipway/shared/image/resolve-image';
import { oneLine } from '@slipway/shared/image/said';
import { problemsOf, sentencesOf } from './check/check.ts';
import { checkInputs, placesOf } from './check/inputs.ts';
import type { Wrong } from './check/wrong.ts';
import { asItRuns } from './diff/as-it-runs.ts';
import { compare } from './diff/compare.ts';
import { withKnownWords } from './document/known-words.ts';
import { containerIn, propertiesOf } from './document/parts.ts';
import { snapshot, unknownFields } from './document/snapshot.ts';
import { withoutReleaseTags } from './document/writable.ts';
import type { GroupSettings } from './group-settings.ts';
import { runningImage } from './image.ts';
import { mainContainer, placeOf } from './main-container.ts';
import { firstPort } from './merge/address.ts';
import { merge } from './merge/merge.ts';
import { newGroup } from './new-group.ts';
import type { GroupChange, PreparedGroup } from './prepared-group.ts';
import { lackingSecrets } from './secrets/lost.ts';

/** What a container group is prepared from. */
export interface Preparation {
  readonly settings: GroupSettings;
  /** The document of an input, {@link readSpec}; undefined where only inputs change what runs. */
  readonly spec: JsonObject | undefined;
  /** The answer of Azure about what runs; undefined where nothing does. */
  readonly live: JsonObject | undefined;
  /** Region of the resource group. */
  readonly location: string;
  /** Resolves an image to its digest: shared's `resolveImage`. */
  resolve(reference: ImageReference, signal: AbortSignal): Promise<ResolvedImage>;
}

/**
 * Makes what is to be deployed: the document of an input, or what runs, with the changes of the inputs
 * in it; resolved, checked, and compared with what runs. Reads only.
 * @throws Failure `aci/group`, `aci/container-not-found`, `aci/secrets-lost`, `image/…`
 */
export async function prepareGroup(
  { settings, spec, live, location, resolve }: Preparation,
  signal: AbortSignal,
): Promise<PreparedGroup> {
  const runs = live && withoutReleaseTags(snapshot(live));
  const base = spec ?? runs ?? newGroup(settings.container ?? settings.name);
  const container = containerFor(base, settings);
  const wanted = settings.image ?? (spec && referenceOf(imageIn(spec, container)));
  const image = wanted && (await resolve(wanted, signal));
  const merged = merge(withLocation(base, runs), {
    settings,
    container,
    image: image?.name,
    registry: (wanted ?? referenceOf(imageIn(base, container)))?.registry,
    location,
  });
  const document = asItRuns(withKnownWords(merged), runs);
  check(document, { settings, container, image, runs, given: spec !== undefined });

  const { change, diff } = compare(live, document);
  const place = runs && placeOf(runs, container);
  return {
    document,
    change,
    diff,
    container,
    image: imageIn(document, container) ?? '',
    previousImage: live && place !== undefined ? runningImage(live, place) : undefined,
    port: firstPort(document),
    notes: notesOf(document, { change, unknown: spec || !live ? [] : unknownFields(live) }),
  };
}

/** Where there is no list of containers, the check says so. */
function containerFor(base: JsonObject, { container, name }: GroupSettings): string {
  const has = isJsonList(propertiesOf(base)['containers']);
  const found = has ? mainContainer(base, { named: container, group: name }) : container;
  return found ?? name;
}

function imageIn(group: JsonObject, container: string): string | undefined {
  return textIn(containerIn(group, container) ?? {}, 'image');
}

/** A document of an input that names no region stays where the group is. */
function withLocation(base: JsonObject, runs: JsonObject | undefined): JsonObject {
  if (base['location'] !== undefined || runs?.['location'] === undefined) return base;
  return { ...base, location: runs['location'] };
}

interface Checked {
  settings: GroupSettings;
  container: string;
  image: ResolvedImage | undefined;
  runs: JsonObject | undefined;
  /** Whether an input gave the document. */
  given: boolean;
}

function check(document: JsonObject, checked: Checked): void {
  const { settings, container, image, runs, given } = checked;
  const problems = gatherProblems();
  // What Azure runs it takes, whatever its documentation says.
  const accepted = new Set(runs ? problemsOf(runs).map(keyOf) : []);
  const own = problemsOf(document).filter((problem) => !accepted.has(keyOf(problem)));
  const { lost, missing } = lackingSecrets(document, { live: runs, container, given });
  const incomplete = missing.map(({ at }): Wrong => ({ at, ...unsupplied(at) }));
  const all = [...checkInputs(document, settings), ...own, ...incomplete];
  for (const sentence of sentencesOf(all, placesOf(settings, container))) problems.add(sentence);
  const misfit = image && misfitOf(image, platformOf(document));
  if (misfit && problems.text() === '') throw misfit;
  if (misfit) problems.add(misfit.message.replace(/\.$/, ''));
  if (problems.text() === '' && lost.length === 0) return;
  const names = lost.map(oneLine).join(', ');
  if (problems.text() === '') {
    throw Failure.of('aci/secrets-lost', { group: settings.name, names });
  }
  if (lost.length > 0)
    problems.add(`Azure does not give back ${names}, and this run does not supply it`);
  throw Failure.of('aci/group', { group: settings.name, problems: problems.text() });
}

function keyOf({ at = '', wrong }: Wrong): string {
  return `${at} ${wrong}`;
}

function unsupplied(at: string): { wrong: string; valid: string } {
  if (at.includes('.environmentVariables[')) {
    return { wrong: 'has no value', valid: 'value, secureValue or secureValueReference' };
  }
  if (at.includes('.imageRegistryCredentials[')) {
    return { wrong: 'has no password', valid: 'identity, or username with password' };
  }
  if (at.endsWith('.azureFile')) {
    return { wrong: 'has no storageAccountKey', valid: 'storageAccountKey' };
  }
  if (at.endsWith('.secret')) return { wrong: 'has no files', valid: 'file: aGVsbG8=' };
  return { wrong: 'has no workspaceKey', valid: 'workspaceKey' };
}

/** What a group runs on: Azure has one kind of processor. */
function platformOf(group: JsonObject): string {
  const windows = textIn(propertiesOf(group), 'osType')?.toLowerCase() === 'windows';
  return windows ? 'windows/amd64' : 'linux/amd64';
}

function misfitOf(image: ResolvedImage, platform: string): Failure | undefined {
  try {
    checkPlatform(image, platform);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

function notesOf(
  document: JsonObject,
  { change, unknown }: { change: GroupChange; unknown: readonly string[] },
): readonly string[] {
  const notes: string[] = [];
  const volumes = objectsIn(propertiesOf(document), 'volumes');
  if (change.kind === 'update' && volumes.some((volume) => volume['azureFile'] !== undefined)) {
    notes.push(
      'A share of Azure Files is mounted, with which an update in place does not always work; strategy recreate does.',
    );
  }
  if (change.kind !== 'none' && unknown.length > 0) {
    const names = oneLine(unknown.join(', '));
    notes.push(
      `Azure answers fields that its API does not take, and that are not sent back: ${names}.`,
    );
  }
  return notes;
}
