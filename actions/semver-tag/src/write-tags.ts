import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import type { Api } from './github/api.ts';
import { readFacts } from './github/facts.ts';
import { listTags } from './github/list-tags.ts';
import { failureOf } from './github/refusal.ts';
import { createTagObject, type TagObject } from './github/tag-object.ts';
import { absent, type RefUpdate, updateRefs } from './github/update-refs.ts';
import type { Move } from './moving-tags.ts';

/** What is to be written, in one go. */
export interface Wanted {
  repositoryId: string;
  /** The commit. */
  sha: string;
  /** The version's tag; undefined when it is there already. */
  tag?: Omit<TagObject, 'sha' | 'time'>;
  moves: readonly Move[];
  prefix: string;
}

/** `lost` when another run was faster: nothing was written, and there is a new state to look at. */
export type Written = 'written' | 'lost';

/**
 * Writes the tag of a version and moves the others, as one operation which GitHub does in full or
 * not at all, and only if no ref has changed since it was read. Then reads it back.
 * @throws Failure for a refusal, `tag/mismatch`
 */
export async function writeTags(api: Api, clock: Clock, wanted: Wanted): Promise<Written> {
  const { moves, prefix, repositoryId, sha, tag } = wanted;
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
  if (updates.length === 0) return 'written';
  const names = updates.map(({ name }) => name.slice('refs/tags/'.length));
  const what = `write ${names.join(', ')}`;
  const [error] = await updateRefs(api, repositoryId, updates, what);
  if (error) {
    // The words of a refusal are no contract, the refs are: changed ones mean that a run was
    // faster, or that this one was, and only the answer got lost.
    const now = new Map((await listTags(api, prefix)).map((ref) => [ref.name, ref.oid]));
    const holds = (update: RefUpdate) => now.get(update.name.slice('refs/tags/'.length)) ?? absent;
    if (tag ? now.get(tag.name) === oid : updates.every((one) => holds(one) === one.afterOid)) {
      return 'written';
    }
    if (updates.some((one) => holds(one) !== one.beforeOid)) return 'lost';
    const subject = { repository: api.repository, tag: names[0] ?? '', sha };
    throw failureOf({ what, ...error, writes: oid !== undefined }, subject);
  }
  await readBack(api, wanted, oid);
  return 'written';
}

// A moving tag may have gone on with a run that came right after; it is at no lower version then.
async function readBack(api: Api, { sha, tag, moves }: Wanted, oid?: string): Promise<void> {
  const names = [...(tag ? [tag.name] : []), ...moves.map(({ name }) => name)];
  const { tags } = await readFacts(api, sha, names);
  for (const name of names) {
    const found = tags.get(name);
    const right = name === tag?.name ? found?.oid === oid && found?.commit === sha : found;
    if (right) continue;
    throw Failure.of('tag/mismatch', { tag: name, wanted: sha, got: found?.commit ?? 'nothing' });
  }
}
