import type { Access } from './access.ts';
import type { GitRepository } from './repository.ts';

/**
 * An SSH address on the server that the token is for, as the https address of the same repository:
 * a submodule's address is often that of whoever added it.
 */
export function overHttps(repository: GitRepository, { token }: Access): GitRepository {
  if (repository.kind !== 'ssh' || repository.port !== 22 || !token) return repository;
  if (new URL(token.origin).hostname !== repository.host.toLowerCase()) return repository;
  const path = repository.address.replace(/^ssh:\/\/[^/]*\/|^[^:]*:\/?/, '');
  return { kind: 'https', address: `${token.origin}/${path}`, origin: token.origin };
}
