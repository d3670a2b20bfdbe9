import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ExampleApp, startExampleApp } from '../../packages/local-cloud/src/example-app.ts';
import { docker } from '../../packages/local-cloud/src/hosts/docker.ts';
import { freePort } from '../../packages/local-cloud/src/program.ts';

// The app as a process, with a Postgres and a Redis of its own that come and go.
const run = promisify(execFile);
/** So much later at most /ready has to say what is down. */
const LIMIT_MS = 1500;
/** For so long the app serves what its last check found. */
const KEPT_MS = 500;
const root = join(import.meta.dirname, '../../example-app');

interface Container extends AsyncDisposable {
  port: number;
  /** Runs a docker command on it: `stop`, `start`, `pause`, `unpause`. */
  (command: string): Promise<void>;
  exec(...command: string[]): Promise<string>;
}

/** Starts a container whose port on loopback stays the same when it is stopped and started. */
async function container(image: string, inside: number): Promise<Container> {
  const port = await freePort();
  const publish = `127.0.0.1:${port}:${inside}`;
  const id = (await docker(['run', '--detach', '--publish', publish, image])).trim();
  return Object.assign(
    async (command: string) => {
      const more = command === 'stop' ? ['--time', '0'] : [];
      // A busy machine may not freeze all processes in the time that the engine gives it.
      for (let attempt = 1; command === 'pause' && attempt < 10; attempt += 1) {
        if (await docker([command, id]).catch(() => undefined)) return;
      }
      await docker([command, ...more, id]);
    },
    {
      port,
      exec: (...command: string[]) => docker(['exec', id, ...command]),
      [Symbol.asyncDispose]: async () => {
        await docker(['rm', '--force', '--volumes', id]);
      },
    },
  );
}

/** Asks until the answer is as it should be; the test's own limit ends what never is. */
async function until<T>(ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (good(answer)) return answer;
    await delay(20);
  }
}

let postgres: Container;
let redis: Container;
let app: ExampleApp;
let other: ExampleApp;
let env: Record<string, string>;

const ask = async (path: string, at = app, init: RequestInit = {}) => {
  const response = await fetch(at.url + path, init);
  const body = await response.text();
  return { status: response.status, body, retryAfter: response.headers.get('retry-after') };
};
const add = (text: string) =>
  ask('/api/notes', app, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ text }),
  });
const metric = async (name: string, at = app) =>
  Number(new RegExp(`^${name}\\S* (.*)$`, 'm').exec((await ask('/api/metrics', at)).body)?.[1]);

interface Probe {
  status: number;
  durationMs: number;
  /** When the app had answered, by its own clock. */
  time: number;
}

let probed = 0;

/** Asks /ready; `probe` is what the app writes of it into its log, which it may do a little later. */
async function probe() {
  probed += 1;
  const requestId = `probe-${probed}`;
  const answer = await ask('/ready', app, { headers: { 'X-Request-Id': requestId } });
  const probe = async (): Promise<Probe> => {
    const line = await until(
      async () =>
        app
          .printed()
          .split('\n')
          .slice(0, -1)
          .find((each) => each.includes(`"${requestId}"`)),
      (found) => found !== undefined,
    );
    const { status, durationMs, time } = JSON.parse(line ?? '');
    return { status, durationMs, time: Date.parse(time) };
  };
  return { ...answer, probe };
}

/**
 * Probes until the answer is as it should be. What this process waits for between two probes does not
 * count: the time is that for which the app still gave other answers, and that of the last one.
 */
async function noticed(good: (answer: { status: number; body: string }) => boolean) {
  const answers: Awaited<ReturnType<typeof probe>>[] = [];
  const answer = await until(async () => {
    const next = await probe();
    answers.push(next);
    return next;
  }, good);
  const others = answers.slice(0, -1);
  const [first, other] = [await others[0]?.probe(), await others.at(-1)?.probe()];
  const before = first && other ? other.time - first.time + first.durationMs : 0;
  return { answer, ms: before + (await answer.probe()).durationMs };
}

