import { InvalidReference, isRegistry } from './reference.ts';

/** Where the API of a registry answers. */
export interface Address {
  origin: string;
  /** Whether traffic for this registry may go to a URL: https, or plain http by the rule below. */
  permits(url: URL): boolean;
}

/**
 * Finds the API of a registry. Plain http is spoken with a loopback registry (unless `plainHttp` is
 * false) and where `plainHttp` is true; and then only with that host, or from loopback to loopback.
 * @param registry host of an image reference, `docker.io` for Docker Hub
 * @throws InvalidReference when it is no host
 */
export function addressOf(registry: string, plainHttp: boolean | undefined): Address {
  if (!isRegistry(registry)) throw new InvalidReference(registry, 'is not a registry', 'ghcr.io');
  const host = /^(?:index\.)?docker\.io$/.test(registry) ? 'registry-1.docker.io' : registry;
  const { hostname } = new URL(`http://${host}`);
  const plain = plainHttp ?? isLoopback(hostname);
  const own = plain ? new URL(`http://${host}`) : new URL(`https://${host}`);
  return {
    origin: own.origin,
    permits(url) {
      if (url.protocol === 'https:') return true;
      if (url.protocol !== 'http:' || !plain) return false;
      return url.hostname === hostname || (isLoopback(hostname) && isLoopback(url.hostname));
    },
  };
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
