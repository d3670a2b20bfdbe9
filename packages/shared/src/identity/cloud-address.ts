import type { Environment } from '../exec/environment.ts';
import { Failure } from '../failure/failure.ts';
import { isLoopback } from './registry-host.ts';

/**
 * Another address for a service of a cloud, out of a variable of this step. Tokens go
 * there, so it has to be https, or this machine.
 * @param example a valid address
 * @returns undefined where the variable is not set
 * @throws Failure `action/input` when it holds no such address
 */
export function cloudAddress(name: string, env: Environment, example: string): string | undefined {
  const given = env[name];
  if (!given) return undefined;
  const address = given.includes('://') ? given : `https://${given}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.host));
  if (url && safe) return address;
  const problems = `${name}: ${JSON.stringify(given)} is no https address. Example: ${example}`;
  throw Failure.of('action/input', { problems });
}
