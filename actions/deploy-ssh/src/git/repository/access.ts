import type { ParsedKey } from 'ssh2';
import { fingerprintOf, type Pin } from '../../keys/known-hosts.ts';
import type { GitRepository } from './repository.ts';

/** What a host fetches with. */
export interface Access {
  /** Signs for the host, which never gets it. */
  deployKey: ParsedKey | undefined;
  /** Goes to one https origin only; `user:token`, or a token alone. */
  token: { text: string; origin: string } | undefined;
  /** The keys of git servers are among those of the hosts. */
  pins: readonly Pin[];
}

/** The token for a repository, if it is one for it. */
export function tokenFor(repository: GitRepository, { token }: Access): string | undefined {
  return repository.kind === 'https' && repository.origin === token?.origin
    ? token.text
    : undefined;
}

/** A token with the user that the server wants; GitHub, GitLab and Gitea take any. */
export function loginOf(token: string): { user: string; password: string } {
  const colon = token.indexOf(':');
  return colon < 0
    ? { user: 'x-access-token', password: token }
    : { user: token.slice(0, colon), password: token.slice(colon + 1) };
}

/** How a repository is read, for messages. */
export function accessName(repository: GitRepository, access: Access): string {
  if (repository.kind === 'ssh' && access.deployKey) {
    const { type } = access.deployKey;
    return `the deploy key (${type} ${fingerprintOf(access.deployKey.getPublicSSH())})`;
  }
  return tokenFor(repository, access) ? 'the token' : 'the access that the host itself has';
}
