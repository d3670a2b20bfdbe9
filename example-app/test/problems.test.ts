import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import express from 'express';
import { Gauge } from 'prom-client';
import { createLogger } from '../src/logger.ts';
import { answerProblems } from '../src/problems.ts';
import { serve } from './serve.ts';

const PROBLEM = 'application/problem+json; charset=utf-8';

it.each([
  ['GET', '/nowhere', 404, 'Not Found'],
  ['GET', '/%E0%A4%A', 400, 'Bad Request'],
  ['POST', '/health', 405, 'Method Not Allowed'],
  ['DELETE', '/api/info', 405, 'Method Not Allowed'],
])('answers %s %s with %i as problem details with the request id', async (...row) => {
  const [method, path, status, title] = row;
  await using app = await serve();
  const response = await fetch(app.url + path, { method });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe(PROBLEM);
  expect(response.headers.get('allow')).toBe(status === 405 ? 'GET, HEAD' : null);
  expect(await response.json()).toEqual({
    type: 'about:blank',
    title,
    status,
    detail: expect.any(String),
    requestId: response.headers.get('x-request-id'),
  });
});

it('tells which methods there are when it is asked', async () => {
  await using app = await serve();
  const response = await fetch(`${app.url}/api/info`, { method: 'OPTIONS' });
  expect(response.status).toBe(204);
  expect(response.headers.get('allow')).toBe('GET, HEAD');
});

it('answers a failure with 500, and tells the reason to the log only', async () => {
  await using app = await serve();
  new Gauge({
    name: 'broken',
    help: 'A metric that cannot be read.',
    registers: [app.registry],
    collect: () => {
      throw new Error('database password is hunter2');
    },
  });

  const response = await fetch(`${app.url}/api/metrics`);
  const requestId = response.headers.get('x-request-id');
  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toBe(PROBLEM);
  const answer = await response.text();
  expect(JSON.parse(answer)).toMatchObject({ status: 500, requestId });
  expect(answer).not.toContain('hunter2');

  expect(await app.stop()).toMatchObject([
    {
      level: 'error',
      msg: 'request failed',
      requestId,
      err: {
        message: 'database password is hunter2',
        stack: expect.stringContaining('problems.test.ts'),
      },
    },
    { level: 'warn', msg: 'request', requestId, status: 500 },
  ]);
});

it('cuts and counts the connection when it fails after the answer has begun', async () => {
  const lines: string[] = [];
  const release = { name: 'a', version: '1', commit: 'c' };
  const destination = { write: (line: string) => lines.push(line) };
  let cut = 0;
  const app = express();
  app.set('env', 'test'); // Express prints nothing then
  app.get('/', (_req, res) => {
    res.write('first ');
    throw new Error('too late');
  });
  app.use(answerProblems(createLogger(release, { level: 'info', destination }), () => cut++));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const response = await fetch(`http://127.0.0.1:${Object(server.address()).port}/`);
  await expect(response.text()).rejects.toThrow('terminated');
  expect(cut).toBe(1);
  expect(JSON.parse(lines.join(''))).toMatchObject({
    level: 'error',
    err: { message: 'too late' },
  });
  await server[Symbol.asyncDispose]();
});
