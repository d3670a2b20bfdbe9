import { type Handler, jsonAnswer } from '../http/exchange.ts';
import { callerOfGoogle, GoogleError, googleHandler } from './google-error.ts';
import type { GoogleParts } from './parts.ts';

/** A cluster of GKE, whose API server is somewhere else. */
export interface GkeCluster {
  /** `projects/shop/locations/europe-west3/clusters/shop` */
  id: string;
  /** The rest of what GKE answers: `endpoint`, `masterAuth`, `status`, … */
  described: Readonly<Record<string, unknown>>;
}

/**
 * Google Kubernetes Engine, as far as signing in needs it.
 * Source: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters/get
 */
export function containerService(parts: GoogleParts, clusters: readonly GkeCluster[]): Handler {
  return googleHandler((request) => {
    const { pathname, search } = request.url;
    const id = /^\/v1\/(projects\/[^/]+\/locations\/[^/]+\/clusters\/[^/]+)$/.exec(pathname)?.[1];
    if (request.method !== 'GET' || id === undefined || search !== '') {
      throw new GoogleError(404, 'NOT_FOUND', 'Not Found');
    }
    const { principal } = callerOfGoogle(request, parts);
    if (!parts.seed.readers.includes(principal)) {
      const message = `Required "container.clusters.get" permission(s) for "${id}".`;
      throw new GoogleError(403, 'PERMISSION_DENIED', message);
    }
    const found = clusters.find((cluster) => cluster.id === id);
    if (!found) throw new GoogleError(404, 'NOT_FOUND', `Not found: ${id}.`);
    return jsonAnswer(200, { name: id.split('/').at(-1), ...found.described });
  });
}
