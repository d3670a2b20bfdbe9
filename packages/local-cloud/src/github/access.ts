import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from '../http/exchange.ts';
import type { Permissions, Rate, World } from './world.ts';

/** Who asks: nobody, somebody with a wrong token, or the holder of the token. */
export type Caller = 'nobody' | 'stranger' | 'holder';

/**
 * Reads `authorization`: `Bearer` and `token` as the API takes it, Basic with the token as the
 * password as git sends it.
 */
export function callerOf({ headers }: Request, token: string): Caller {
  const given = headers['authorization'];
  if (given === undefined) return 'nobody';
  const [, scheme = '', value = ''] = /^(\S+) (.+)$/.exec(given) ?? [];
  const basic = Buffer.from(value, 'base64').toString('utf8').split(':').slice(1).join(':');
  const secret = /^basic$/i.test(scheme) ? basic : value;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(secret), digest(token)) ? 'holder' : 'stranger';
}

/** What the caller is told about a need that is not met. */
export type Denial = 'hidden' | 'sign-in' | 'permission';

/** Why a caller may not do something; undefined when it may. */
export function denial(
  { settings }: World,
  caller: Caller,
  needs: Permissions,
): Denial | undefined {
  const missing = Object.entries(needs).filter(([name, level]) => {
    const had = caller === 'holder' ? permission(settings.permissions, name) : undefined;
    if (level === 'read' && (!settings.private || had !== undefined)) return false;
    return had !== level && had !== 'write';
  });
  if (caller === 'holder') return missing.length > 0 ? 'permission' : undefined;
  if (settings.private) return 'hidden';
  return missing.length > 0 ? 'sign-in' : undefined;
}

/** `contents=write`, as the header `x-accepted-github-permissions` has it. */
export function acceptedPermissions(needs: Permissions): string {
  return Object.entries({ metadata: 'read', ...needs })
    .filter(([name], _, all) => all.length === 1 || name !== 'metadata')
    .map(([name, level]) => `${name}=${level}`)
    .join(',');
}

/** Counts a request; the headers say what is left. `over` when there was nothing left. */
export function countRequest(
  rate: Rate,
  resource: 'core' | 'graphql',
  now: number,
): { over: boolean; headers: Record<string, string> } {
  if (now / 1_000 >= rate.reset) {
    rate.used = 0;
    rate.reset = Math.ceil(now / 1_000) + 3_600;
  }
  const over = rate.used >= rate.limit;
  if (!over) rate.used += 1;
  return {
    over,
    headers: {
      'x-ratelimit-limit': `${rate.limit}`,
      'x-ratelimit-remaining': `${rate.limit - rate.used}`,
      'x-ratelimit-used': `${rate.used}`,
      'x-ratelimit-reset': `${rate.reset}`,
      'x-ratelimit-resource': resource,
    },
  };
}

function permission(permissions: Permissions, name: string): string | undefined {
  return Object.entries(permissions).find(([key]) => key === name)?.[1];
}
