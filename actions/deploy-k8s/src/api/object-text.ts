import type { ObjectName } from './kubernetes-api.ts';

/** An object as kubectl names it, for people: `deployment/shop` */
export function objectText({ name, resource }: Pick<ObjectName, 'name' | 'resource'>): string {
  return `${resource.kind.toLowerCase()}/${name}`;
}
