import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import type { Api } from './github/api.ts';
import { readFacts } from './github/facts.ts';
import { failureOf } from './github/refusal.ts';
import { createTagObject, type TagObject } from './github/tag-object.ts';
import { absent, type RefUpdate, updateRefs } from './github/update-refs.ts';
import type { Move } from './moving-tags.ts';
import type { TagRef } from './version/tags.ts';

/** What is to be written, in one go. */
export interface Wanted {
  repositoryId: string;
  /** The commit. */
  sha: string;
  /** The version's tag; undefined when it is there already. */
  tag?: Omit<TagObject, 'sha' | 'time'>;
  moves: readonly Move[];
}

/** What came of it. `open`: the refs, read again, have to tell. */
export type Written = { is: 'written' } | { is: 'open'; judge: Judge };

/**
 * Judges by the refs as they are afterwards: it was `written` and only the answer got lost, another
 * run was faster and it is `lost`, or it may be tried `again`.
 * @throws Failure when nothing has changed, so that it was a refusal
 */
export type Judge = (refs: readonly TagRef[]) => 'written' | 'lost' | 'again';

/**
 * Writes the tag of a version and moves the others, as one operation which GitHub does in full or
 * not at all, and only if no ref has changed since it was read. Then reads it back.
 * @throws Failure for a refusal that says so, `tag/mismatch`
 */
export async function writeTags(api: Api, clock: Clock, wanted: Wanted): Promise<Written> {
  const { moves, repositoryId, sha, tag } = wanted;
  const oid = tag && (await createTagObject(api, { ...tag, sha, time: clock.now() }));
  const updates: RefUpdate[] = moves.map(({ name, before }) => ({
    name: `refs/tags/${name}`,
    beforeOid: before ?? absent,
    afterOid: sha,
    force: true,
  }));
  if (tag && oid) {
    const name = `refs/tags/${tag.name}`;
    updates.unshift({ name, beforeOid: absent, afterOid: oid, force: false });
  }
  const names = updates.map(({ name }) => name.slice('refs/tags/'.length));
  const what = `write ${names.join(', ')}`;
  const { error, unsure } = await updateRefs(api, repositoryId, updates, what);
  if (!error) {
    await readBack(api, wanted, names, oid);
    return { is: 'written' };
  }
  const subject = { repository: api.repository, tag: names[0] ?? '', sha };
  const refusal = failureOf({ what, ...error, writes: oid !== undefined }, subject);
  // Beyond these, the words of GitHub are no contract, but the refs are.
  if (!unsure && refusal.code !== 'tag/github') throw refusal;
  return { is: 'open', judge: (refs) => judge(updates, refs, unsure, refusal) };
}

function judge(
  updates: readonly RefUpdate[],
  refs: readonly TagRef[],
  unsure: boolean,
  refusal: Failure,
): ReturnType<Judge> {
  const now = new Map(refs.map(({ name, oid }) => [`refs/tags/${name}`, oid]));
  const [first] = updates;
  if (unsure && first && now.get(first.name) === first.afterOid) return 'written';
  if (updates.some(({ name, beforeOid }) => (now.get(name) ?? absent) !== beforeOid)) return 'lost';
  if (unsure) return 'again';
  throw refusal;
}

// A moving tag may have gone on already, with a run that came right after.
async function readBack(
  api: Api,
  { sha, tag }: Wanted,
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
