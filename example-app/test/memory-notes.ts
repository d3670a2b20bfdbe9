import type { Note } from '../src/notes/schemas.ts';
import type { NoteStore } from '../src/notes/store.ts';

/** Notes that are kept nowhere. */
export function memoryNotes(): NoteStore {
  const notes: Note[] = [];
  return {
    list: async () => notes.toReversed(),
    async add(text) {
      const note = { id: notes.length + 1, text, createdAt: '2026-01-01T00:00:00.000Z' };
      notes.push(note);
      return note;
    },
    find: async (id) => notes.find((note) => note.id === id),
    async remove(id) {
      const at = notes.findIndex((note) => note.id === id);
      return at >= 0 && notes.splice(at, 1).length === 1;
    },
  };
}
