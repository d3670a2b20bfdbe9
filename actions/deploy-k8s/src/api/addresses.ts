import type { Collection, Resource } from './kubernetes-api.ts';

/** Fields of a query; those that are undefined are left out. */
export type Query = Readonly<Record<string, string | undefined>>;

/** Path of objects of a kind: `/apis/apps/v1/namespaces/shop/deployments`. */
export function collectionPath({ resource, namespace }: Collection): string {
  const within =
    resource.isNamespaced && namespace !== undefined ? ['namespaces', segment(namespace)] : [];
  return [rootOf(resource.apiVersion), ...within, segment(resource.plural)].join('/');
}

/** Path of one object, or of a part of it: `/api/v1/namespaces/shop/pods/shop-1/log`. */
export function objectPath(of: Collection & { name: string }, part = ''): string {
  const path = `${collectionPath(of)}/${segment(of.name)}`;
  return part === '' ? path : `${path}/${part}`;
}

/** Path of all kinds of a group and version: `/apis/apps/v1`. */
export function rootOf(apiVersion: string): string {
  const parts = apiVersion.split('/').map(segment);
  return `${parts.length > 1 ? '/apis' : '/api'}/${parts.join('/')}`;
}

/** Group of an apiVersion; empty for the core group. */
export function groupOf({ apiVersion }: Pick<Resource, 'apiVersion'>): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** The address of a path at a server. */
export function addressOf(server: URL, path: string, query: Query = {}): URL {
  const url = new URL(server);
  // Not by `new URL(path, server)`: a server may have a path of its own, as that of Rancher has.
  url.pathname = `${server.pathname.replace(/\/$/, '')}${path}`;
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

/**
 * One word of a path. Names come from manifests and from servers.
 * @throws Error for what is no word, such as `..`, which leads elsewhere however it is written
 */
export function segment(text: string): string {
  if (text === '' || text === '.' || text === '..') {
    throw new Error(`${JSON.stringify(text)} is not the name of an object`);
  }
  return encodeURIComponent(text);
}
