import { expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { notesRoutes } from '../src/notes/routes.ts';
import { routesOf } from '../src/routes.ts';
import { Contract } from './contract.ts';
import { memoryNotes } from './memory-notes.ts';
import { serve } from './serve.ts';

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);

it.each([
  ['with', [notesRoutes(memoryNotes())], true],
  ['without', [], false],
])('describes in OpenAPI 3.1 what the router answers, %s notes', async (_, features, hasNotes) => {
  await using app = await serve({ features });
  const document = await documentOf(app.url);
  expect(document).toMatchObject({
    openapi: '3.1.1',
    info: { title: 'example-app', version: '1.2.3' },
  });
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  expect({ valid, errors }).toMatchObject({ valid: true });
  expect(validator.version).toBe('3.1');

  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(Object(operations)).flatMap((method) =>
      METHODS.has(method) ? [`${method.toUpperCase()} ${path}`] : [],
    ),
  );
  const mounted = [...routesOf(app.express)].flatMap(([path, methods]) =>
    methods
      .filter((method) => method !== 'HEAD')
      .map((method) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`),
  );
  expect(described.toSorted()).toEqual(mounted.toSorted());
  expect(described.includes('POST /api/notes')).toBe(hasNotes);
});

it('is what the tests hold every answer against', async () => {
  await using app = await serve();
  const contract = new Contract(await documentOf(app.url));
  const health = { method: 'GET', path: '/health', status: 200, type: 'application/json' };
  const answer = { status: 'ok', version: '1', commit: 'c' };
  const complaint = (changes: object, body: object) =>
    contract.complaint({ ...health, body: JSON.stringify(body), ...changes });
  expect(complaint({}, answer)).toBeUndefined();
  expect(complaint({}, { ...answer, uptime: 1 })).toMatch('additional properties');
  expect(complaint({}, { status: 'ok' })).toMatch("required property 'version'");
  expect(complaint({ status: 201 }, answer)).toMatch('not in the document');
  expect(complaint({ type: 'text/plain' }, answer)).toMatch('not in the document');
  const problem = { type: 'about:blank', title: 'T', status: 404, detail: 'd', requestId: 'r' };
  const missing = { path: '/x', status: 404, type: 'application/problem+json' };
  expect(complaint(missing, problem)).toBeUndefined();
  expect(complaint(missing, { ...problem, status: 500 })).toMatch('another status');
});

async function documentOf(url: string) {
  const document: { readonly paths: object } = JSON.parse(
    await (await fetch(`${url}/openapi.json`)).text(),
  );
  return document;
}
