import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import { NewNote, Note, NoteId, Notes } from './notes/schemas.ts';
import type { Release } from './release.ts';

const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599).meta({ description: 'The same as that of the answer.' }),
    detail: z.string(),
    requestId: z.string().meta({ description: 'Under which the log has more.' }),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'Problem details, RFC 9457' });

const release = { version: z.string(), commit: z.string() };
const numbers = z.array(z.number());

const Health = z.strictObject({ status: z.literal('ok'), ...release }).meta({ id: 'Health' });

const Readiness = z
  .strictObject({
    status: z.enum(['ok', 'degraded', 'down', 'stopping']),
    checks: z.record(z.string(), z.enum(['up', 'down'])),
    ...release,
  })
  .meta({ id: 'Readiness' });

const Info = z
  .strictObject({
    name: z.string(),
    ...release,
    environment: z.string(),
    uptimeSeconds: z.int().min(0),
    startedAt: z.iso.datetime(),
    nodeVersion: z.string(),
  })
  .meta({ id: 'Info' });

const Status = z
  .strictObject({
    ...release,
    uptimeSeconds: z.int().min(0),
    intervalSeconds: z.number(),
    times: numbers,
    requestsPerSecond: numbers,
    errorsPerSecond: numbers,
    p50Ms: z.array(z.number().nullable()),
    p95Ms: z.array(z.number().nullable()),
    inFlight: numbers,
    memoryBytes: numbers,
    eventLoopUtilization: numbers,
  })
  .meta({ id: 'Status', description: 'The last five minutes, one number for each interval' });

const json = (description: string, schema: z.ZodType): ZodOpenApiResponseObject => ({
  description,
  content: { 'application/json': { schema } },
});

const text = (description: string, ...types: readonly string[]): ZodOpenApiResponseObject => ({
  description,
  content: Object.fromEntries(types.map((type) => [type, { schema: z.string() }])),
});

const problem = (description: string): ZodOpenApiResponseObject => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});

/** What every operation can answer beside its own. */
const failures = { '4XX': problem('The request is refused'), '5XX': problem('It failed') };
const get = (operationId: string, summary: string, answer: ZodOpenApiResponseObject) => ({
  get: { operationId, summary, responses: { 200: answer, ...failures } },
});

const id = z.object({ id: NoteId });
const noSuchNote = { 404: problem('There is no such note') };

// A client that is made from the document calls its methods by the operation ids.
const PATHS: ZodOpenApiPathsObject = {
  '/health': get('getHealth', 'Whether the process lives', json('It lives', Health)),
  '/ready': {
    get: {
      operationId: 'getReadiness',
      summary: 'Whether the app can work',
      responses: {
        200: json('It can, be it degraded', Readiness),
        503: json('It cannot: it stops, or what it needs is down', Readiness),
        ...failures,
      },
    },
  },
  '/api/metrics': get('getMetrics', 'Metrics for Prometheus', text('Metrics', 'text/plain')),
  '/': get('getPage', 'A page for people', text('The page', 'text/html')),
  '/assets/{file}': {
    get: {
      operationId: 'getAsset',
      summary: 'What the page loads',
      requestParams: { path: z.object({ file: z.string() }) },
      responses: {
        200: text('A file', 'text/javascript', 'text/css'),
        304: { description: 'The copy of the client is still right' },
        ...failures,
      },
    },
  },
  '/api/info': get('getInfo', 'What runs where, and since when', json('The release', Info)),
  '/api/status': get('getStatus', 'What the page shows', json('The last five minutes', Status)),
  '/openapi.json': get('getDescription', 'This document', json('OpenAPI 3.1', z.looseObject({}))),
  '/api/notes': {
    get: {
      operationId: 'listNotes',
      summary: 'The latest notes',
      responses: { 200: json('Notes', Notes), ...failures },
    },
    post: {
      operationId: 'addNote',
      summary: 'Add a note',
      requestBody: { required: true, content: { 'application/json': { schema: NewNote } } },
      responses: {
        201: {
          ...json('The note', Note),
          headers: z.object({ Location: z.string() }),
        },
        ...failures,
      },
    },
  },
  '/api/notes/{id}': {
    get: {
      operationId: 'getNote',
      summary: 'A note',
      requestParams: { path: id },
      responses: { 200: json('The note', Note), ...noSuchNote, ...failures },
    },
    delete: {
      operationId: 'removeNote',
      summary: 'Remove a note',
      requestParams: { path: id },
      responses: { 204: { description: 'It is gone' }, ...noSuchNote, ...failures },
    },
  },
};

/**
 * Describes the app in OpenAPI 3.1.
 *
 * @param routes the paths of the router: what is not mounted is not described
 */
export function describeApi({ name, version }: Release, routes: Iterable<string>) {
  const mounted = new Set([...routes].map(asTemplate));
  return createDocument({
    openapi: '3.1.1',
    info: { title: name, version },
    paths: Object.fromEntries(Object.entries(PATHS).filter(([path]) => mounted.has(path))),
  });
}

/** `/api/notes/:id` in the words of OpenAPI: `/api/notes/{id}`. */
function asTemplate(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}
