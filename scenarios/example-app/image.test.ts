// The image of the example app: built once, held against our own gate, and run with as little as its
// compose.yaml allows.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  bundle,
  defaults,
  makeGateRunner,
  registry,
} from '../../actions/trivy-gate/scenarios/world.ts';
import { pushExampleApp } from '../../packages/local-cloud/src/app-image.ts';
import {
  type ExampleContainer,
  startExampleContainer,
} from '../../packages/local-cloud/src/example-container.ts';
import { type Advisory, advisories } from '../../packages/local-cloud/src/trivy/advisories.ts';

let image: string;
beforeAll(async () => {
  image = await pushExampleApp(registry, 'd'.repeat(40));
}, 180_000);

describe('the gate', () => {
  const ofExpress: Advisory = {
    id: 'CVE-2099-20001',
    package: 'express',
    ecosystem: 'npm',
    severity: 'HIGH',
    fixed: '99.0.0',
    title: 'express: made up, to see that the packages of the app are looked at',
    description: 'Made up.',
    published: '2026-01-15T10:00:00Z',
  };

  test.each([
    ['passes it by what the database knows', advisories, 'pass', 0],
    [
      'blocks it for a HIGH with a fix in what it is made of',
      [...advisories, ofExpress],
      'fail',
      1,
    ],
  ])('%s', async (_what, known, verdict, blocking) => {
    await using runner = await makeGateRunner({}, { advisories: known });
    const step = await runner.start(bundle, { ...defaults, image, 'fail-on': 'critical,high' })
      .done;
    expect(step.outputs).toMatchObject({ verdict, blocking: String(blocking) });
  });
});

describe('a container of 256 MB', () => {
  let container: ExampleContainer;
  beforeAll(async () => {
    container = await startExampleContainer(image);
  });
  afterAll(async () => {
    await container[Symbol.asyncDispose]();
  });
  const read = (path: string) =>
    container.evaluate(`require('node:fs').readFileSync('${path}', 'utf8')`);

  test('runs the app as user 1000 without any capability', async () => {
    const status = await read('/proc/1/status');
    expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    expect(status).toMatch(/^Gid:\t1000\t1000\t1000\t1000$/m);
    for (const set of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb']) {
      expect(status).toMatch(new RegExp(`^Cap${set}:\t0{16}$`, 'm'));
    }
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
  });

  test('lets the app write nowhere, not even where it could by its rights', async () => {
    for (const path of ['/app/x', '/tmp/x', '/home/node/x']) {
      const write = `try { require('node:fs').writeFileSync('${path}', ''); 'written' } catch (e) { e.code }`;
      expect([path, await container.evaluate(write)]).toEqual([
        path,
        expect.stringMatching(/^(?:EROFS|EACCES)$/),
      ]);
    }
  });

  test('is asked by its own health check, and answers', async () => {
    const check = `require('node:child_process').spawnSync('node', ['src/healthcheck.ts']).status`;
    expect(await container.evaluate(check)).toBe('0');
  });

  test('has a limit of the heap below that of its memory', async () => {
    const command = (await read('/proc/1/cmdline')).split('\0');
    const flags = command.filter((word) => word.startsWith('--max-old-space'));
    const limit = await container.evaluate('v8.getHeapStatistics().heap_size_limit', ...flags);
    expect(Number(limit) / 2 ** 20).toBeLessThan(200);
    expect(Number(limit) / 2 ** 20).toBeGreaterThan(100);
  });

  test('ends by itself when it is told to', async () => {
    expect(await container.stop()).toBe(0);
  });
});
