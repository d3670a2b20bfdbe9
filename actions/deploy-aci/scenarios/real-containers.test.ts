import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Behaviour, pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import {
  type RealAzure,
  startRealAzure,
} from '../../../packages/local-cloud/src/azure/real-azure.ts';
import { demoAzure } from '../../../packages/local-cloud/src/azure/seed.ts';
import { type GitHub, startGitHub } from '../../../packages/local-cloud/src/github/github.ts';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import { makeRunner, type Runner } from '../../../packages/local-cloud/src/runner.ts';
import { bundle, identity } from './world.ts';

describe('a container group whose containers are real', () => {
  let registry: LocalRegistry;
  let github: GitHub;
  let azure: RealAzure;
  let runner: Runner;
  const images = new Map<string, string>();

  const push = async (version: string, behaviour: Behaviour) => {
    images.set(version, await pushApp(registry.host, version, behaviour));
  };
  const imageOf = (version: string) => images.get(version) ?? '';
  const start = (image: string, inputs: Readonly<Record<string, string>> = {}) =>
    runner.start(
      bundle,
      {
        ...identity,
        'resource-group': 'shop',
        name: 'shop',
        image,
        ports: '3000',
        'dns-label': 'shop-web',
        'health-path': '/',
        timeout: '60s',
        ...inputs,
      },
      { ...github.oidc.env, ...azure.env },
    );
  const deploy = (image: string, inputs: Readonly<Record<string, string>> = {}) =>
    start(image, inputs).done;
  const served = async () =>
    (await fetch(`http://${azure.world.group('shop').address}:3000/`)).text();
  /** When nothing moves any more, whatever the action said. */
  const settled = async () => {
    const until = performance.now() + 60_000;
    for (;;) {
      const group = azure.world.group('shop');
      const still = !group.transitioning && group.provisioningState === 'Succeeded';
      const answer = still ? await served().catch(() => undefined) : undefined;
      if (answer !== undefined) return answer;
      if (performance.now() > until)
        throw new Error(`shop does not settle: ${group.provisioningState}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const groups = () => azure.world.groups().map(({ place }) => place.name);

  beforeAll(async () => {
    registry = await startRegistry();
    [github, runner] = await Promise.all([startGitHub({ repository: 'org/app' }), makeRunner()]);
    azure = await startRealAzure({ issuer: github.oidc.issuer, seed: demoAzure() });
    for (const version of ['one', 'two', 'three']) await push(version, 'good');
    for (const behaviour of ['crash', 'unhealthy', 'hungry'] as const) {
      await push(behaviour, behaviour);
    }
  }, 240_000);
  afterAll(async () => {
    await Promise.all([azure, github, runner, registry].map((one) => one[Symbol.asyncDispose]()));
  }, 60_000);

  it('is created', async () => {
    const { code, errors, outputs } = await deploy(imageOf('one'), {
      memory: '0.3',
      expect: 'version one',
    });
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    expect(outputs).toMatchObject({
      status: 'deployed',
      image: imageOf('one'),
      fqdn: 'shop-web.eastus.azurecontainer.io',
    });
    expect(await served()).toContain('version one');
  }, 120_000);

  it('is updated in place, and keeps its address', async () => {
    const { address } = azure.world.group('shop');
    const { errors, outputs } = await deploy(imageOf('two'), { expect: 'version two' });
    expect(errors).toEqual([]);
    expect(outputs).toMatchObject({
      status: 'deployed',
      image: imageOf('two'),
      'previous-image': imageOf('one'),
      ip: address,
    });
    expect(await served()).toContain('version two');
  }, 120_000);

  it('gets a version that was rehearsed in a second one, which is gone afterwards', async () => {
    const { errors, log, outputs } = await deploy(imageOf('three'), {
      strategy: 'rehearse',
      expect: 'version three',
    });
    expect(errors).toEqual([]);
    expect(outputs).toMatchObject({ status: 'deployed', image: imageOf('three') });
    expect(log).toContain('removed shop-next, in which the new version was rehearsed');
    expect(await served()).toContain('version three');
    expect(groups()).toEqual(['shop']);
  }, 120_000);

  it('is not created again where nobody allows it: what asks for it is named', async () => {
    const { errors, outputs } = await deploy(imageOf('one'), { 'restart-policy': 'OnFailure' });
    expect(outputs).toMatchObject({ status: 'failed', reason: 'aci/recreate-needed' });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.text).toMatch(/restart-?policy/i);
    expect(await served()).toContain('version three');
  }, 60_000);

  it('is created again where that is allowed', async () => {
    const { errors, outputs } = await deploy(imageOf('two'), {
      'restart-policy': 'OnFailure',
      'allow-recreate': 'true',
      expect: 'version two',
    });
    expect(errors).toEqual([]);
    expect(outputs).toMatchObject({ status: 'deployed', image: imageOf('two') });
    expect(azure.world.group('shop').body.properties.restartPolicy).toBe('OnFailure');
    expect(await served()).toContain('version two');
    const back = await deploy(imageOf('two'), {
      'restart-policy': 'Always',
      'allow-recreate': 'true',
    });
    expect(back.outputs).toMatchObject({ status: 'deployed' });
  }, 180_000);

  it('is not created where its label is taken', async () => {
    azure.world.takeLabel('taken-web.eastus');
    const { errors, outputs } = await deploy(imageOf('one'), {
      name: 'other',
      'dns-label': 'taken-web',
    });
    expect(outputs).toMatchObject({ status: 'failed', reason: 'aci/label-taken' });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.text).toContain('taken-web');
    expect(groups()).toEqual(['shop']);
  }, 60_000);

  it('whose share is not there says so, and is removed again', async () => {
    const spec = {
      location: 'eastus',
      properties: {
        osType: 'Linux',
        containers: [
          {
            name: 'web',
            properties: {
              image: imageOf('one'),
              resources: { requests: { cpu: 0.5, memoryInGB: 0.3 } },
              volumeMounts: [{ name: 'files', mountPath: '/files' }],
            },
          },
        ],
        volumes: [
          {
            name: 'files',
            azureFile: {
              shareName: 'nowhere',
              storageAccountName: 'storage',
              storageAccountKey: 'a2V5IG9mIHRoZSBzaGFyZQ==',
            },
          },
        ],
      },
    };
    const { errors, log, outputs } = await deploy(imageOf('one'), {
      name: 'other',
      'dns-label': 'other-web',
      spec: JSON.stringify(spec),
    });
    expect(outputs).toMatchObject({ status: 'failed', reason: 'aci/mount' });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.text).toContain(
      "there is no such file share; Azure: Failed to mount volume 'files'",
    );
    expect(log.replace(/^::add-mask::.*$/gm, '')).not.toContain('a2V5IG9mIHRoZSBzaGFyZQ');
    expect(groups()).not.toContain('other');
  }, 120_000);

  it.each([
    ['crashes', 'crash', 'aci/crash-loop', 'cannot open the database'],
    ['never gets healthy', 'unhealthy', 'deploy/unproven', 'table users is missing'],
    ['takes more memory than it has', 'hungry', 'aci/out-of-memory', ''],
  ])(
    'a version that %s is red with its reason, and the one before is proven: in place',
    async (_, version, reason, line) => {
      const { errors, outputs, summary } = await deploy(imageOf(version), { timeout: '20s' });
      expect(outputs).toMatchObject({ status: 'rolled-back', reason });
      expect(errors).toHaveLength(1);
      expect(summary).toContain(line);
      expect(await served()).toContain('version two');
      expect(groups()).toEqual(['shop']);
    },
    180_000,
  );

  it('a bad version that it is created again with is red, and it comes back as it was', async () => {
    const { errors, outputs } = await deploy(imageOf('crash'), {
      timeout: '20s',
      'restart-policy': 'OnFailure',
      'allow-recreate': 'true',
    });
    expect(outputs).toMatchObject({ status: 'rolled-back', reason: 'aci/crash-loop' });
    expect(errors).toHaveLength(1);
    expect(azure.world.group('shop').body.properties.restartPolicy).toBe('Always');
    expect(await served()).toContain('version two');
    expect(groups()).toEqual(['shop']);
  }, 180_000);

  it.each([
    ['crashes', 'crash', 'aci/crash-loop', 'cannot open the database'],
    ['never gets healthy', 'unhealthy', 'deploy/unproven', 'table users is missing'],
  ])(
    'a version that %s does not survive its rehearsal, and nothing that serves is restarted',
    async (_, version, reason, line) => {
      const { errors, outputs, summary } = await deploy(imageOf(version), {
        timeout: '20s',
        strategy: 'rehearse',
      });
      expect(outputs).toMatchObject({ status: 'rolled-back', reason });
      expect(errors).toHaveLength(1);
      expect(summary).toContain(line);
      expect(await served()).toContain('version two');
      expect(groups()).toEqual(['shop']);
    },
    180_000,
  );

  it.each(['in-place', 'rehearse'])(
    'a version whose image is not there is red with its reason: %s',
    async (strategy) => {
      const missing = imageOf('one').replace(/[0-9a-f]{8}$/, '00000000');
      const { errors, outputs } = await deploy(missing, { strategy });
      expect(outputs['status']).toMatch(/^(rolled-back|failed)$/);
      expect(outputs['reason']).toMatch(/^(aci\/image-|image\/)/);
      expect(errors).toHaveLength(1);
      expect(await served()).toContain('version two');
      expect(groups()).toEqual(['shop']);
    },
    120_000,
  );

  it.each([
    ['in-place', /done: apply/],
    ['rehearse', /done: apply: rehearse in shop-next/],
  ])(
    'a run that is cancelled settles on the version before, and the job again ends it: %s',
    async (strategy, moment) => {
      const old = (await settled()).trim();
      const next = old === 'version two' ? 'three' : 'two';
      const step = start(imageOf(next), { strategy });
      await step.saw(moment);
      step.kill('SIGINT');
      const { outputs, signal } = await step.done;
      expect({ signal, outputs }).toMatchObject({ signal: null, outputs: { status: 'cancelled' } });
      expect((await settled()).trim()).toBe(old);
      expect(groups()).toEqual(['shop']);

      const again = await deploy(imageOf(next), { strategy, expect: `version ${next}` });
      expect(again.errors).toEqual([]);
      expect(again.outputs).toMatchObject({ status: 'deployed' });
      expect((await settled()).trim()).toBe(`version ${next}`);
      expect(groups()).toEqual(['shop']);
    },
    180_000,
  );

  it('a run that would lose a secret stops, and says which', async () => {
    const secrets = 'GREETING=only-for-friends';
    const given = await deploy(imageOf('one'), { secrets, expect: 'only-for-friends' });
    expect(given.errors).toEqual([]);
    expect(given.outputs).toMatchObject({ status: 'deployed' });

    const lost = await deploy(imageOf('two'));
    expect(lost.outputs).toMatchObject({ status: 'failed', reason: 'aci/secrets-lost' });
    expect(lost.errors).toHaveLength(1);
    expect(lost.errors[0]?.text).toContain('GREETING');
    expect((await served()).trim()).toBe('version one only-for-friends');
  }, 120_000);

  it('a rollback has the secrets that the run gives', async () => {
    const { outputs, log } = await deploy(imageOf('crash'), {
      secrets: 'GREETING=only-for-friends',
      timeout: '20s',
    });
    expect(outputs).toMatchObject({ status: 'rolled-back', reason: 'aci/crash-loop' });
    expect(log.replace(/^::add-mask::.*$/gm, '')).not.toContain('only-for-friends');
    expect((await served()).trim()).toBe('version one only-for-friends');
  }, 180_000);
});
