import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pushExampleApp } from '../../../packages/local-cloud/src/app-image.ts';
import { docker, lines } from '../../../packages/local-cloud/src/hosts/docker.ts';
import { askSteadily, type SteadyClient } from '../../../packages/local-cloud/src/steady-client.ts';
import { listenToDocker } from './docker-events.ts';
import { variant } from './images.ts';
import { bundle, hostFile, makeWorld, registry, type World } from './world.ts';

const example = join(import.meta.dirname, '../../../example-app/proxy/compose.yaml');

/** The example app as two replicas behind nginx, and a Postgres that it depends on. */
async function stack(): Promise<string> {
  const text = await readFile(example, 'utf8');
  const database = `  db:
    image: slipway-postgres:latest
    restart: unless-stopped
`;
  return text
    .replace('\nconfigs:\n', `\n${database}\nconfigs:\n`)
    .replace('  web:\n', '  web:\n    depends_on: { db: { condition: service_healthy } }\n');
}

/** Leaves a row in the database for each version, from its image. */
const migrate = `id=$(docker compose run --rm web node -p process.env.APP_COMMIT)
docker compose exec db psql "$DATABASE_URL" -q \\
  -c 'create table if not exists migrations (id text)' -c "insert into migrations values ('$id')"
echo "migrated to $id"`;

describe('two replicas behind nginx, and a database', () => {
  let world: World;
  let client: SteadyClient;
  const images: Record<string, string> = {};

  beforeAll(async () => {
    world = await makeWorld();
    await writeFile(join(world.runner.workspace, 'compose.yaml'), await stack());
    const one = await pushExampleApp(registry, 'one');
    images['one'] = one;
    images['two'] = await variant(one, { env: { APP_COMMIT: 'two' } });
    images['broken'] = await variant(one, { env: { APP_COMMIT: 'broken', LOG_LEVEL: 'loud' } });
  }, 120_000);
  afterAll(async () => {
    await client?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  }, 30_000);

  const start = (version: string, inputs: Record<string, string> = {}) =>
    world.runner.start(bundle, {
      ...world.inputs,
      image: images[version] ?? '',
      env: `PROXY_IMAGE=slipway-nginx:latest\nPORT=${world.port}`,
      secrets: 'DATABASE_URL=postgresql://app:app@db/app',
      'health-path': '/health',
      expect: version,
      timeout: '60s',
      ...inputs,
    });
  const deploy = (...args: Parameters<typeof start>) => start(...args).done;

  /** `id image state` of each replica. */
  const replicas = async () => (await world.containers()).filter((line) => line.includes('/app@'));
  const idsOf = async (service: string) => {
    const label = 'label=com.docker.compose';
    const filters = [`${label}.project=${world.project}`, `${label}.service=${service}`];
    const options = filters.flatMap((filter) => ['--filter', filter]);
    return lines(await docker(['ps', '-aq', ...options])).sort();
  };
  const startOf = async (service: string) =>
    docker(['inspect', '--format', '{{.State.StartedAt}}', ...(await idsOf(service))]);
  const migrations = async () => {
    const [db = ''] = await idsOf('db');
    const ask = ['psql', '-Atc', 'select id from migrations', 'postgresql://app:app@localhost/app'];
    return lines(await docker(['exec', db, ...ask]));
  };

  it('are deployed first, with the database that the migration needs', async () => {
    const step = await deploy('one', { migrate });
    expect(step.errors).toEqual([]);
    expect(step.outputs).toMatchObject({
      status: 'deployed',
      url: `http://127.0.0.1:${world.port}`,
    });
    expect(step.log).toContain('migrated to one');
    expect(await migrations()).toEqual(['one']);
    client = await askSteadily(`http://127.0.0.1:${world.port}/health`, { limit: 300_000 });
    await client.saw('one');
  }, 60_000);

  it('take up the next version without a lost request, and leave the others alone', async () => {
    const others = async () => [...(await idsOf('db')), ...(await idsOf('proxy'))];
    const before = await others();
    const start = await startOf('db');
    const step = await deploy('two', {
      migrate,
      before: 'docker compose config --images | grep -F "$IMAGE" > before.txt; mkdir -p data',
      restart: 'db\necho "restarted for $SLIPWAY_RELEASE"',
      after: 'docker compose ps --format "{{.Service}} {{.Health}}" | sort -u > after.txt',
    });
    expect(step.errors).toEqual([]);
    expect(step.outputs).toMatchObject({ status: 'deployed', 'previous-image': images['one'] });
    await client.saw('two');
    expect(client.seen().lost).toEqual([]);
    expect(await others()).toEqual(before);
    expect(await migrations()).toEqual(['one', 'two']);
    expect(await hostFile(world, 'before.txt')).toBe(`${images['two']}\n`);
    expect(step.log).toContain(`restarted for ${step.outputs['release']}`);
    expect(await startOf('db')).not.toBe(start);
    expect(await hostFile(world, 'after.txt')).toBe('db healthy\nproxy \nweb healthy\n');
  }, 60_000);

  it('lose no request to a version that cannot start: only one of them meets it', async () => {
    const before = await idsOf('web');
    const step = await deploy('broken');
    expect(step.outputs).toMatchObject({ status: 'rolled-back', reason: 'deploy/exited' });
    expect(step.summary).toContain('LOG_LEVEL');
    expect(client.seen().lost).toEqual([]);
    expect(client.seen().versions).toEqual(['one', 'two']);
    const after = await idsOf('web');
    expect(after).toHaveLength(2);
    expect(after.filter((id) => before.includes(id))).toHaveLength(1);
  }, 60_000);

  it('are as before when the run is cancelled between them', async () => {
    await using listener = listenToDocker(world.project);
    const step = start('one');
    await Promise.race([listener.saw('kill'), step.done]);
    step.kill('SIGINT');
    const { outputs } = await step.done;
    expect(outputs).toMatchObject({ status: 'cancelled', reason: 'action/cancelled' });
    const after = await replicas();
    expect(after).toEqual(Array(2).fill(expect.stringMatching(`${images['two']} running`)));
    for (const line of after) {
      expect(await listener.isToStop(line.split(' ')[0] ?? '')).toBe(false);
    }
    expect(world.lockIsFree()).toBe(true);
  }, 60_000);

  it('become one that starts its successor first, without a lost request', async () => {
    const file = join(world.runner.workspace, 'compose.yaml');
    const text = await readFile(file, 'utf8');
    const changed = text
      .replace('replicas: 2', 'replicas: 1')
      .replace('delay:', 'order: start-first\n        delay:');
    await writeFile(file, changed);
    const step = await deploy('one');
    expect(step.errors).toEqual([]);
    const { lost, asked } = await client.stop();
    expect(lost).toEqual([]);
    expect(asked.at(-1)?.version).toBe('one');
    expect(await replicas()).toEqual([expect.stringMatching(`${images['one']} running`)]);
  }, 60_000);

  it('are not touched when the time of the migration is up, which then has ended', async () => {
    const before = await world.containers();
    const slow = 'docker compose run --rm web node -e "setInterval(() => {}, 1000)"';
    const step = await deploy('one', { migrate: slow, 'migrate-timeout': '3s' });
    expect(step.outputs).toMatchObject({ status: 'failed', reason: 'deploy/migrate-timeout' });
    expect(step.errors).toHaveLength(1);
    expect(step.errors[0]?.text).toContain('did not end within 3.0 s, which input migrate-timeout');
    expect(await world.containers()).toEqual(before);
    expect(world.remoteProcesses()).toEqual([]);
  }, 60_000);
});
