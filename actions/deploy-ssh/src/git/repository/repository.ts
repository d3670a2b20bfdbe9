import { BadInput, type Input } from '@slipway/shared/action/input';

/** A repository as the host fetches it. */
export type GitRepository =
  | { kind: 'https'; address: string; origin: string }
  | { kind: 'ssh'; address: string; host: string; port: number }
  | { kind: 'file'; address: string };

/** A valid address, for messages. */
export const addressExample = 'git@github.com:owner/repository.git';

const noAddress = 'is neither https://…, ssh://…, user@host:path nor file:///…';

// No dash in front: a program further down could take it for an option.
const user = '[A-Za-z0-9._][A-Za-z0-9._+~-]*';
const name = String.raw`\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._][A-Za-z0-9._-]*`;
const sshUrl = new RegExp(String.raw`^ssh://(?:${user}@)?(?<host>${name})(?::(?<port>\d{1,5}))?/.`);
const scpLike = new RegExp(`^(?:${user}@)?(?<host>${name}):(?![:-]).`);

/** The user that an SSH address names; undefined when it names none. */
export function userIn(address: string): string | undefined {
  return new RegExp(`^(?:ssh://)?(${user})@`).exec(address)?.[1];
}

/**
 * An address in one of the forms of git-fetch(1): `https://…`, `ssh://…`, `user@host:path` or
 * `file:///…`. Nothing else is handed to git, and no address with a secret in it.
 */
export const repositoryAddress: Input<GitRepository> = {
  example: addressExample,
  parse(address) {
    if (address === '') throw new BadInput('is empty', addressExample);
    if (/[\x00-\x1f\x7f]/.test(address)) {
      throw new BadInput('has a control character in the address', addressExample);
    }
    const scheme = /^(\w[\w+.-]*):\/\//.exec(address)?.[1]?.toLowerCase();
    if (scheme === undefined) return parseScpLike(address);
    switch (scheme) {
      case 'https':
        return parseHttps(address);
      case 'ssh':
        return parseSsh(address);
      case 'file':
        if (/^file:\/\/\/./.test(address)) return { kind: 'file', address };
        throw new BadInput(
          'is not the address of a folder on the host',
          'file:///srv/git/shop.git',
        );
      case 'http':
      case 'git':
        throw new BadInput(`uses ${scheme}, which is not encrypted`, 'https://…');
      default:
        throw new BadInput('uses a protocol other than https, ssh and file', addressExample);
    }
  },
};

function parseHttps(address: string): GitRepository {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || url.pathname === '/' || /[\s\\?#]/.test(address)) {
    throw new BadInput('is not the address of a repository', 'https://github.com/owner/repository');
  }
  if (url.username || url.password) {
    throw new BadInput('carries credentials; they belong in token', 'https://github.com/…');
  }
  return { kind: 'https', address, origin: url.origin };
}

function parseSsh(address: string): GitRepository {
  const parts = sshUrl.exec(address)?.groups;
  if (!parts) {
    if (/^ssh:\/\/[^/]*:[^/]*@/.test(address)) {
      throw new BadInput('carries a password; SSH needs a key', 'ssh://git@git.example.com/shop');
    }
    throw new BadInput('is not ssh://user@host:port/path', 'ssh://git@git.example.com:2222/shop');
  }
  const port = Number(parts['port'] ?? 22);
  if (port < 1 || port > 65_535)
    throw new BadInput('has a port outside 1 to 65535', addressExample);
  return { kind: 'ssh', address, host: bare(parts['host'] ?? ''), port };
}

// A slash before the first colon makes it a path, for git too.
function parseScpLike(address: string): GitRepository {
  // On Windows git takes one letter for a drive; everywhere it looks for `://` first.
  if (/^[A-Za-z]:|\\|:\/\//.test(address)) throw new BadInput(noAddress, addressExample);
  if (/^\w+::/.test(address)) {
    throw new BadInput('names a remote helper, which could run anything', addressExample);
  }
  const host = scpLike.exec(address)?.groups?.['host'];
  if (host === undefined) throw new BadInput(noAddress, addressExample);
  return { kind: 'ssh', address, host: bare(host), port: 22 };
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