/** Runs the migrations of a folder; resolves with its exit code and what it logged last. */
async function migrate(folder = root) {
  const command = run(process.execPath, ['src/migrate.ts'], { cwd: folder, env });
  const { code, stdout } = await command.then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  );
  return { code, ...JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') };
}

beforeAll(async () => {
  [postgres, redis] = await Promise.all([
    container('slipway-postgres', 5432),
    container('slipway-redis', 6379),
  ]);
  env = {
    DATABASE_URL: `postgresql://app:app@127.0.0.1:${postgres.port}/app`,
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    RATE_LIMIT: '100000',
    LOG_LEVEL: 'debug', // has the probes, and how long each took
  };
  [app, other] = await Promise.all([startExampleApp(env), startExampleApp(env)]);
  await until(
    () => ask('/ready'),
    ({ body }) => body.includes('"status":"ok"'),
  );
}, 60_000);

afterAll(async () => {
  for (const each of [app, other, postgres, redis]) await each?.[Symbol.asyncDispose]();
});

describe('migrations', () => {
  it('are applied by one of three that start at once; the others wait, and find nothing to do', async () => {
    const ended = await Promise.all([migrate(), migrate(), migrate()]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    const applied = ended.map((each) => each.applied).toSorted();
    expect(applied).toEqual([[], [], ['0001_notes']]);
    expect((await add('first')).status).toBe(201);
  });

  it('leave the database as it was when one fails, and the old app serving', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'example-app-'));
    for (const name of ['src', 'migrations', 'package.json']) {
      await cp(join(root, name), join(folder, name), { recursive: true });
    }
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const bad = 'alter table notes add column mood text;\nselect * from nowhere;\n';
    await writeFile(join(folder, 'migrations/0002_bad.sql'), `-- Up Migration\n${bad}`);
    const failed = await migrate(folder);
    await rm(folder, { recursive: true });
    expect(failed).toMatchObject({ code: 1, msg: 'not migrated: the database is as it was' });
    expect(failed.err.message).toContain('nowhere');
    const psql = ['psql', '-Atc', String.raw`\d notes`, 'postgresql://app:app@localhost/app'];
    expect(await postgres.exec(...psql)).not.toContain('mood');
    expect((await ask('/api/notes')).body).toContain('first');
    expect(await migrate()).toMatchObject({ code: 0, applied: [] }); // the lock is free
  });
});

