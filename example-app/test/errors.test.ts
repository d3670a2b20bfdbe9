import { expect, it } from '@jest/globals';
import { Gauge } from 'prom-client';
import { serve } from './serve.ts';

it.each([
  ['GET', '/nowhere'],
  ['POST', '/health'],
])('answers %s %s with 404 and the request id', async (method, path) => {
  await using app = await serve();
  const response = await fetch(app.url + path, { method });
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    error: 'not found',
    requestId: response.headers.get('x-request-id'),
  });
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
  expect(await response.json()).toEqual({ error: 'internal server error', requestId });

  expect(await app.stop()).toMatchObject([
    {
      level: 'error',
      msg: 'request failed',
      requestId,
      err: {
        message: 'database password is hunter2',
        stack: expect.stringContaining('errors.test.ts'),
      },
    },
    { level: 'warn', msg: 'request', requestId, status: 500 },
  ]);
});
