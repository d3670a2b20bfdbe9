import { z } from 'zod';

export const NewNote = z
  .strictObject({
    text: z.string().trim().min(1).max(1000).meta({ example: 'Water the plants' }),
  })
  .meta({ id: 'NewNote' });

export const Note = z
  .strictObject({
    id: z.int().positive(),
    text: z.string(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Note' });

export const Notes = z
  .strictObject({ notes: z.array(Note).meta({ description: 'The latest 50, the newest first.' }) })
  .meta({ id: 'Notes' });

/** As it stands in the path. Postgres has no greater one. */
export const NoteId = z.coerce
  .number()
  .int()
  .positive()
  .max(Number.MAX_SAFE_INTEGER)
  .meta({ description: 'The id of a note.' });

export type NewNote = z.infer<typeof NewNote>;
export type Note = z.infer<typeof Note>;
