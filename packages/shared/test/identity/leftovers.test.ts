import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type HostileHome, makeHostileHome } from '../../../local-cloud/src/hostile-home.ts';
import { ecrCredentials } from '../../src/identity/aws.ts';
import { identityOf, startWorld, type World } from './world.ts';

const registry = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';

// What the SDK reads is the environment of this process, not the one that the action was given.
describe('what another job left on this machine', () => {
  let world: World;
  let left: HostileHome;
  let before: NodeJS.ProcessEnv;
  beforeAll(async () => {
    [world, left] = await Promise.all([startWorld(), makeHostileHome()]);
    before = { ...process.env };
    Object.assign(process.env, {
      ...left.env,
      AWS_CONFIG_FILE: `${left.env['HOME']}/.aws/config`,
      AWS_SHARED_CREDENTIALS_FILE: `${left.env['HOME']}/.aws/credentials`,
    });
    for (const service of ['STS', 'ECR', 'ECR_PUBLIC']) {
      delete process.env[`AWS_ENDPOINT_URL_${service}`];
    }
  });
  afterAll(async () => {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, before);
    await left[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  test('gets no token where the step names the services', async () => {
    const env = { ...left.env, ...world.means.env };
    const means = { ...world.means, env };
    const credentials = await ecrCredentials({ identity: identityOf(means), registry }, means);
    expect(credentials.username).toBe('AWS');
    expect(left.trapped).toEqual([]);
    expect(await left.started()).toEqual([]);
  });

  test.each(['STS', 'ECR'])('gets no token where the step says nothing of %s', async (service) => {
    left.proxied.length = 0;
    const env = { ...left.env, ...world.means.env, [`AWS_ENDPOINT_URL_${service}`]: undefined };
    const failure = await world.failure(
      ecrCredentials(
        { identity: identityOf({ ...world.means, env }), registry },
        { ...world.means, env },
      ),
    );
    expect(failure.code).toBe('identity/unavailable');
    const host = service === 'STS' ? 'sts' : 'api.ecr';
    expect(new Set(left.proxied)).toEqual(new Set([`${host}.eu-central-1.amazonaws.com:443`]));
    expect(left.trapped).toEqual([]);
    expect(await left.started()).toEqual([]);
  });

  test('a variable that would send it in clear is refused', async () => {
    const env = { ...world.means.env, AWS_ENDPOINT_URL_STS: 'http://sts.example.com' };
    const failure = await world.failure(
      ecrCredentials(
        { identity: identityOf({ ...world.means, env }), registry },
        { ...world.means, env },
      ),
    );
    expect(failure.code).toBe('action/input');
    expect(failure.message).toContain('AWS_ENDPOINT_URL_STS: "http://sts.example.com" is no https');
  });
});
