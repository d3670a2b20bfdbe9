import type { Redis } from 'ioredis';
import { Notes } from './schemas.ts';
import type { NoteStore } from './store.ts';

const KEY = 'example-app:notes';
/** The longest that a list may be wrong: when it is read while another instance changes it. */
const KEPT_SECONDS = 10;

/** Keeps the list in Redis for a moment. Whatever is wrong with Redis, the store answers instead. */
export function cachedNotes(store: NoteStore, redis: Redis): NoteStore {
  const ignore = () => undefined;
  const forget = () => redis.del(KEY).catch(ignore);
  return {
    ...store,
    async list() {
      const kept = read(await redis.get(KEY).catch(ignore));
      if (kept !== undefined) return kept;
      const notes = await store.list();
      await redis.set(KEY, JSON.stringify({ notes }), 'EX', KEPT_SECONDS).catch(ignore);
      return notes;
    },
    async add(text) {
      const note = await store.add(text);
      await forget();
      return note;
    },
    async remove(id) {
      const removed = await store.remove(id);
      await forget();
      return removed;
    },
  };
}

/** What is there may be of another version of the app. */
function read(text: string | null | undefined) {
  if (typeof text !== 'string') return undefined;
  try {
    return Notes.safeParse(JSON.parse(text)).data?.notes;
  } catch {
    return undefined;
  }
}
