import { expect, it } from '@jest/globals';
import { isAxiosError } from 'axios';
import { OpenAPIClientAxios } from 'openapi-client-axios';
import { notesRoutes } from '../src/notes/routes.ts';
import { memoryNotes } from './memory-notes.ts';
import { serve } from './serve.ts';

it('a client made from /openapi.json calls each operation, and sees what is refused as problem details', async () => {
  await using app = await serve({ features: [notesRoutes(memoryNotes())], rateLimit: 8 });
  const client = await new OpenAPIClientAxios({
    definition: `${app.url}/openapi.json`,
    withServer: { url: app.url },
  }).init();
  const call = async (operation: string, parameters: object | null = null, body?: object) => {
    const method = client[operation];
    if (method === undefined) throw new Error(`the document has no operation ${operation}`);
    return method(Object(parameters), body);
  };
  /** What a caller has in hand when the call fails. */
  const refused = async (...args: Parameters<typeof call>) => {
    const error: unknown = await call(...args).catch((error: unknown) => error);
    if (!isAxiosError(error) || !error.response) throw new Error('not refused', { cause: error });
    const { status, data, headers } = error.response;
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(data).toMatchObject({ status, requestId: headers['x-request-id'] });
    return data;
  };

  const { data: note } = await call('addNote', null, { text: 'by a client' });
  expect(note).toMatchObject({ text: 'by a client' });
  expect((await call('getNote', { id: note.id })).data).toEqual(note);
  expect((await call('listNotes')).data).toEqual({ notes: [note] });
  expect((await call('removeNote', { id: note.id })).status).toBe(204);
  expect((await call('getReadiness')).data).toMatchObject({ status: 'ok' });

  expect(await refused('getNote', { id: note.id })).toMatchObject({ status: 404 });
  const invalid = await refused('addNote', null, { text: '' });
  expect(invalid).toMatchObject({
    status: 400,
    errors: [{ path: expect.stringContaining('text') }],
  });
  await call('getInfo');
  expect(await refused('getInfo')).toMatchObject({ status: 429, title: 'Too Many Requests' });
});
