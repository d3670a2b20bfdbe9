import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { find } from '../registry.ts';

const folder = () => process.env['SLIPWAY_CACHE'] ?? join(homedir(), '.cache/slipway');

/**
 * Path of something that `scripts/setup kubernetes` brings into the cache.
 * @throws when it is not there
 */
export function cached(name: string): string {
  const path = join(folder(), name);
  if (existsSync(path)) return path;
  throw new Error(`${name} is not in the cache; run \`scripts/setup kubernetes\``);
}

/** Path of kubectl: the cache's, else the machine's. */
export function kubectlProgram(): string {
  const own = join(folder(), 'kubernetes/kubectl');
  return existsSync(own) ? own : find(['kubectl']);
}
