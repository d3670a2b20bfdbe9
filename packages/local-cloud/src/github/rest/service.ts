import type { Answer, Request } from '../../http/exchange.ts';
import { acceptedPermissions, type Caller, countRequest, denial } from '../access.ts';
import type { World } from '../world.ts';
import { ApiError, notAccessible, notFound } from './api-error.ts';
import type { Route } from './route.ts';
import { routes } from './routes.ts';

const versions = ['2022-11-28', '2026-03-10'];

/** A call before it is known which endpoint it is for. */
interface Incoming {
  world: World;
  request: Request;
  caller: Caller;
  /** After the API's prefix, without a slash in front. */
  path: string;
  /** Whether it came where assets are uploaded. */
  uploads: boolean;
}

/**
 * Answers a call of the REST API.
 * Source: https://docs.github.com/rest/using-the-rest-api
 */
export async function answerRest(incoming: Incoming): Promise<Answer> {
  const { caller, request, world } = incoming;
  const rate = countRequest(world.settings.rates.core, 'core', world.now());
  const headers: Record<string, string> = { ...rate.headers, 'x-github-media-type': mediaType };
  let route: Route | undefined;
  try {
    if (caller === 'stranger') throw new ApiError(401, 'Bad credentials');
    headers['x-github-api-version-selected'] = readVersion(request);
    refuseMediaType(request);
    if (rate.over) throw rateLimitExceeded();
    const found = findRoute(incoming);
    route = found?.route;
    if (!found) throw notFound();
    const { needs } = found.route;
    headers['x-accepted-github-permissions'] = acceptedPermissions(needs);
    refuseDenied(world, caller, needs);
    const answer = await found.route.run({
      world,
      path: found.parts,
      query: request.url.searchParams,
      request,
      mayWrite: caller === 'holder' && world.settings.permissions.contents === 'write',
    });
    return { ...answer, headers: { ...headers, ...answer.headers } };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const answer = error.answer(route?.docs ?? '');
    return { ...answer, headers: { ...headers, ...answer.headers } };
  }
}

const mediaType = 'github.v3; format=json';

function findRoute({
  path,
  request,
  uploads,
  world,
}: Incoming): { route: Route; parts: Record<string, string> } | undefined {
  const { owner, name, id } = world;
  const [, , givenOwner, givenName, givenId, rest = ''] =
    /^(repos\/([^/]+)\/([^/]+)|repositories\/(\d+))(?:\/(.*))?$/.exec(path) ?? [];
  const same = (given: string | undefined, wanted: string) =>
    given?.toLowerCase() === wanted.toLowerCase();
  const known =
    givenId === undefined ? same(givenOwner, owner) && same(givenName, name) : givenId === `${id}`;
  if (!known) return undefined;
  for (const route of routes) {
    if (route.method !== request.method || (route.uploads ?? false) !== uploads) continue;
    const match = route.path.exec(rest);
    if (!match) continue;
    const parts = Object.entries(match.groups ?? {}).map(([key, value]) => [key, decode(value)]);
    return { route, parts: Object.fromEntries(parts) };
  }
  return undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ApiError(400, 'Bad Request');
  }
}

function refuseDenied(world: World, caller: Caller, needs: Route['needs']): void {
  switch (denial(world, caller, needs)) {
    case undefined:
      return;
    case 'hidden':
      throw notFound();
    case 'sign-in':
      throw new ApiError(401, 'Requires authentication');
    case 'permission':
      throw notAccessible();
  }
}

function readVersion({ headers }: Request): string {
  const version = headers['x-github-api-version'] ?? '2022-11-28';
  if (versions.includes(version)) return version;
  throw new ApiError(400, `${version} is not a valid API version.`);
}

function refuseMediaType({ headers }: Request): void {
  const accept = headers['accept'] ?? '*/*';
  if (/\*\/\*|application\/(json|vnd\.github|octet-stream)/.test(accept)) return;
  const message = `Unsupported 'Accept' header: '${accept}'. Must accept 'application/json'.`;
  throw new ApiError(415, message);
}

function rateLimitExceeded(): ApiError {
  return new ApiError(
    403,
    'API rate limit exceeded for installation. If you reach out to GitHub Support for help, please include the request ID and timestamp.',
  );
}
