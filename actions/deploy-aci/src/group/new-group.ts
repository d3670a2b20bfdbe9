import type { JsonObject } from '@slipway/shared/document/json-object';

/** What a container gets that nobody gave anything: as much as `az container create` gives. */
export const defaultSize = { cpu: 1, memoryInGB: 1.5 } as const;

/** A container group with one container of that name, for the inputs to fill. */
export function newGroup(container: string): JsonObject {
  return {
    properties: {
      osType: 'Linux',
      restartPolicy: 'Always',
      containers: [{ name: container, properties: { resources: { requests: defaultSize } } }],
    },
  };
}
