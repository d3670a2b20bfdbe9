import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Path of something that `scripts/setup kubernetes` brings into the cache.
 * @throws when it is not there
 */
export function cached(name: string): string {
  const path = join(process.env['SLIPWAY_CACHE'] ?? join(homedir(), '.cache/slipway'), name);
  if (existsSync(path)) return path;
  throw new Error(`${name} is not in the cache; run \`scripts/setup kubernetes\``);
}
