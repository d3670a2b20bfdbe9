import { expect, it } from '@jest/globals';
import { serve } from './serve.ts';

const up = async () => 'PONG';
const down = async (): Promise<string> => {
  throw new Error('connect ECONNREFUSED 10.9.8.7:5432');
};
const silent = () => new Promise<never>(() => {});
const dependency = (name: string, check: () => Promise<unknown>) => ({
  name,
  required: name === 'postgres',
  check,
});

async function ask(url: string) {
  const response = await fetch(`${url}/ready`);
  const text = await response.text();
  return { code: response.status, text, ...JSON.parse(text) };
}

it.each([
  ['up', 'up', 200, 'ok'],
  ['up', 'down', 200, 'degraded'],
  ['down', 'up', 503, 'down'],
  ['silent', 'silent', 503, 'down'],
] as const)('with postgres %s and redis %s is %i %s', async (postgres, redis, code, status) => {
  const states = { up, down, silent };
  const dependencies = [
    dependency('postgres', states[postgres]),
    dependency('redis', states[redis]),
  ];
  await using app = await serve({ dependencies, checkTimeoutMs: 30 });
  const answer = await ask(app.url);
  const word = (state: string) => (state === 'up' ? 'up' : 'down');
  expect(answer).toMatchObject({
    code,
    status,
    checks: { postgres: word(postgres), redis: word(redis) },
    version: '1.2.3',
  });
  expect(answer.text).not.toContain('10.9.8.7');

  const metrics = await (await fetch(`${app.url}/api/metrics`)).text();
  for (const [name, state] of Object.entries({ postgres, redis })) {
    expect(metrics).toContain(`dependency_up{dependency="${name}"} ${state === 'up' ? 1 : 0}`);
  }
  expect((await fetch(`${app.url}/health`)).status).toBe(200);
});

it('is 200 without any dependency, which then is in no metric either', async () => {
  await using app = await serve();
  expect(await ask(app.url)).toMatchObject({ code: 200, status: 'ok', checks: {} });
  const metrics = await (await fetch(`${app.url}/api/metrics`)).text();
  expect(metrics).not.toMatch(/^dependency_up/m);
});

it('is red as soon as the process is told to stop, and asks nothing any more', async () => {
  let asked = 0;
  const count = async () => asked++;
  await using app = await serve({
    isStopping: () => true,
    dependencies: [dependency('postgres', count)],
  });
  expect(await ask(app.url)).toMatchObject({ code: 503, status: 'stopping' });
  expect(asked).toBe(0);
  const health = await fetch(`${app.url}/health`);
  expect(health.status).toBe(200);
  expect(health.headers.get('connection')).toBe('close');
});

it('asks once for ten probes, and a silent dependency keeps nobody in a queue', async () => {
  let asked = 0;
  const postgres = dependency('postgres', () => {
    asked++;
    return silent();
  });
  await using app = await serve({ dependencies: [postgres], checkTimeoutMs: 200 });
  const probes = Array.from({ length: 10 }, () => ask(app.url));
  for (const answer of await Promise.all(probes)) expect(answer.code).toBe(503);
  expect(asked).toBe(1);
});

it('tells the log when a dependency goes and when it is back, and nothing in between', async () => {
  let check = down;
  const postgres = dependency('postgres', () => check());
  await using app = await serve({ dependencies: [postgres] });
  const becomes = async (code: number) => {
    // Until what is kept of the last check is too old.
    for (let asked = 0; asked < 10_000; asked++) if ((await ask(app.url)).code === code) return;
    throw new Error(`/ready was never ${code}`);
  };
  await becomes(503);
  await becomes(503);
  check = up;
  await becomes(200);
  const told = (await app.stop()).filter((line) => line.msg.startsWith('dependency'));
  expect(told).toMatchObject([
    { level: 'warn', msg: 'dependency is down', dependency: 'postgres', err: { type: 'Error' } },
    { level: 'info', msg: 'dependency is up again', dependency: 'postgres' },
  ]);
});
