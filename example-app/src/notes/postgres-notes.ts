import { DatabaseError, type Pool, type QueryResultRow } from 'pg';
import { HttpProblem } from '../problems.ts';
import type { Note } from './schemas.ts';
import type { NoteStore } from './store.ts';

type Row = { readonly id: string; readonly text: string; readonly created_at: Date };

/** Keeps notes in Postgres, in the table that the migrations make. */
export function postgresNotes(pool: Pool): NoteStore {
  const query = async <R extends QueryResultRow>(text: string, values: readonly unknown[] = []) => {
    try {
      return await pool.query<R>(text, [...values]);
    } catch (err) {
      if (!isAboutTheServer(err)) throw err;
      throw new HttpProblem(
        503,
        'The database does not answer. Try again later.',
        {},
        { cause: err },
      );
    }
  };

  return {
    async list() {
      const text = 'select id, text, created_at from notes order by id desc limit 50';
      return (await query<Row>(text)).rows.map(asNote);
    },
    async add(text) {
      const insert = 'insert into notes (text) values ($1) returning id, text, created_at';
      const [row] = (await query<Row>(insert, [text])).rows;
      if (row === undefined) throw new Error('Postgres did not return what it inserted');
      return asNote(row);
    },
    async find(id) {
      const select = 'select id, text, created_at from notes where id = $1';
      const [row] = (await query<Row>(select, [id])).rows;
      return row && asNote(row);
    },
    async remove(id) {
      return (await query('delete from notes where id = $1', [id])).rowCount === 1;
    },
  };
}

function asNote({ id, text, created_at }: Row): Note {
  return { id: Number(id), text, createdAt: created_at.toISOString() };
}

/**
 * Whether the server cannot be asked, rather than refusing what it was asked. It says so by classes of
 * SQLSTATE: no connection, no resources, an operator's doing. Any other error did not come from it.
 */
function isAboutTheServer(err: unknown): boolean {
  return !(err instanceof DatabaseError) || /^(?:08|53|57)/.test(err.code ?? '');
}
