import { expect, it } from '@jest/globals';
import { serve } from './serve.ts';

it('logs a request with its id, route and duration, and without query string and headers', async () => {
  await using app = await serve();
  const headers = { Authorization: 'Bearer hunter2', Cookie: 's=hunter2', 'X-Request-Id': 'r-1' };
  await fetch(`${app.url}/api/info?token=hunter2`, { headers });
  const logs = await app.stop();
  expect(logs).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      app: 'example-app',
      version: '1.2.3',
      commit: 'abc1234',
      requestId: 'r-1',
      method: 'GET',
      path: '/api/info',
      route: '/api/info',
      status: 200,
      durationMs: expect.any(Number),
      aborted: false,
      msg: 'request',
    },
  ]);
});

it.each([
  ['/', false, 'info'],
  ['/nowhere', false, 'info'],
  ['/health', true, 'debug'],
  ['/ready', false, 'debug'],
  ['/api/metrics', false, 'debug'],
  ['/ready', true, 'warn'],
])('logs %s (stopping: %s) at level %s', async (path, stopping, level) => {
  await using app = await serve({ isStopping: () => stopping });
  await fetch(app.url + path);
  expect(await app.stop()).toMatchObject([{ path, level }]);
});
