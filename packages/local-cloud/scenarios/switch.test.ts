import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { docker } from '../src/hosts/docker.ts';
import { installSite } from '../src/hosts/example-app.ts';
import { freePorts } from '../src/hosts/free-ports.ts';
import { startHosts } from '../src/hosts/hosts.ts';
import { askSteadily } from '../src/steady-client.ts';
import { login } from './login.ts';

const example = join(import.meta.dirname, '../../../example-app');

test('two Compose services behind nginx take up an image without losing a request', async () => {
  await using images = new AsyncDisposableStack();
  await using hosts = await startHosts(1, { engine: true });
  const [host] = hosts.all;
  if (!host) throw new Error('a host was asked for');
  const ports = await freePorts(2);
  const [first = 0, second = 0] = ports;
  await installSite(host, [first, second]);
  await cp(join(example, 'nginx/compose.yaml'), join(host.folder, 'compose.yaml'));
  const release = async (id: string) => {
    const image = `${host.container}:${id}`;
    await docker(['build', '--quiet', '--build-arg', `COMMIT=${id}`, '--tag', image, example]);
    images.defer(() => docker(['rmi', image]).then(() => undefined));
    const up = `docker compose -p ${host.container} up -d --wait`;
    await login(
      host,
      `cd ${host.folder} && export IMAGE=${image} PORT_1=${first} PORT_2=${second}
${up} web-1 2>&1 && ${up} web-2 2>&1`,
    );
  };

  await release('one');
  await using client = await askSteadily(`http://127.0.0.1:${host.web}/health`);
  await client.saw('one');
  await release('two');
  await client.saw('two');
  const { failures, versions } = await client.stop();
  expect(failures).toEqual([]);
  expect(versions).toEqual(['one', 'two']);
}, 90_000);
