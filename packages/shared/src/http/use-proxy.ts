import type { Environment } from '../exec/environment.ts';
import { readProxies } from './proxy.ts';

/**
 * Sends what fetch asks for through the proxies that the environment of the runner names. Nothing is
 * loaded where it names none.
 * @param mask gets the password of an address
 * @throws Failure `action/proxy`
 */
export async function useProxy(env: Environment, mask: (secret: string) => void): Promise<void> {
  const proxies = readProxies(env, mask);
  if (proxies === undefined) return;
  const { sendThrough } = await import('./proxy-agent.ts');
  sendThrough(proxies);
}
