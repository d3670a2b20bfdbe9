import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyStack, type Ended, type Stack, until } from './stack.ts';

let stack: Stack;
let up: Ended;
beforeAll(async () => {
  stack = await copyStack();
  up = await stack.make('up');
  if (up.code !== 0) throw new Error(`make up: ${up.stderr}`);
}, 300_000);
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
}, 120_000);

test('make up starts all of it, healthy, and says where it is', async () => {
  const { web, nginx, prometheus, alertmanager } = stack.ports;
  for (const port of [web, nginx, prometheus, alertmanager]) {
    expect(up.stdout).toContain(`http://127.0.0.1:${port}`);
  }

  const states = await stack.compose(
    'ps',
    '--all',
    '--format',
    '{{.Service}} {{.State}} {{.Health}}',
  );
  expect(states.trim().split('\n').sort()).toEqual([
    'alert-receiver running healthy',
    'alertmanager running healthy',
    'migrate exited ',
    'nginx running healthy',
    'postgres running healthy',
    'prometheus running healthy',
    'redis running healthy',
    'web running healthy',
  ]);
  // A password per stack, for nobody else to read.
  const env = await readFile(join(stack.folder, '.env'), 'utf8');
  expect(env.match(/^\w+_PASSWORD=[0-9a-f]{48}$/gm)).toHaveLength(3);
  expect((await stat(join(stack.folder, '.env'))).mode & 0o777).toBe(0o600);
});

test('Prometheus has every target and every rule', async () => {
  const targets = await until('all targets up', async () => {
    const { activeTargets } = await prometheus('targets');
    const all: string[] = activeTargets.map(
      ({ labels, health }: { labels: { job: string }; health: string }) =>
        `${labels.job} ${health}`,
    );
    return all.every((line) => line.endsWith(' up')) ? all.sort() : undefined;
  });
  expect(targets).toEqual(['alertmanager up', 'example-app up', 'prometheus up']);

  const { groups } = await prometheus('rules');
  const rules: { health: string; name: string }[] = groups.flatMap(
    (group: { rules: object[] }) => group.rules,
  );
  expect(rules.filter(({ health }) => health === 'err')).toEqual([]);
  expect(rules.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['ServiceDown', 'Watchdog']),
  );
});

test('nginx answers for the app, and keeps to itself what is not for the public', async () => {
  const ask = async (path: string) =>
    (await fetch(`http://127.0.0.1:${stack.ports.nginx}${path}`)).status;
  expect(await ask('/health')).toBe(200);
  expect(await ask('/api/metrics')).toBe(404);
  expect(await ask('/ready')).toBe(404);
});

test('the app dies: a webhook hears of it within seconds, and of its return', async () => {
  type Heard = Record<string, string>;
  /** What the receiver heard of an alert that began after a moment. */
  const heard = async (name: string, status: string, since = 0): Promise<Heard | undefined> => {
    const log = await stack.compose('logs', '--no-log-prefix', 'alert-receiver');
    const all: Heard[] = log.split('\n').flatMap((line) => {
      return line.startsWith('{"receiver"') ? [JSON.parse(line)] : [];
    });
    return all.find(
      (alert) =>
        alert['alertname'] === name &&
        alert['status'] === status &&
        Date.parse(alert['startsAt'] ?? '') > since,
    );
  };
  const watchdog = await until('the watchdog', () => heard('Watchdog', 'firing'));
  expect(watchdog['receiver']).toBe('watchdog');

  await until('no alert about the app', async () => {
    const { alerts } = await prometheus('alerts');
    return alerts.length === 1 || undefined;
  });
  const killed = Date.now();
  await stack.compose('kill', 'web');
  const page = await until('the page', () => heard('ServiceDown', 'firing', killed));
  expect(page).toMatchObject({ receiver: 'page', job: 'example-app', severity: 'page' });

  await stack.compose('start', 'web');
  await until('the end of it', () => heard('ServiceDown', 'resolved', killed));
}, 120_000);

