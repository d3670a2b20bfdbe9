import type { Express } from 'express';

/** The methods of each path, in the order in which they were added. */
export type Routes = ReadonlyMap<string, readonly string[]>;

/** Reads off an app what it answers: the one source for metrics, for 405 and for tests. */
export function routesOf(app: Express): Routes {
  const routes = new Map<string, string[]>();
  for (const { route } of app.router.stack) {
    if (route === undefined) continue;
    const methods = routes.get(route.path) ?? [];
    for (const { method } of route.stack) {
      if (typeof method !== 'string') continue; // a handler of all methods
      const name = method.toUpperCase();
      const names = name === 'GET' ? ['GET', 'HEAD'] : [name];
      methods.push(...names.filter((each) => !methods.includes(each)));
    }
    routes.set(route.path, methods);
  }
  return routes;
}
