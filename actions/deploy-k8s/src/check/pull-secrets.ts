import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { field, parseJson } from '@slipway/shared/http/json';
import { oneLine } from '@slipway/shared/image/said';
import type { KubernetesApi } from '../api/kubernetes-api.ts';
import { nameOf } from '../workload/pod-template.ts';

/** Where an image is pulled from, and by what. */
export interface Pull {
  /** Registry of the image: `ghcr.io` */
  readonly registry: string;
  readonly template: JsonObject;
  readonly namespace: string | undefined;
  /** Names of Secrets that this run applies. */
  readonly applied: ReadonlySet<string>;
}

/**
 * Whether the pull secrets of a pod are there and are for the registry of its image. Without one the
 * node asks the registry as nobody, which is right for a public image. Who may not read Secrets is not
 * told.
 * @returns one sentence each
 */
export async function checkPullSecrets(
  api: KubernetesApi,
  { registry, template, namespace, applied }: Pull,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const names = objectsIn(objectIn(template, 'spec'), 'imagePullSecrets').map(nameOf);
  if (names.length === 0 || names.some((name) => applied.has(name))) return [];
  const resource = await api.resource({ apiVersion: 'v1', kind: 'Secret' }, signal);
  if (!resource) return [];
  const notes: string[] = [];
  const hosts = new Set<string>();
  for (const name of names) {
    const secret = await readable(() => api.get({ resource, namespace, name }, signal));
    if (secret === 'denied') return [];
    if (secret) for (const host of hostsIn(secret)) hosts.add(host);
    else {
      notes.push(
        `The pull secret ${oneLine(name)} is not there, so nodes ask ${registry} as nobody.`,
      );
    }
  }
  if (notes.length === 0 && !hosts.has(registry)) {
    const has = [...hosts].map(oneLine).join(', ') || 'no registry';
    notes.push(
      `The pull secrets of the pods are for ${has}, and the image is in ${registry}, which nodes ask as nobody.`,
    );
  }
  return notes;
}

async function readable<T>(read: () => Promise<T>): Promise<T | 'denied'> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Failure && error.code === 'k8s/denied') return 'denied';
    throw error;
  }
}

/** The registries that a Secret of the type kubernetes.io/dockerconfigjson has a login for. */
function hostsIn(secret: JsonObject): readonly string[] {
  const text = textIn(objectIn(secret, 'data'), '.dockerconfigjson') ?? '';
  const auths = field(parseJson(Buffer.from(text, 'base64').toString('utf8')), 'auths');
  return Object.keys(Object(auths)).map(hostOf);
}

// Docker itself writes its own registry as an address of long ago.
function hostOf(key: string): string {
  const host = key
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .toLowerCase();
  return /^(?:index|registry-1)\.docker\.io$/.test(host) ? 'docker.io' : host;
}
