import { checkShape } from '@slipway/shared/document/check-shape';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { gatherProblems } from '@slipway/shared/document/problems';
import { Failure } from '@slipway/shared/failure/failure';
import { checkPlatform, type ResolvedImage } from '@slipway/shared/image/resolve-image';
import type { ServiceNeeds } from '../service-needs.ts';
import { checkContainers } from './containers.ts';
import { checkForService } from './service.ts';
import { taskDefinitionShape } from './shape.ts';
import { checkTask, isForFargate, platformOf } from './task.ts';

/** What a task definition is checked against. */
export interface CheckedAgainst {
  /** What it is called in errors. */
  name: string;
  /** Undefined where no service is known. */
  needs: ServiceNeeds | undefined;
  /** Images that are put into it. */
  images: readonly ResolvedImage[];
}

/**
 * Finds everything that is wrong with a task definition at once, before anything is written.
 * @throws Failure `image/platform` when only that is wrong, else `ecs/task-definition`
 */
export function checkTaskDefinition(document: JsonObject, against: CheckedAgainst): void {
  const problems = gatherProblems();
  checkShape(document, taskDefinitionShape, problems.add);
  const wellFormed = problems.text() === '';
  const fargate = isForFargate(document) || against.needs?.fargate === true;
  if (wellFormed) {
    checkTask(document, fargate, problems.add);
    checkContainers(document, fargate, problems.add);
    if (against.needs) checkForService(document, against.needs, problems.add);
  }
  const platform = wellFormed ? platformOf(document, fargate) : '';
  const misfits = against.images.flatMap((image) => misfitOf(image, platform) ?? []);
  const [misfit] = misfits;
  if (misfit && misfits.length === 1 && problems.text() === '') throw misfit;
  for (const { message } of misfits) problems.add(message.replace(/\.$/, ''));
  const text = problems.text();
  if (text === '') return;
  throw Failure.of('ecs/task-definition', { taskDefinition: against.name, problems: text });
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
