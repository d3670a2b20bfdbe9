import { numberOf } from '@slipway/shared/document/json-number';
import { type Json, type JsonObject, objectIn } from '@slipway/shared/document/json-object';
import { eachIn, within } from '../document/edit.ts';
import { withContainer } from '../document/parts.ts';

/** How much one container gets; what is undefined stays as it is. */
export interface Size {
  readonly container: string;
  readonly cpu: number | undefined;
  /** In GB. */
  readonly memory: number | undefined;
}

/**
 * A group in which a container asks for as much. A limit that was as high as the request, or would be
 * below it, goes with it.
 */
export function withSize(group: JsonObject, { container, cpu, memory }: Size): JsonObject {
  if (cpu === undefined && memory === undefined) return group;
  return withContainer(group, container, (properties) => {
    const resources = objectIn(properties, 'resources');
    const [requests, limits] = [objectIn(resources, 'requests'), objectIn(resources, 'limits')];
    const limit = (field: string, size: number | undefined): JsonObject => {
      const now = numberOf(limits[field]);
      if (size === undefined || now === undefined) return {};
      return now === numberOf(requests[field]) || now < size ? { [field]: size } : {};
    };
    return {
      ...properties,
      resources: {
        ...resources,
        requests: {
          ...requests,
          ...(cpu !== undefined && { cpu }),
          ...(memory !== undefined && { memoryInGB: memory }),
        },
        ...('limits' in resources && {
          limits: { ...limits, ...limit('cpu', cpu), ...limit('memoryInGB', memory) },
        }),
      },
    };
  });
}

/** A group whose containers request what they are limited to, where they do not say what they request. */
export function withRequests(group: JsonObject): JsonObject {
  const filled = (resources: JsonObject): JsonObject => {
    const [requests, limits] = [objectIn(resources, 'requests'), objectIn(resources, 'limits')];
    const missing = (['cpu', 'memoryInGB'] as const).flatMap((field): Array<[string, Json]> => {
      const limit = limits[field];
      return requests[field] === undefined && limit !== undefined ? [[field, limit]] : [];
    });
    if (missing.length === 0) return resources;
    return { ...resources, requests: { ...requests, ...Object.fromEntries(missing) } };
  };
  return within(group, 'properties', (properties) =>
    eachIn(properties, 'containers', (container) =>
      within(container, 'properties', (of) => within(of, 'resources', filled)),
    ),
  );
}