describe('the app', () => {
  it('goes on when Postgres ends its idle connections', async () => {
    const end = `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'example-app' and pid <> pg_backend_pid()`;
    await postgres.exec('psql', '-Atc', end, 'postgresql://app:app@localhost/app');
    await until(
      async () => app.printed(),
      (text) => text.includes('connection to postgres lost'),
    );
    expect((await ask('/api/notes')).status).toBe(200);
    expect((await ask('/ready')).status).toBe(200);
  });

  it('is not ready without Postgres, lives, and is ready again by itself', async () => {
    await postgres('stop');
    const { answer: red, ms } = await noticed(({ status }) => status === 503);
    expect(ms).toBeLessThan(LIMIT_MS);
    expect(JSON.parse(red.body)).toMatchObject({ checks: { postgres: 'down', redis: 'up' } });
    expect(red.body).not.toMatch(/127|5432|app:app/);
    expect((await ask('/health')).status).toBe(200);
    expect(await metric('dependency_up{dependency="postgres"}')).toBe(0);
    expect((await add('lost')).status).toBe(503);
    await postgres('start');
    await until(
      () => ask('/ready'),
      ({ status }) => status === 200,
    );
    expect((await add('second')).status).toBe(201);
  });

  it('is not ready while Postgres is silent, and no probe waits for another', async () => {
    await postgres('pause');
    await until(
      () => ask('/ready'),
      ({ status }) => status === 503,
    );
    const probes = await Promise.all(Array.from({ length: 10 }, probe));
    // What that check found is too old for the next probe: it needs one of its own.
    await delay(KEPT_MS + 100);
    probes.push(await probe());
    for (const { probe } of probes) {
      const { status, durationMs } = await probe();
      expect(status).toBe(503);
      // Within the limit of one check; in a queue ten of them would take ten seconds.
      expect(durationMs).toBeLessThan(LIMIT_MS);
    }
    await postgres('unpause');
    await until(
      () => ask('/ready'),
      ({ status }) => status === 200,
    );
  });

  it.each([
    ['stopped', 'stop', 'start', LIMIT_MS],
    // The check begins when what the one before found is too old.
    ['silent', 'pause', 'unpause', KEPT_MS + LIMIT_MS],
  ])(
    'is degraded while Redis is %s: it answers from Postgres, and nobody is limited',
    async (_, end, begin, limit) => {
      const errors = await metric('rate_limit_errors_total');
      await redis(end);
      const { answer: degraded, ms } = await noticed(({ body }) => body.includes('degraded'));
      expect(ms).toBeLessThan(limit);
      expect(degraded.status).toBe(200);
      expect(JSON.parse(degraded.body)).toMatchObject({
        checks: { postgres: 'up', redis: 'down' },
      });
      expect((await ask('/api/notes')).body).toContain('second');
      expect(await metric('rate_limit_errors_total')).toBeGreaterThan(errors);
      await redis(begin);
      await until(
        () => ask('/ready'),
        ({ body }) => body.includes('"status":"ok"'),
      );
    },
  );

  it('shares the limit with another instance by Redis', async () => {
    const limit = { ...env, RATE_LIMIT: '4' };
    await using one = await startExampleApp(limit);
    await using two = await startExampleApp(limit);
    for (const each of [one, two]) {
      await until(
        () => ask('/ready', each),
        ({ body }) => body.includes('"status":"ok"'),
      );
    }
    await redis.exec('redis-cli', 'flushall');
    const seen: number[] = [];
    for (const each of [one, two, one, two]) seen.push((await ask('/api/info', each)).status);
    expect(seen).toEqual([200, 200, 200, 200]);
    const refused = await ask('/api/info', one);
    expect(refused).toMatchObject({ status: 429, retryAfter: expect.stringMatching(/^\d+$/) });
    expect((await ask('/api/info', two)).status).toBe(429);
    expect((await ask('/ready', two)).status).toBe(200);
    expect(await metric('rate_limited_requests_total', two)).toBe(1);
  });

  it('closes its connections after the last answer, not before', async () => {
    await using stopping = await startExampleApp(env);
    expect((await ask('/api/notes', stopping)).status).toBe(200);
    await redis.exec('redis-cli', 'flushall'); // the list has to come from Postgres
    const psql = (sql: string) =>
      postgres.exec('psql', '-Atc', sql, 'postgresql://app:app@localhost/app');
    const locked = psql('begin; lock table notes; select pg_sleep(3); commit');
    await until(
      () => psql("select count(*) from pg_locks where relation = 'notes'::regclass"),
      (locks) => locks.trim() === '1',
    );
    const slow = ask('/api/notes', stopping);
    await until(
      () => metric('http_requests_in_flight', stopping),
      (requests) => requests === 2,
    );
    process.kill(stopping.pid, 'SIGTERM');
    await until(
      async () => stopping.printed(),
      (text) => text.includes('"msg":"stopping"'),
    );
    await locked;
    expect((await slow).status).toBe(200);
    await until(
      async () => stopping.printed(),
      (text) => text.includes('"msg":"stopped"'),
    );
  });

  it('has written no password into its log in all this', () => {
    expect(app.printed()).toContain('dependency is down');
    expect(app.printed()).not.toMatch(/app:app|DATABASE_URL/);
  });
});
