import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { KubernetesApi, ObjectName, Resource } from '../api/kubernetes-api.ts';
import type { ManifestObject } from '../manifests/manifest-object.ts';
import { applicable } from './applicable.ts';

/** An object of a manifest, and where it belongs in the cluster. */
export interface Located {
  readonly name: ObjectName;
  readonly object: JsonObject;
  readonly place: string;
  /** Whether the server serves its kind; else the same manifests define it. */
  readonly isServed: boolean;
}

/** Where objects without a namespace belong, and whether those of another one are refused. */
export interface Home {
  readonly namespace: string;
  readonly isOnlyOne: boolean;
}

/**
 * Finds out where each object belongs.
 * @throws Failure `k8s/kind-unknown`, `k8s/namespace`
 */
export async function locate(
  api: KubernetesApi,
  manifests: readonly ManifestObject[],
  home: Home,
  signal: AbortSignal,
): Promise<readonly Located[]> {
  const kinds = new Map<string, Promise<Resource | undefined>>();
  const defined = manifests.flatMap(definedKinds);
  const located: Located[] = [];
  for (const manifest of manifests) {
    const { apiVersion, kind, object, place } = manifest;
    const key = `${apiVersion} ${kind}`;
    const known = kinds.get(key) ?? api.resource({ apiVersion, kind }, signal);
    kinds.set(key, known);
    const served = await known;
    const resource =
      served ?? defined.find((one) => one.apiVersion === apiVersion && one.kind === kind);
    if (!resource) {
      throw Failure.of('k8s/kind-unknown', { kind, apiVersion, place, server: api.server });
    }
    const name = {
      resource,
      name: manifest.name,
      namespace: namespaceOf(manifest, resource, home),
    };
    located.push({
      name,
      object: applicable(object, name),
      place,
      isServed: served !== undefined,
    });
  }
  return located;
}

function namespaceOf(
  { kind, name, object, place }: ManifestObject,
  { isNamespaced }: Resource,
  home: Home,
): string | undefined {
  if (!isNamespaced) return undefined;
  const own = textIn(objectIn(object, 'metadata'), 'namespace') || undefined;
  if (own !== undefined && own !== home.namespace && home.isOnlyOne) {
    const { namespace } = home;
    throw Failure.of('k8s/namespace', { object: `${kind} ${name}`, has: own, namespace, place });
  }
  return own ?? home.namespace;
}

/** The kinds that a manifest adds to the cluster. */
function definedKinds({ kind, object }: ManifestObject): readonly Resource[] {
  if (kind !== 'CustomResourceDefinition') return [];
  const spec = objectIn(object, 'spec');
  const names = objectIn(spec, 'names');
  const [group, own, plural] = [
    textIn(spec, 'group'),
    textIn(names, 'kind'),
    textIn(names, 'plural'),
  ];
  if (own === undefined || plural === undefined || group === undefined) return [];
  const isNamespaced = textIn(spec, 'scope') !== 'Cluster';
  return objectsIn(spec, 'versions').map((version) => {
    const apiVersion = `${group}/${textIn(version, 'name') ?? ''}`;
    return { apiVersion, kind: own, plural, isNamespaced };
  });
}
