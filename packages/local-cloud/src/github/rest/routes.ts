import { assetRoutes } from './assets.ts';
import { commitRoutes } from './commits.ts';
import { compareRoutes } from './compare.ts';
import { refRoutes } from './refs.ts';
import { releaseRoutes } from './releases.ts';
import { repositoryRoutes } from './repository.ts';
import type { Route } from './route.ts';
import { tagRoutes } from './tags.ts';

/** Every endpoint that is served. */
export const routes: readonly Route[] = [
  ...repositoryRoutes,
  ...refRoutes,
  ...tagRoutes,
  ...commitRoutes,
  ...compareRoutes,
  ...releaseRoutes,
  ...assetRoutes,
];
