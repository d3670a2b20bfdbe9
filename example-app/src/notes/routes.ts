import express, { type Express, type Request, type RequestHandler } from 'express';
import type { ZodType } from 'zod';
import { HttpProblem } from '../problems.ts';
import { NewNote, NoteId } from './schemas.ts';
import type { NoteStore } from './store.ts';

/** Ten times what the longest note needs. */
const BODY_LIMIT = '10kb';

/** Prepares the routes of notes, to be added to an app. */
export function notesRoutes(store: NoteStore): (app: Express) => void {
  return (app) => {
    app.get('/api/notes', async (_req, res) => {
      res.json({ notes: await store.list() });
    });

    app.post('/api/notes', onlyJson, express.json({ limit: BODY_LIMIT }), async (req, res) => {
      const { text } = accept(NewNote, req.body, 'The body is not a note.');
      const note = await store.add(text);
      res.status(201).location(`/api/notes/${note.id}`).json(note);
    });

    app.get('/api/notes/:id', async (req, res) => {
      const note = await store.find(idOf(req));
      if (note === undefined) throw noSuchNote();
      res.json(note);
    });

    app.delete('/api/notes/:id', async (req, res) => {
      if (!(await store.remove(idOf(req)))) throw noSuchNote();
      res.status(204).end();
    });
  };
}

const onlyJson: RequestHandler = (req, _res, next) => {
  const isJson = req.is('application/json') !== false;
  next(isJson ? undefined : new HttpProblem(415, 'The body has to be application/json.'));
};

function idOf(req: Request): number {
  return accept(NoteId, req.params['id'], 'The id of a note is a whole number above 0.');
}

function noSuchNote(): HttpProblem {
  return new HttpProblem(404, 'There is no such note.');
}

/** Takes what has come if it fits, and else answers 400 with all that is wrong with it. */
function accept<T>(schema: ZodType<T>, value: unknown, detail: string): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const errors = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new HttpProblem(400, detail, { errors });
}
