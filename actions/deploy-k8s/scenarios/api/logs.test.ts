import { expect, it } from '@jest/globals';
import { statusObject } from '../../../../packages/local-cloud/src/kubernetes-script/scripted-api-server.ts';
import { podPath, signal, startScripting } from './scripted.ts';

const source = { namespace: 'shop', pod: 'a', container: 'web' };
const log = `GET ${podPath}/a/log`;
const starts = {
  status: 400,
  body: statusObject(
    400,
    'BadRequest',
    'container "web" in pod "a" is waiting to start: ContainerCreating',
  ),
};

it('a log is waited for, and goes on where a connection broke, without a line twice', async () => {
  await using scripting = await startScripting();
  scripting.server.on(
    log,
    { status: 204 },
    starts,
    async (answer) => {
      await answer.raw('2026-11-28T12:00:01.000000001Z one\n2026-11-28T12:00:01.000000002Z tw');
      answer.cut();
    },
    async (answer) => {
      await answer.raw(
        '2026-11-28T12:00:01.000000001Z one\n2026-11-28T12:00:01.000000002Z two\n2026-11-28T12:00:02Z \n',
      );
      answer.end();
    },
  );
  const lines: string[] = [];
  for await (const line of scripting.api.followLog(source, signal)) lines.push(line);
  expect(lines).toEqual(['one', 'two', '']);
  expect(scripting.server.requests.at(-1)?.query.get('sinceTime')).toBe(
    '2026-11-28T12:00:01.000000001Z',
  );
});

it('the last lines alone, and none where there is no run before', async () => {
  await using scripting = await startScripting();
  scripting.server.on(log, { status: 200, body: 'one\ntwo\nthree\n' });
  expect(await scripting.api.logLines({ ...source, most: 2 }, signal)).toEqual(['two', 'three']);
  const message = 'previous terminated container "web" in pod "a" not found';
  scripting.server.on(log, { status: 400, body: statusObject(400, 'BadRequest', message) });
  const before = { ...source, most: 2, previous: true };
  expect(await scripting.api.logLines(before, signal)).toBeUndefined();
  // A kubelet that has no log of the run says so where the log would be.
  const lost = 'unable to retrieve container logs for containerd://0123456789abcdef';
  scripting.server.on(log, { status: 200, body: lost });
  expect(await scripting.api.logLines(before, signal)).toBeUndefined();
});

it('a permission that is missing for the log is said', async () => {
  await using scripting = await startScripting();
  const message =
    'pods "a" is forbidden: User "deploy" cannot get resource "pods/log" in API group "" in the namespace "shop"';
  scripting.server.on(log, { status: 403, body: statusObject(403, 'Forbidden', message) });
  await expect(scripting.api.logLines({ ...source, most: 2 }, signal)).rejects.toMatchObject({
    code: 'k8s/denied',
    message: 'deploy may not get pods/log in namespace shop.',
  });
});

it.each([
  [
    503,
    'ServiceUnavailable',
    'no endpoints available for service "shop"',
    'service shop has no ready pod',
  ],
  [
    503,
    'ServiceUnavailable',
    'error trying to reach service: dial tcp 10.0.0.1:80: connect: connection refused',
    'nothing listens at port 80 of service shop',
  ],
  [
    503,
    'ServiceUnavailable',
    'error trying to reach service: dial tcp 10.0.0.1:80: i/o timeout',
    'a private control plane, or a network policy, may not let it',
  ],
])('the API server instead of the app, %i: %s %s', async (status, reason, message, words) => {
  await using scripting = await startScripting();
  const path = '/api/v1/namespaces/shop/services/shop%3A80/proxy/health';
  scripting.server.on(`GET ${path}`, { status, body: statusObject(status, reason, message) });
  const backend = {
    ...source,
    kind: 'services',
    name: 'shop',
    port: '80',
    scheme: 'http',
  } as const;
  await expect(scripting.api.ask({ ...backend, path: '/health' }, signal)).rejects.toThrow(words);
  // The app's own 503 is an answer, and so is a Status of its own.
  scripting.server.on(`GET ${path}`, { status: 503, body: 'overloaded' });
  expect(await scripting.api.ask({ ...backend, path: '/health' }, signal)).toEqual({
    status: 503,
    body: 'overloaded',
  });
});

it('a path with dots stays in the app', async () => {
  await using scripting = await startScripting();
  const backend = {
    namespace: 'shop',
    kind: 'pods',
    name: 'a',
    port: '80',
    scheme: 'https',
  } as const;
  await scripting.api.ask({ ...backend, path: '/../../../secrets?x=1' }, signal);
  expect(scripting.server.requests[0]?.path).toBe(
    '/api/v1/namespaces/shop/pods/https%3Aa%3A80/proxy/secrets?x=1',
  );
});
