import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { pushExampleApp } from '../../../packages/local-cloud/src/app-image.ts';
import { installSite } from '../../../packages/local-cloud/src/hosts/example-app.ts';
import { freePorts } from '../../../packages/local-cloud/src/hosts/free-ports.ts';
import { startHosts } from '../../../packages/local-cloud/src/hosts/hosts.ts';
import { makeRunner } from '../../../packages/local-cloud/src/runner.ts';
import { askSteadily } from '../../../packages/local-cloud/src/steady-client.ts';
import { variant } from './images.ts';
import { bundle, registry } from './world.ts';

const compose = join(import.meta.dirname, '../../../example-app/nginx/compose.yaml');

test("two services behind the host's nginx are switched and rolled back without losing a request", async () => {
  await using hosts = await startHosts(1, { engine: true });
  await using runner = await makeRunner();
  const [host] = hosts.all;
  if (!host) throw new Error('a host was asked for');
  const [first = 0, second = 0] = await freePorts(2);
  await installSite(host, [first, second]);
  await cp(compose, join(runner.workspace, 'compose.yaml'));
  const one = await pushExampleApp(registry, 'one');
  const two = await variant(one, { env: { APP_COMMIT: 'two' } });
  const deploy = (image: string, inputs: Record<string, string> = {}) =>
    runner.start(bundle, {
      hosts: host.address,
      'private-key': host.privateKey,
      'known-hosts': host.knownHosts,
      path: join(host.folder, host.container),
      env: `PORT_1=${first}\nPORT_2=${second}`,
      image,
      mode: 'compose',
      'health-path': '/health',
      ...inputs,
    }).done;

  const begun = await deploy(one, { expect: '"commit":"one"' });
  expect(begun.errors).toEqual([]);
  const rate = 200; // at least
  await using client = await askSteadily(`http://127.0.0.1:${host.web}/api/info`, {
    rate: 1.1 * rate,
  });
  await client.saw('one');
  // Both run the new version when this fails.
  const step = await deploy(two, { after: 'docker compose ps --format "{{.Image}}"; exit 3' });
  expect(step.outputs).toMatchObject({ status: 'rolled-back', reason: 'ssh/command' });
  expect(step.log.match(new RegExp(`\\| ${two}$`, 'gm'))).toHaveLength(2);
  const { lost, versions, asked } = await client.stop();
  // Each instance has got SIGTERM twice meanwhile.
  expect(lost).toEqual([]);
  expect(versions).toEqual(['one', 'two']);
  expect(asked.at(-1)?.version).toBe('one');
  const seconds = (asked.at(-1)?.at ?? 0) / 1_000;
  expect(asked.length).toBeGreaterThan(rate * seconds);
  console.info(`of ${asked.length} requests in ${seconds.toFixed(1)} s none was lost`);
}, 120_000);
