import type * as ecs from '@aws-sdk/client-ecs';
import type { DiffLine } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { textField } from '@slipway/shared/http/json';
import { formatReference, type ImageReference } from '@slipway/shared/image/reference';
import type { ResolvedImage } from '@slipway/shared/image/resolve-image';
import type { EcsApi } from '../api/ecs-api.ts';
import type { Settings } from '../settings.ts';
import { checkTaskDefinition } from './check/check.ts';
import { diffTaskDefinitions } from './diff/diff.ts';
import { mainContainer } from './main-container.ts';
import { merge } from './merge.ts';
import type { GivenDocuments, PreparedTaskDefinition } from './prepared.ts';
import { containersOf, registrable } from './registrable.ts';
import { needsOf, needsOfDefinition } from './service-needs.ts';

/** What a task definition is prepared from. */
export interface Preparation {
  settings: Pick<
    Settings,
    'container' | 'image' | 'images' | 'env' | 'secrets' | 'run-before' | 'run-before-container'
  >;
  given: GivenDocuments;
  api: Pick<EcsApi, 'describeTaskDefinition'>;
  /** The service as it is; undefined where it is to be created. */
  service: ecs.Service | undefined;
  /** Resolves an image to its digest: shared's `resolveImage`. */
  resolve(reference: ImageReference, signal: AbortSignal): Promise<ResolvedImage>;
}

/** A task definition, and where it comes from. */
interface Found {
  document: JsonObject;
  /** What it is called in errors: `shop:42`. */
  name: string;
  /** Undefined for one that ECS does not have yet. */
  arn: string | undefined;
  active: boolean;
}

/**
 * Makes what is to be deployed: what the inputs name, or what the service runs, with the changes of
 * the inputs in it; resolved, checked, and compared with what runs. Reads only.
 * @throws Failure `action/input`, `ecs/container-not-found`, `ecs/container-unclear`,
 *   `ecs/task-definition`, `image/…`, and what the calls throw
 */
export async function prepareTaskDefinition(
  preparation: Preparation,
  signal: AbortSignal,
): Promise<PreparedTaskDefinition> {
  const { settings, given, service, resolve } = preparation;
  const describe = describer(preparation.api, signal);
  const running = service?.taskDefinition ? await describe(service.taskDefinition) : undefined;
  const base = await baseOf(given, running, describe);
  const needs = service ? needsOf(service) : needsOfDefinition(given.serviceDefinition ?? {});

  const { env = new Map(), secrets = new Map() } = settings;
  const runsBefore = settings['run-before'] !== undefined && !settings['run-before-container'];
  const container = mainContainer(base.document, {
    named: settings.container,
    imagesOf: [...(settings.images?.keys() ?? [])],
    reached: needs.reached.map((one) => one.container),
    needed: settings.image !== undefined || env.size + secrets.size > 0 || runsBefore,
    of: base.name,
  });
  const resolved = await resolveAll(wantedImages(settings, container), resolve, signal);
  const images = new Map([...resolved].map(([name, image]) => [name, image.name]));
  const document = merge(base.document, { container, images, env, secrets });
  checkTaskDefinition(document, { name: base.name, needs, images: [...resolved.values()] });

  const isNamed = given.taskDefinition !== undefined && 'name' in given.taskDefinition;
  const same = await sameOf(document, {
    candidates: isNamed && hasRevision(given) ? [base, running] : [running, base],
    describe,
  });
  const imageOf = (of: JsonObject) => textField(containersOf(of).get(container) ?? {}, 'image');
  return {
    arn: same?.arn,
    document,
    diff: changes(running, document, same),
    image: images.get(container) ?? imageOf(document) ?? '',
    previousImage: running && imageOf(running.document),
    container,
    images,
  };
}

type Describe = (name: string) => Promise<Found>;

function describer(api: Preparation['api'], signal: AbortSignal): Describe {
  return async (name) => {
    const { taskDefinition, tags } = await api.describeTaskDefinition(
      { taskDefinition: name },
      signal,
    );
    const own = tags.map(({ key, value }) => ({ key, ...(value !== undefined && { value }) }));
    const family = textField(taskDefinition, 'family');
    const arn = textField(taskDefinition, 'taskDefinitionArn');
    return {
      document: registrable({ ...taskDefinition, tags: own }),
      name: arn === undefined ? (family ?? name) : shortName(arn),
      arn,
      active: taskDefinition['status'] === 'ACTIVE',
    };
  };
}

async function baseOf(
  given: GivenDocuments,
  running: Found | undefined,
  describe: Describe,
): Promise<Found> {
  const { taskDefinition, serviceDefinition } = given;
  if (taskDefinition && 'document' in taskDefinition) {
    const document = registrable(taskDefinition.document);
    const name = `${textField(document, 'family') ?? ''} of input task-definition`;
    return { document, name: name.trim(), arn: undefined, active: false };
  }
  if (taskDefinition) return describe(taskDefinition.name);
  if (running) return running;
  const named = textField(serviceDefinition ?? {}, 'taskDefinition');
  if (named) return describe(named);
  const problems =
    'Input task-definition is required where the service runs none yet and service-definition names none. Valid: deploy/task-definition.json';
  throw Failure.of('action/input', { problems });
}

function wantedImages(
  { image, images }: Preparation['settings'],
  container: string,
): ReadonlyMap<string, ImageReference> {
  const wanted = new Map(images ?? []);
  if (image && wanted.has(container)) {
    const problems = `Input images names the container ${container}, which image is for. Valid: each container in one of them`;
    throw Failure.of('action/input', { problems });
  }
  return image ? wanted.set(container, image) : wanted;
}

async function resolveAll(
  wanted: ReadonlyMap<string, ImageReference>,
  resolve: Preparation['resolve'],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ResolvedImage>> {
  const byName = new Map<string, ResolvedImage>();
  const resolved = new Map<string, ResolvedImage>();
  for (const [container, reference] of wanted) {
    const name = formatReference(reference);
    const image = byName.get(name) ?? (await resolve(reference, signal));
    byName.set(name, image);
    resolved.set(container, image);
  }
  return resolved;
}

/** The revision that says just this. The latest of the family may be one of a run that failed. */
async function sameOf(
  document: JsonObject,
  { candidates, describe }: { candidates: ReadonlyArray<Found | undefined>; describe: Describe },
): Promise<Found | undefined> {
  const says = (found: Found) => diffTaskDefinitions(found.document, document).length === 0;
  const running = candidates.find((one) => one?.arn !== undefined && says(one));
  if (running) return running;
  const latest = await latestOf(textField(document, 'family') ?? '', describe);
  return latest?.active && says(latest) ? latest : undefined;
}

async function latestOf(family: string, describe: Describe): Promise<Found | undefined> {
  try {
    return await describe(family);
  } catch (error) {
    const isNone = error instanceof Failure && error.code === 'ecs/task-definition-not-found';
    if (isNone) return undefined;
    throw error;
  }
}

function hasRevision({ taskDefinition }: GivenDocuments): boolean {
  return !!taskDefinition && 'name' in taskDefinition && /:\d+$/.test(taskDefinition.name);
}

// A revision that was named is deployed, even when another one that says the same runs.
function changes(
  running: Found | undefined,
  document: JsonObject,
  same: Found | undefined,
): readonly DiffLine[] {
  const diff = diffTaskDefinitions(running?.document, document);
  if (diff.length > 0 || !running || !same || running.arn === same.arn) return diff;
  return [{ what: 'task definition', before: running.name, after: same.name }];
}

/** `shop:42` of an ARN. */
export function shortName(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
