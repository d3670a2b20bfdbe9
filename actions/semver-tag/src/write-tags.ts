import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import type { Api } from './github/api.ts';
import { readFacts } from './github/facts.ts';
import { failureOf } from './github/refusal.ts';
import { createTagObject, type TagObject } from './github/tag-object.ts';
import { absent, type RefUpdate, type Updated, updateRefs } from './github/update-refs.ts';
import type { Move } from './moving-tags.ts';
import type { TagRef } from './version/tags.ts';

/** What is to be written, in one go. */
export interface TagWrite {
  repositoryId: string;
  /** The commit. */
  sha: string;
  /** The version's tag; undefined when it is there already. */
  tag?: Omit<TagObject, 'sha' | 'time'>;
  moves: readonly Move[];
  /** Makes the tag signed and pushes all of it; the API does it otherwise. */
  sign?: (
    tag: Omit<TagObject, 'time'>,
    moves: readonly RefUpdate[],
  ) => Promise<Updated & { oid: string }>;
}

/**
 * Judges by the refs as they are afterwards: it was `written` and only the answer got lost, another
 * run was faster and it is `lost`, or it may be tried `again`.
 * @param refs as they are now
 * @throws Failure when nothing has changed, so that it was a refusal
 */
export type Judge = (refs: readonly TagRef[], mayTryAgain: boolean) => WriteResult;

export type WriteResult = 'written' | 'lost' | 'again';

/**
 * Writes the tag of a version and moves the others, as one operation which GitHub does in full or
 * not at all, and only if no ref has changed since it was read. Then reads it back.
 * @returns undefined when it is written; what judges, when the answer alone does not tell
 * @throws Failure for a refusal that says so, `tag/mismatch`
 */
export async function writeTags(
  api: Api,
  clock: Clock,
  wanted: TagWrite,
): Promise<Judge | undefined> {
  const { sha, tag } = wanted;
  const moves: RefUpdate[] = wanted.moves.map(({ name, before }) => ({
    name: `refs/tags/${name}`,
    beforeOid: before ?? absent,
    afterOid: sha,
    force: true,
  }));
  const names = [...(tag ? [tag.name] : []), ...wanted.moves.map(({ name }) => name)];
  const what = `write ${names.join(', ')}`;
  const { oid, error, unsure, updates } = await write(api, clock, wanted, { moves, what });
  if (!error) {
    await readBack(api, wanted, names, oid);
    return undefined;
  }
  const subject = { repository: api.repository, tag: names[0] ?? '', sha };
  const refusal = failureOf({ what, ...error, writes: oid !== undefined && !wanted.sign }, subject);
  // Beyond these, the words of GitHub are no contract, but the refs are.
  if (!unsure && refusal.code !== 'tag/github') throw refusal;
  return (...now) => judge({ updates, unsure, refusal }, ...now);
}

async function write(
  api: Api,
  clock: Clock,
  { repositoryId, sha, sign, tag }: TagWrite,
  { moves, what }: { moves: readonly RefUpdate[]; what: string },
): Promise<Updated & { oid: string | undefined; updates: readonly RefUpdate[] }> {
  const create = (afterOid: string, { name }: { name: string }): RefUpdate => {
    return { name: `refs/tags/${name}`, beforeOid: absent, afterOid, force: false };
  };
  if (tag && sign) {
    const pushed = await sign({ ...tag, sha }, moves);
    return { ...pushed, updates: [create(pushed.oid, tag), ...moves] };
  }
  const oid = tag && (await createTagObject(api, { ...tag, sha, time: clock.now() }));
  const updates = tag && oid ? [create(oid, tag), ...moves] : moves;
  return { ...(await updateRefs(api, repositoryId, updates, what)), oid, updates };
}

/** A write of which the answer alone does not tell whether it was done. */
interface OpenWrite {
  updates: readonly RefUpdate[];
  /** Whether it may have been done all the same. */
  unsure: boolean;
  /** The failure when it was not. */
  refusal: Failure;
}

function judge(
  { updates, unsure, refusal }: OpenWrite,
  refs: readonly TagRef[],
  mayTryAgain: boolean,
): WriteResult {
  const now = new Map(refs.map(({ name, oid }) => [`refs/tags/${name}`, oid]));
  const [first] = updates;
  if (unsure && first && now.get(first.name) === first.afterOid) return 'written';
  if (updates.some(({ name, beforeOid }) => (now.get(name) ?? absent) !== beforeOid)) return 'lost';
  if (unsure && mayTryAgain) return 'again';
  throw refusal;
}

// A moving tag may have gone on already, with a run that came right after.
async function readBack(
  api: Api,
  { sha, tag }: TagWrite,
  names: readonly string[],
  oid: string | undefined,
): Promise<void> {
  const { tags } = await readFacts(api, sha, names);
  for (const name of names) {
    const found = tags.get(name);
    const right = name === tag?.name ? found?.oid === oid && found?.commit === sha : found;
    if (right) continue;
    throw Failure.of('tag/mismatch', { tag: name, wanted: sha, got: found?.commit ?? 'nothing' });
  }
}
