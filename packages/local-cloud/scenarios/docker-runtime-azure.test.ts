import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pushApp } from '../src/app-image.ts';
import type { GroupBody } from '../src/azure/aci/body.ts';
import type { ContainerGroup } from '../src/azure/aci/group.ts';
import { type RealAzure, startRealAzure } from '../src/azure/real-azure.ts';
import { startVirtualAzure } from '../src/azure/virtual-azure.ts';
import { docker } from '../src/hosts/docker.ts';
import { type LocalRegistry, startRegistry } from '../src/registry.ts';
import { ArmClient, groupBody } from '../test/azure/arm-client.ts';

const run = promisify(execFile);

/** What a Node process gets that asks for a URL. */
async function fetched(url: string, env: Readonly<Record<string, string>>): Promise<string> {
  const code = `fetch('${url}').then(async (a) => console.log(a.status + ' ' + await a.text()), (e) => console.log(e.cause.code))`;
  const { stdout } = await run(process.execPath, ['-e', code], { env: { ...env, PATH: '' } });
  return stdout.trim();
}

test('a group that follows a script answers at its domain name, as long as it is there', async () => {
  await using azure = await startVirtualAzure();
  const arm = await ArmClient.of(azure.azure);
  await arm.put(webBody('shop:1'));
  await settled(() => azure.world.group('shop'));
  await azure.runtime.doors.settled();
  const url = 'http://slipway.eastus.azurecontainer.io:3000/';
  await expect(fetched(url, azure.env)).resolves.toBe('200 shop:1');
  await arm.about('DELETE');
  await expect(fetched(url, azure.env)).resolves.toBe('ENOTFOUND');
});

function webBody(image: string, more: Partial<GroupBody['properties']> = {}, container = {}) {
  return groupBody(
    {
      ipAddress: { type: 'Public', ports: [{ port: 3000 }], dnsNameLabel: 'slipway' },
      ...more,
    },
    { image, ports: [{ port: 3000 }], ...container },
  );
}

