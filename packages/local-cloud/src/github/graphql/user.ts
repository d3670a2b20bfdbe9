import type { World } from '../world.ts';

/** What the schema calls a User, and other actors. */
export function userNode({ urls }: World, login: string, type = 'User') {
  const id = `U_${Buffer.from(login).toString('base64url')}`;
  return { __typename: type, id, login, url: `${urls.server}/${encodeURIComponent(login)}` };
}
