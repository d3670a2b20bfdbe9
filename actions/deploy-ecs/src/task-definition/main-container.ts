import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { containersOf } from './registrable.ts';

/** What tells which container is the main one. */
export interface ContainerChoice {
  /** Input `container`. */
  named: string | undefined;
  /** Containers of input `images`. */
  imagesOf: readonly string[];
  /** Containers that load balancers reach. */
  reached: readonly string[];
  /** Whether an input is for the main container, so that there has to be exactly one. */
  needed: boolean;
  /** What the task definition is called in errors. */
  of: string;
}

/**
 * The main container of a task definition: the one that is named, else the only one, else the only
 * one that load balancers reach. Where no input is for it, the first essential one will do: it is
 * only reported then.
 * @throws Failure `ecs/container-not-found`, `ecs/container-unclear`
 */
export function mainContainer(document: JsonObject, choice: ContainerChoice): string {
  const containers = containersOf(document);
  const names = [...containers.keys()];
  const has = names.join(', ') || 'none';
  const given = [
    ...(choice.named === undefined ? [] : [['container', choice.named] as const]),
    ...choice.imagesOf.map((name) => ['images', name] as const),
  ];
  for (const [input, container] of given) {
    if (containers.has(container)) continue;
    const facts = { container, input, taskDefinition: choice.of, has };
    throw Failure.of('ecs/container-not-found', facts);
  }
  const reached = new Set(choice.reached.filter((name) => containers.has(name)));
  const only = [names, [...reached]].find((some) => some.length === 1)?.[0];
  const found = choice.named ?? only;
  if (found !== undefined) return found;
  if (choice.needed) throw Failure.of('ecs/container-unclear', { taskDefinition: choice.of, has });
  const essential = names.find((name) => containers.get(name)?.['essential'] !== false);
  return choice.imagesOf[0] ?? essential ?? '';
}