async function until(is: () => boolean): Promise<void> {
  for (let looks = 0; looks < 1_200; looks += 1) {
    if (is()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('Not in 30 s.');
}

async function settled(group: () => ContainerGroup): Promise<void> {
  await until(() => group().provisioningState === 'Succeeded');
}

describe('a group of real containers', () => {
  let registry: LocalRegistry;
  let azure: RealAzure;
  let arm: ArmClient;
  let good: string;
  let other: string;
  beforeAll(async () => {
    registry = await startRegistry();
    good = await pushApp(registry.host, 'one', 'good');
    other = await pushApp(registry.host, 'two', 'good');
    azure = await startRealAzure({ shares: ['storage/files'] });
    arm = await ArmClient.of(azure.azure);
  }, 120_000);
  afterAll(async () => {
    await azure[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });
  const group = () => azure.world.group('shop');
  const web = () => {
    const [first] = group().containers;
    if (!first) throw new Error('no container');
    return first;
  };
  const deploy = async (body: GroupBody) => {
    await until(() => !azure.world.groups().some((one) => one.transitioning));
    const said = await arm.put(body);
    expect(said.message).toBe('');
  };
  const anew = async (body: GroupBody) => {
    await arm.about('DELETE');
    await deploy(body);
  };

  test('answers at its domain name, and with the new version after an update in place', async () => {
    await deploy(webBody(good));
    await settled(group);
    const url = 'http://slipway.eastus.azurecontainer.io:3000/';
    await expect(fetched(url, azure.env)).resolves.toBe('200 version one');
    const address = group().address;
    await deploy(webBody(other));
    await settled(group);
    await expect(fetched(url, azure.env)).resolves.toBe('200 version two');
    expect(group().address).toBe(address);
    await arm.about('DELETE');
    await until(() => azure.world.groups().length === 0);
  });

  test('tells exit codes, the log and the restarts of a crash loop', async () => {
    await anew(webBody(await pushApp(registry.host, 'three', 'crash')));
    await until(() => web().restartCount >= 2);
    expect(web().previous).toMatchObject({ exitCode: 7, detailStatus: 'Error' });
    expect(web().log.text({})).toContain('cannot open the database');
    expect(
      web()
        .events.list()
        .map(({ name }) => name),
    ).toContain('BackOff');
  });

  test('kills a container that takes more memory than its limit', async () => {
    const command = ['node', '-e', 'const a = []; for (;;) a.push(Buffer.alloc(1e6, 1));'];
    const resources = { requests: { cpu: 0.5, memoryInGB: 0.05 } };
    await anew(webBody(good, { restartPolicy: 'Never' }, { command, resources }));
    await until(() => web().finished);
    expect(web().state).toMatchObject({ exitCode: 137, detailStatus: 'OOMKilled' });
  });

  test('gives containers one network, files of volumes, and values that are secret', async () => {
    const read = `
      const { readFileSync } = require('node:fs');
      fetch('http://127.0.0.1:3000/').then(async (answer) => {
        console.log(await answer.text(), readFileSync('/keys/key', 'utf8'), process.env.TOKEN);
      });
      setInterval(() => {}, 1000);`;
    const body = webBody(good, {
      volumes: [{ name: 'secrets', secret: { key: Buffer.from('s3cret').toString('base64') } }],
    });
    const [first] = body.properties.containers;
    if (!first) throw new Error('no container');
    const reader = {
      name: 'reader',
      properties: {
        ...first.properties,
        ports: [],
        command: ['node', '-e', read],
        environmentVariables: [{ name: 'TOKEN', secureValue: 't0ken' }],
        volumeMounts: [{ name: 'secrets', mountPath: '/keys' }],
      },
    };
    await anew({ ...body, properties: { ...body.properties, containers: [first, reader] } });
    const log = () => group().containers[1]?.log.text({}) ?? '';
    await until(() => log() !== '');
    expect(log()).toContain('version one  s3cret t0ken');
    expect(JSON.stringify((await arm.about('GET')).body)).not.toMatch(/s3cret|t0ken|czNjcmV0/);
  });

  test('waits for a share that is not there, and says so', async () => {
    const azureFile = { shareName: 'none', storageAccountName: 'storage', storageAccountKey: 'a' };
    await anew(webBody(good, { volumes: [{ name: 'files', azureFile }] }));
    await until(() => group().events.list().length > 0);
    expect(group().events.list()).toMatchObject([
      { name: 'FailedMount', type: 'Normal', message: expect.stringContaining('No such file') },
    ]);
    expect(group().state).toBe('Pending');
  });

  test('restarts a container whose liveness probe fails, and keeps one out that is not ready', async () => {
    const sick = await pushApp(registry.host, 'four', 'unhealthy');
    const httpGet = { path: '/', port: 3000 };
    const readinessProbe = { httpGet, periodSeconds: 1 };
    const livenessProbe = { httpGet, periodSeconds: 1, initialDelaySeconds: 2 };
    await anew(webBody(sick, {}, { readinessProbe, livenessProbe }));
    await until(() => web().restartCount >= 1);
    expect(web().events.list()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'Unhealthy',
          message: 'Readiness probe failed: HTTP probe failed with statuscode: 500',
        }),
      ]),
    );
    const url = `http://${group().address}:3000/`;
    await expect(fetched(url, azure.env)).resolves.toBe('ECONNREFUSED');
  });

  test('of an image that is not there is refused', async () => {
    await arm.about('DELETE');
    const said = await arm.put(webBody(`${registry.host}/nothing:here`));
    expect(said).toMatchObject({ status: 400, code: 'InaccessibleImage' });
  });

  test('pulls with the credentials that it was given, and with no others', async () => {
    await using locked = await startRegistry({ username: 'shop', password: 's3cret' });
    const { host: server } = locked;
    const image = `${server}/app:one`;
    const config = await mkdtemp(join(tmpdir(), 'slipway-push-'));
    const auth = Buffer.from('shop:s3cret').toString('base64');
    await writeFile(join(config, 'config.json'), JSON.stringify({ auths: { [server]: { auth } } }));
    await docker(['tag', good, image]);
    await docker(['--config', config, 'push', '--quiet', image]);
    await docker(['rmi', image]);
    await rm(config, { recursive: true });
    const body = (password: string) =>
      webBody(image, {
        imageRegistryCredentials: [{ server, username: 'shop', password }],
      });
    await arm.about('DELETE');
    await expect(arm.put(body('wrong'))).resolves.toMatchObject({ code: 'InaccessibleImage' });
    await expect(arm.put(webBody(image))).resolves.toMatchObject({ code: 'InaccessibleImage' });
    await deploy(body('s3cret'));
    await settled(group);
    expect(web().state.state).toBe('Running');
  });

  test('leaves nothing behind', async () => {
    await arm.about('DELETE');
    let left = ['?'];
    for (let looks = 0; looks < 100 && left.length > 0; looks += 1) {
      left = await azure.runtime.containers();
    }
    expect(left).toEqual([]);
  });
});
