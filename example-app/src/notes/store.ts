import type { Note } from './schemas.ts';

/** Where notes are kept. */
export type NoteStore = {
  /** The latest, the newest first. */
  list(): Promise<readonly Note[]>;
  add(text: string): Promise<Note>;
  find(id: number): Promise<Note | undefined>;
  /** Tells whether there was one. */
  remove(id: number): Promise<boolean>;
};
