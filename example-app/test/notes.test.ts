import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { notesRoutes } from '../src/notes/routes.ts';
import { HttpProblem } from '../src/problems.ts';
import { memoryNotes } from './memory-notes.ts';
import { serve } from './serve.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const post = (body: string | Buffer, headers: Readonly<Record<string, string>> = JSON_TYPE) => ({
  method: 'POST',
  headers,
  body,
});

const serveNotes = (options: Parameters<typeof serve>[0] = {}) =>
  serve({ features: [notesRoutes(memoryNotes())], ...options });

describe('/api/notes', () => {
  it('adds, lists, finds and removes notes', async () => {
    await using app = await serveNotes();
    const url = `${app.url}/api/notes`;
    const added = await fetch(url, post('{"text":" first "}'));
    expect(added.status).toBe(201);
    expect(added.headers.get('location')).toBe('/api/notes/1');
    const first = { id: 1, text: 'first', createdAt: '2026-01-01T00:00:00.000Z' };
    expect(await added.json()).toEqual(first);
    await fetch(url, post('{"text":"second"}'));
    expect(await (await fetch(url)).json()).toEqual({
      notes: [{ ...first, id: 2, text: 'second' }, first],
    });
    expect(await (await fetch(`${url}/1`)).json()).toEqual(first);
    expect((await fetch(`${url}/1`, { method: 'DELETE' })).status).toBe(204);
    expect((await fetch(`${url}/1`, { method: 'DELETE' })).status).toBe(404);
    expect((await fetch(`${url}/1`)).status).toBe(404);
  });

  it.each([
    ['broken JSON', post('{"text":'), 400, 'The body is not valid JSON.'],
    ['no body', post(''), 400, 'The body is not a note.'],
    ['a wrong type', post('{"text":1}'), 400, 'The body is not a note.'],
    ['only blanks', post('{"text":"  "}'), 400, 'The body is not a note.'],
    ['a field too many', post('{"text":"a","id":7}'), 400, 'The body is not a note.'],
    ['too much', post(JSON.stringify({ text: 'x'.repeat(11_000) })), 413, 'The body is too large.'],
    [
      'too much, packed',
      post(gzipSync(`{"text":"${' '.repeat(1e6)}"}`), { ...JSON_TYPE, 'Content-Encoding': 'gzip' }),
      413,
      'The body is too large.',
    ],
    [
      'another charset',
      post('{}', { 'Content-Type': 'application/json; charset=latin1' }),
      415,
      'UTF-8',
    ],
    ['another encoding', post('{}', { ...JSON_TYPE, 'Content-Encoding': 'rot13' }), 415, 'gzip'],
    ['another type', post('text=a', { 'Content-Type': 'text/plain' }), 415, 'application/json'],
    ['another method', { method: 'PUT' }, 405, 'GET, HEAD, POST'],
  ])('refuses %s with a problem', async (_, init, status, detail) => {
    await using app = await serveNotes();
    const response = await fetch(`${app.url}/api/notes`, init);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch('application/problem+json');
    const problem = Object(await response.json());
    expect(problem).toMatchObject({ status, requestId: response.headers.get('x-request-id') });
    expect(problem.detail).toContain(detail);
    expect(await app.stop()).toMatchObject([{ level: 'info', route: '/api/notes', status }]);
  });

  it('names all that is wrong with a note', async () => {
    await using app = await serveNotes();
    const response = await fetch(`${app.url}/api/notes`, post('{"text":"","id":7}'));
    const { errors } = Object(await response.json());
    expect(errors).toEqual([
      { path: 'text', message: expect.any(String) },
      { path: '', message: expect.stringContaining('id') },
    ]);
  });

  it.each(['0', '-1', '1.5', 'x', '9'.repeat(30), '%zz'])('refuses the id %s', async (id) => {
    await using app = await serveNotes();
    const response = await fetch(`${app.url}/api/notes/${id}`);
    expect(response.status).toBe(400);
    expect(Object(await response.json()).status).toBe(400);
  });

  it('says 503 when the database is gone, and why to the log only', async () => {
    const notes = memoryNotes();
    const list = async () => {
      const cause = new Error('connect ECONNREFUSED 10.9.8.7:5432');
      throw new HttpProblem(503, 'The database does not answer.', {}, { cause });
    };
    await using app = await serve({ features: [notesRoutes({ ...notes, list })] });
    const response = await fetch(`${app.url}/api/notes`);
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('10.9.8.7');
    const [logged] = await app.stop();
    expect(logged).toMatchObject({
      level: 'error',
      err: { message: expect.stringContaining('10.9.8.7') },
    });
  });

  it('does not wait long for a slow body', async () => {
    await using app = await serveNotes({ requestTimeoutMs: 200 });
    const slow = connect(Number(new URL(app.url).port), '127.0.0.1');
    await once(slow, 'connect');
    slow.write('POST /api/notes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n');
    slow.write('Content-Length: 100\r\n\r\n{"text":');
    const began = performance.now();
    expect(await text(slow)).toMatch(/^HTTP\/1.1 408 /);
    expect(performance.now() - began).toBeLessThan(10_000); // Node by itself: 300 s
  });
});
