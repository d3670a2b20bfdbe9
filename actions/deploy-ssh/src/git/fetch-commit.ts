import { Failure } from '@slipway/shared/failure/failure';
import type { ReleasePlace } from '../host/release-files.ts';
import { judgeHostKey } from '../keys/known-hosts.ts';
import { knownHostsName } from '../ssh/address.ts';
import type { Host } from '../ssh/host.ts';
import { linkProblem } from '../upload/link-target.ts';
import { shownName } from '../upload/shown-name.ts';
import { type Allows, keyAgent } from './agent/agent.ts';
import type { LoginRequest } from './agent/login-request.ts';
import type { ReleasePart } from './checkout-script.ts';
import { type CommitContent, readCommit } from './commit-content.ts';
import { fetchScript, type WantedCommit } from './fetch-script.ts';
import type { Access } from './repository/access.ts';
import { type GitRepository, userIn } from './repository/repository.ts';
import { inFolder, partOf, submoduleFailure } from './submodule.ts';
import { fetchFailure } from './why-not-fetched.ts';

/** A commit, with its submodules or without, and how a host comes by it. */
export interface FetchSettings extends WantedCommit {
  submodules: boolean;
  access: Access;
}

const mostParts = 200;

/**
 * Brings a commit and those of its submodules into the mirrors of a host.
 * @returns the parts of the release, each after the one that it lies in, and by how many KiB the
 * mirrors grew
 * @throws Failure `git/…`, `ssh/…`; the signal's reason
 */
export async function fetchCommit(
  host: Host,
  settings: FetchSettings,
  place: Pick<ReleasePlace, 'path' | 'signal' | 'say'>,
): Promise<{ parts: ReleasePart[]; fetched: number }> {
  const { repository, commit, submodules, access } = settings;
  const parts: ReleasePart[] = [{ repository, commit, folder: '' }];
  let fetched = 0;
  // A connection of its own: other programs on the host cannot use the key.
  let at: ReleasePart | undefined;
  const allows: Allows = (login) => at !== undefined && isTo(login, at.repository, access, host);
  const lent = access.deployKey
    ? await host.lend(await keyAgent(access.deployKey, allows))
    : undefined;
  try {
    // The list grows while it is walked: a submodule may have some of its own.
    for (const part of parts) {
      at = part;
      const content = await fetchOne(lent ?? host, part, access, place);
      fetched += content.fetched;
      refuseLinks(content, part);
      if (!submodules) break;
      const wanted = content.submodules.filter(({ leftOut }) => !leftOut);
      parts.push(...wanted.map((submodule) => partOf(submodule, part, access)));
      if (parts.length > mostParts) {
        throw submoduleFailure(part.folder, `is one of more than ${mostParts}`);
      }
    }
  } finally {
    await lent?.close();
  }
  return { parts, fetched };
}

/** Whether a login goes to the server of a repository; one that names no server passes. */
function isTo(
  { user, hostKey }: LoginRequest,
  repository: GitRepository,
  { pins }: Access,
  { address }: Host,
): boolean {
  if (repository.kind !== 'ssh') return false;
  if (user !== (userIn(repository.address) ?? address.user)) return false;
  return hostKey === undefined || judgeHostKey(pins, knownHostsName(repository), hostKey).trusted;
}

async function fetchOne(
  host: Host,
  part: ReleasePart,
  access: Access,
  { path, signal, say }: Pick<ReleasePlace, 'path' | 'signal' | 'say'>,
): Promise<CommitContent> {
  const { address } = part.repository;
  const what = `fetching ${address}`;
  const ended = await host.run(what, fetchScript(path, part, access), signal);
  if (ended.code !== 0) throw fetchFailure(ended, what, { ...part, access }, host.address);
  const content = readCommit(ended.stdout);
  if (content.whole) say(`${address} gives no commit by its name: fetched all branches and tags`);
  return content;
}

/** Links must stay in the release, as those of an upload. */
function refuseLinks({ links }: CommitContent, { folder }: ReleasePart): void {
  const problems = links.flatMap(({ path, target }) => {
    const at = inFolder(folder, path);
    const wrong = linkProblem(at, target);
    return wrong ? [`${shownName(at)}, whose target ${shownName(target)} ${wrong}`] : [];
  });
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw Failure.of('git/links', { problem: `has the symbolic link ${first}${more}` });
}
