import type { JsonObject } from '@slipway/shared/document/json-object';
import type { WorkloadName } from '../workload/workload-name.ts';

/** Label of the Secrets that hold the variables of a workload: by it old ones are found. */
export const secretsLabel = 'slipway-env-of';

/** Value of {@link secretsLabel}: `deployment.shop` */
export function secretsLabelOf({ kind, name }: WorkloadName): string {
  return `${kind.toLowerCase()}.${name}`.slice(0, 63).replace(/[^a-z0-9]+$/, '');
}

/**
 * A Secret with variables of a workload. Its name says what is in it, so it is another one when a value
 * changes: pods of the version before, and a rollback to it, keep the one that they had
 * (docs/decisions/0105).
 */
export async function secretObject(
  workload: WorkloadName,
  namespace: string,
  values: ReadonlyMap<string, string>,
): Promise<{ name: string; object: JsonObject }> {
  const entries = [...values].sort(([a], [b]) => (a < b ? -1 : 1));
  const own = `${workload.kind}/${workload.name}`;
  const name = nameOf(workload, await fingerprint(JSON.stringify(entries), `${namespace}/${own}`));
  const data = entries.map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      labels: {
        'app.kubernetes.io/managed-by': 'slipway',
        [secretsLabel]: secretsLabelOf(workload),
      },
    },
    type: 'Opaque',
    immutable: true,
    data: Object.fromEntries(data),
  };
  return { name, object };
}

function nameOf({ name }: WorkloadName, hash: string): string {
  return `${name.slice(0, 253 - hash.length - '-env-'.length)}-env-${hash}`;
}

/**
 * The name is not secret: with a fast hash, who reads it could try all short passwords. This one takes
 * some fifty milliseconds for each.
 */
async function fingerprint(text: string, salt: string): Promise<string> {
  const { scrypt } = await import('node:crypto');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, 8, (error, key) => (error ? reject(error) : resolve(key.toString('hex'))));
  });
}
