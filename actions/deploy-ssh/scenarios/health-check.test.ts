import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import { bundle, makeWorld, registry, type World } from './world.ts';

const sick = `    healthcheck:
      test: [CMD-SHELL, "echo no connection to the database; exit 3"]
      interval: 1s
      retries: 2
`;

describe('a health check of the Compose file', () => {
  let world: World;
  let image: string;
  beforeAll(async () => {
    world = await makeWorld(sick);
    image = await pushApp(registry, 'health', 'good');
  }, 60_000);
  afterAll(async () => world[Symbol.asyncDispose](), 30_000);

  it.each([
    ['the app itself', ''],
    [
      'a service that another one waits for',
      '  other:\n    image: $IMAGE\n    depends_on: { web: { condition: service_healthy } }\n',
    ],
  ])(
    'that never passes for %s ends the run within seconds, with what it said',
    async (_, more) => {
      const file = join(world.runner.workspace, 'compose.yaml');
      await writeFile(file, `${await readFile(file, 'utf8')}${more}`);
      const step = await world.runner.start(bundle, { ...world.inputs, image, timeout: '5m' }).done;
      expect(step.ms).toBeLessThan(20_000);
      expect(step.outputs).toMatchObject({ status: 'failed', reason: 'deploy/unhealthy' });
      expect(step.errors).toHaveLength(1);
      expect(step.errors[0]?.text).toContain(
        'Container web is reported unhealthy: exit code 3, no connection to the database.',
      );
      expect(await world.containers()).toEqual([]);
    },
    60_000,
  );
});

it('a worker that falls over a moment after its start, and cannot be asked, is not deployed', async () => {
  const worker = '    command: [node, -e, "setTimeout(() => process.exit(3), 2000)"]\n';
  await using world = await makeWorld(worker);
  const image = await pushApp(registry, 'worker', 'good');
  const step = await world.runner.start(bundle, { ...world.inputs, image, 'health-path': '' }).done;
  expect(step.outputs).toMatchObject({ status: 'failed', reason: 'deploy/exited' });
  expect(step.errors[0]?.text).toContain(
    'Container web stopped instead of serving: it was started',
  );
  expect(await world.containers()).toEqual([]);
}, 60_000);

describe('an answer that is packed, whatever was asked for', () => {
  const server = [
    "const { brotliCompressSync, gzipSync } = require('node:zlib');",
    "const text = 'commit packed';",
    "const ways = { '/gzip': ['gzip', gzipSync(text)], '/x-gzip': ['X-GZIP', gzipSync(text)],",
    "'/br': ['br', brotliCompressSync(text)], '/empty': ['gzip', ''] };",
    "require('node:http').createServer(({ url }, response) => {",
    "const [coding, body] = ways[url] ?? ways['/gzip'];",
    "response.setHeader('content-encoding', coding).end(body); }).listen(3000);",
  ].join(' ');
  let world: World;
  let image: string;
  beforeAll(async () => {
    world = await makeWorld(`    command: [node, -e, ${JSON.stringify(server)}]\n`);
    image = await pushApp(registry, 'packed', 'good');
  }, 60_000);
  afterAll(async () => world[Symbol.asyncDispose](), 30_000);

  it.each([
    ['gzip', 'commit packed'],
    ['x-gzip', 'commit packed'],
    ['br', 'commit packed'],
    ['empty', ''],
  ])(
    'proves the version: %s',
    async (way, text) => {
      const path = `/${way}`;
      const common = { ...world.inputs, image, expect: text };
      const onHost = await world.runner.start(bundle, { ...common, 'health-path': path }).done;
      expect(onHost.outputs['status']).toMatch(/^(?:deployed|unchanged)$/);
      const url = `http://127.0.0.1:${world.port}${path}`;
      const outside = { ...common, 'health-path': '', 'health-url': url, 'health-threshold': '3' };
      const asked = await world.runner.start(bundle, outside).done;
      expect(asked.outputs['status']).toBe('unchanged');
      expect(asked.log).toContain('at look 3');
    },
    60_000,
  );
});
