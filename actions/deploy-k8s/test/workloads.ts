import type { JsonObject } from '@slipway/shared/document/json-object';

/** Digests of images, as a test reads them. */
export const digests = {
  old: `sha256:${'a'.repeat(64)}`,
  new: `sha256:${'b'.repeat(64)}`,
} as const;

/** A Deployment as the server has it. */
export function deployment(
  template: JsonObject = {},
  more: { metadata?: JsonObject; spec?: JsonObject } = {},
): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', namespace: 'shop', ...more.metadata },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'shop' } },
      template: {
        metadata: { labels: { app: 'shop' } },
        spec: {
          containers: [{ name: 'web', image: `ghcr.io/acme/shop@${digests.old}` }],
          ...template,
        },
      },
      ...more.spec,
    },
  };
}

/** What managers have set, as the server keeps it. */
export function owned(
  manager: string,
  fieldsV1: JsonObject,
  operation: 'Apply' | 'Update' = 'Apply',
): JsonObject {
  return { manager, operation, apiVersion: 'apps/v1', fieldsType: 'FieldsV1', fieldsV1 };
}