test('a backup gives back the notes that were lost, and nothing is overwritten by chance', async () => {
  const sql = (text: string) =>
    stack.compose('exec', '-T', 'postgres', 'psql', '--username=app', '-qAtc', text);
  const notes = `http://127.0.0.1:${stack.ports.web}/api/notes`;
  const write = async (text: string) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ text });
    expect((await fetch(notes, { method: 'POST', headers, body })).status).toBe(201);
  };
  const read = async () => {
    const response = await fetch(notes);
    const { notes: all = [] } = Object(await response.json());
    return all.map(({ text }: { text: string }) => text).sort();
  };
  await until('the app', async () => (await fetch(notes)).ok || undefined);
  await write('first');

  const made = await stack.make('backup');
  expect(made).toMatchObject({ code: 0 });
  const file = made.stdout.trim();
  expect(await readdir(join(stack.folder, 'backups'))).toEqual([file.replace('backups/', '')]);
  expect((await stat(join(stack.folder, file))).mode & 0o777).toBe(0o600);
  expect((await stat(join(stack.folder, 'backups'))).mode & 0o777).toBe(0o700);

  await write('second');
  const refused = await stack.make('restore', `FILE=${file}`);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toMatch(
    /nothing was changed: the database has 2 tables; add OVERWRITE=yes/,
  );
  const half = (await readFile(join(stack.folder, file))).subarray(0, 700);
  await writeFile(join(stack.folder, 'half.dump'), half);
  const broken = await stack.make('restore', 'FILE=half.dump', 'OVERWRITE=yes');
  expect(broken.code).not.toBe(0);
  expect(broken.stderr).toContain('nothing was changed: FILE: half.dump cannot be restored');
  expect(await read()).toEqual(['first', 'second']);

  await sql('drop table notes; create table later ()');
  const restored = await stack.make('restore', `FILE=${file}`, 'OVERWRITE=yes');
  expect(restored).toMatchObject({ code: 0, stdout: `restored ${file}\n` });
  // The app, which was not restarted, connects again.
  await until('the notes', async () => (await fetch(notes)).ok || undefined);
  expect(await read()).toEqual(['first']);
  expect(await sql("select count(*) from pg_tables where tablename = 'later'")).toBe('0\n');
  expect(await sql("select datname from pg_database where datname like 'app%'")).toBe('app\n');
}, 180_000);

test('a password that is missing ends it before anything starts, with how to make one', async () => {
  const env = join(stack.folder, '.env');
  const text = await readFile(env, 'utf8');
  const before = await stack.compose('ps', '--quiet');
  await writeFile(env, text.replace(/_PASSWORD=.*/g, '_PASSWORD='));
  const again = await stack.make('up', 'COMPOSE_PROFILES=data,grafana');
  expect(again.code).not.toBe(0);
  expect(again.stderr).toMatch(
    /nothing was started:\n {2}POSTGRES_PASSWORD: is empty; put one into .env, for example POSTGRES_PASSWORD=[0-9a-f]{48}\n {2}REDIS_PASSWORD: .*\n {2}GRAFANA_PASSWORD: /,
  );
  expect(await stack.compose('ps', '--quiet')).toBe(before);

  // Nor do the services start without `make`.
  for (const [service, name] of [
    ['grafana', 'GRAFANA_PASSWORD is empty'],
    ['redis', 'REDIS_PASSWORD is empty'],
  ] as const) {
    const bare = await stack.tryCompose(['run', '--rm', '--no-deps', service], {
      GRAFANA_IMAGE: 'slipway-redis',
    });
    expect(bare.code).not.toBe(0);
    expect(bare.stderr).toContain(`${name}; make one: openssl rand -hex 24`);
  }
  await writeFile(env, text);
}, 120_000);

/** The data of an answer of Prometheus. */
async function prometheus(path: string) {
  const response = await fetch(`http://127.0.0.1:${stack.ports.prometheus}/api/v1/${path}`);
  return Object(await response.json()).data;
}
