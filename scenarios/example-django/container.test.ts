import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  makeWorld,
  registry,
  bundle as toHosts,
} from '../../actions/deploy-ssh/scenarios/world.ts';
import { docker } from '../../packages/local-cloud/src/hosts/docker.ts';

const root = join(import.meta.dirname, '../..');
const toRegistry = join(root, 'actions/build-push/dist/index.js');
const commit = 'c0ffee'.padEnd(40, '0');

test('a Django service is built, pushed, migrated and served by digest, with Postgres and Redis beside it', async () => {
  await using world = await makeWorld();
  const { workspace } = world.runner;
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => {
    await docker(['compose', '--project-name', world.project, 'down', '--volumes', '--timeout=1']);
  });
  await cp(join(root, 'example-django'), workspace, { recursive: true });
  const begun = performance.now();

  const built = await world.runner.start(
    toRegistry,
    {
      image: `${registry}/example-django`,
      context: '.',
      'build-args': `BASE_IMAGE=slipway-django:latest\nCOMMIT=${commit}`,
      version: '1.2.3',
      tags: 'type=raw,value=tested',
      push: 'true',
      'move-tags': 'true',
    },
    { GITHUB_SHA: commit },
  ).done;
  expect(built.errors).toEqual([]);
  const { image = '' } = built.outputs;
  expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);

  const deployed = await world.runner.start(toHosts, {
    ...world.inputs,
    image,
    env: [
      'ALLOWED_HOSTS=www.example.com',
      'HTTPS=off',
      `PORT=${world.port}`,
      'POSTGRES_IMAGE=slipway-postgres:latest',
      'REDIS_IMAGE=slipway-redis:latest',
    ].join('\n'),
    secrets: `SECRET_KEY=#a$b&'c"d-${'k'.repeat(32)}\nPOSTGRES_PASSWORD=4f1e6c`,
    migrate: 'docker compose run --rm web python3 manage.py migrate --noinput',
    'health-path': '/ready',
    expect: commit,
    timeout: '120s',
  }).done;
  expect(deployed.errors).toEqual([]);
  expect(deployed.outputs).toMatchObject({ status: 'deployed', image });
  const seconds = (performance.now() - begun) / 1_000;
  console.info(`example-django was built, pushed and deployed in ${seconds.toFixed(1)} s`);

  const web = (await world.containers()).filter((line) => line.includes('example-django'));
  expect(web).toEqual([expect.stringMatching(new RegExp(`^\\w+ ${image} running$`))]);
  const ready = await fetch(`http://127.0.0.1:${world.port}/ready`);
  expect(await ready.json()).toEqual({ status: 'ok', version: '1.2.3', commit });
  // The page reads the table that was migrated; by a name that is not allowed there is none.
  const page = (host: string) =>
    docker(['exec', web[0]?.split(' ')[0] ?? '', 'python3', '-c', ask, host]);
  expect(await page('www.example.com')).toContain('No notes yet.');
  expect(await page('evil.example')).toContain('HTTP 400');
}, 240_000);

/** A program that asks the app for its page under a host name. */
const ask = `import sys, http.client
connection = http.client.HTTPConnection("127.0.0.1", 8000)
connection.request("GET", "/", headers={"Host": sys.argv[1]})
response = connection.getresponse()
print("HTTP", response.status, response.read().decode())`;
