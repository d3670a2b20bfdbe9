import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalCloud, startLocalCloud } from '../../../packages/local-cloud/src/cloud.ts';
import { startFaultProxy } from '../../../packages/local-cloud/src/fault-proxy.ts';
import { makeHostileHome } from '../../../packages/local-cloud/src/hostile-home.ts';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import type { Runner } from '../../../packages/local-cloud/src/runner.ts';
import { demoSeed } from '../../../packages/local-cloud/src/seed.ts';
import { bundle, defaults, leftovers, makeBuildRunner, recordDocker, tagsOf } from './world.ts';

// What the cloud hands out, and what the registries behind it want.
const password = 'handed-out-p4ssword';
const role = 'arn:aws:iam::123456789012:role/deploy';
const demo = demoSeed('octo/shop');
const seed = {
  ...demo,
  aws: { ...demo.aws, registryPassword: password },
  azure: { ...demo.azure, registryPassword: password },
};
const azure = {
  'azure-client-id': seed.azure.apps[0]?.clientId ?? '',
  'azure-tenant-id': seed.azure.tenantId,
};

describe('build-push without a stored password', () => {
  let cloud: LocalCloud;
  let ecr: LocalRegistry;
  let acr: LocalRegistry;
  let runner: Runner;
  beforeAll(async () => {
    [cloud, ecr, acr, runner] = await Promise.all([
      startLocalCloud({ seed }),
      startRegistry({ username: 'AWS', password }),
      startRegistry({ username: '00000000-0000-0000-0000-000000000000', password }),
      makeBuildRunner(),
    ]);
  }, 30_000);
  afterAll(async () => {
    await runner[Symbol.asyncDispose]();
    await acr[Symbol.asyncDispose]();
    await ecr[Symbol.asyncDispose]();
    await cloud[Symbol.asyncDispose]();
  }, 30_000);

  const basic = (user: string) => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  });

  it('takes an AWS role by OIDC, creates the repository in ECR, and pushes', async () => {
    const image = `${ecr.host}/shop/web`;
    const aws = { 'aws-role': role, 'aws-region': 'eu-central-1', 'create-repository': 'true' };
    const inputs = { ...defaults, image, tags: 'one', ...aws };
    const step = await runner.start(bundle, inputs, { ...cloud.env }).done;
    expect(step.errors).toEqual([]);
    expect(cloud.aws.ecrRepositories()).toEqual([expect.stringMatching(/\/shop\/web$/)]);
    expect(step.log).toContain(`created the repository ${image}`);
    expect(step.outputs['tags']).toBe(`${image}:one`);
    expect(await tagsOf(ecr.host, 'shop/web', basic('AWS'))).toContain('one');
    expect(step.masks).toContain(password);
    expect(await leftovers(runner)).toEqual([]);

    const again = await runner.start(bundle, inputs, { ...cloud.env }).done;
    expect(again.errors).toEqual([]);
    expect(again.log).not.toContain('created the repository');
  }, 30_000);

  it('takes an Azure identity by OIDC and pushes to ACR', async () => {
    await using front = await startFaultProxy(acr.host, ({ path }) =>
      path.startsWith('/oauth2/') ? { to: cloud.azure.acrHost } : undefined,
    );
    const inputs = { ...defaults, image: `${front.host}/shop/web`, tags: 'one', ...azure };
    const step = await runner.start(bundle, inputs, { ...cloud.env }).done;
    expect(step.errors).toEqual([]);
    expect(front.requests).toContain('POST /oauth2/exchange');
    const user = '00000000-0000-0000-0000-000000000000';
    expect(await tagsOf(acr.host, 'shop/web', basic(user))).toContain('one');
    expect(step.masks).toContain(password);
    expect(await leftovers(runner)).toEqual([]);
  }, 30_000);

  describe('on a machine where another job left its configuration', () => {
    const aws = { 'aws-role': role, 'aws-region': 'eu-central-1', 'create-repository': 'true' };

    it('asks only whom this step names, and starts no program of it', async () => {
      await using left = await makeHostileHome();
      const inputs = { ...defaults, image: `${ecr.host}/shop/left`, tags: 'one', ...aws };
      const step = await runner.start(bundle, inputs, { ...left.env, ...cloud.env }).done;
      expect(step.errors).toEqual([]);
      expect(step.outputs['tags']).toBe(`${ecr.host}/shop/left:one`);
      expect(left.trapped).toEqual([]);
      expect(await left.started()).toEqual([]);
    }, 30_000);

    it('asks AWS itself where this step names nobody', async () => {
      await using left = await makeHostileHome();
      const inputs = { ...defaults, image: `${ecr.host}/shop/left`, tags: 'one', ...aws };
      const { AWS_ENDPOINT_URL_STS, ...asked } = cloud.env;
      const step = await runner.start(bundle, inputs, { ...left.env, ...asked }).done;
      expect(step.errors.map(({ title }) => title)).toEqual(['build-push: identity/unavailable']);
      expect(new Set(left.proxied)).toEqual(new Set(['sts.eu-central-1.amazonaws.com:443']));
      expect(left.trapped).toEqual([]);
      expect(await left.started()).toEqual([]);
    }, 30_000);

    it('refuses a variable that would send the token in clear', async () => {
      const env = { ...cloud.env, AWS_ENDPOINT_URL_STS: 'http://sts.example.com' };
      const inputs = { ...defaults, image: `${ecr.host}/shop/left`, tags: 'one', ...aws };
      const step = await runner.start(bundle, inputs, env).done;
      expect(step.errors.map(({ title }) => title)).toEqual(['build-push: action/input']);
      expect(step.errors[0]?.text).toContain('AWS_ENDPOINT_URL_STS');
    });
  });

  it.each([
    ['AWS', { 'aws-role': role, 'aws-region': 'eu-central-1', 'create-repository': 'true' }],
    ['Azure', azure],
  ])('says which permission the job lacks before it asks anybody (%s)', async (_, identity) => {
    await using front = await startFaultProxy(ecr.host, () => undefined);
    const docker = await recordDocker(runner);
    const inputs = { ...defaults, image: `${front.host}/shop/web`, ...identity };
    const { ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN, ...without } = cloud.env;
    const step = await runner.start(bundle, inputs, { ...without, ...docker.env }).done;
    expect(step.errors.map(({ title }) => title)).toEqual(['build-push: identity/no-oidc']);
    expect(step.errors[0]?.text).toContain('id-token: write');
    expect(front.requests).toEqual([]);
    expect(await docker.calls()).toEqual([]);
  });
});
