import { type JsonObject, textIn } from '@slipway/shared/document/json-object';
import { formatReference, referenceOf } from '@slipway/shared/image/reference';
import {
  type ContainerAt,
  containerLists,
  containersOf,
  nameOf,
} from '../workload/pod-template.ts';

/** Image of a container of a template, as it is written. */
export function imageOf(template: JsonObject, container: string): string | undefined {
  const found = containersOf(template).find((one) => nameOf(one) === container);
  return found && textIn(found, 'image');
}

/**
 * The containers that have the same image as one of them, itself first: they all get the new one.
 * Another tag of the same repository is another image.
 */
export function withSameImage(template: JsonObject, container: string): readonly ContainerAt[] {
  const wanted = spelled(imageOf(template, container));
  const main: ContainerAt = { list: 'containers', name: container };
  const all = containerLists.flatMap((list) =>
    containersOf(template, list).map((one) => ({ list, name: nameOf(one), one })),
  );
  const same = all.filter(
    ({ list, name, one }) =>
      !(list === main.list && name === main.name) &&
      wanted !== undefined &&
      spelled(textIn(one, 'image')) === wanted,
  );
  return [main, ...same.map(({ list, name }) => ({ list, name }))];
}

function spelled(image: string | undefined): string | undefined {
  const reference = referenceOf(image);
  if (reference === undefined) return image;
  // A tag beside a digest says nothing.
  const { registry, repository, tag = 'latest', digest } = reference;
  return formatReference({ registry, repository, ...(digest ? { digest } : { tag }) });
}
