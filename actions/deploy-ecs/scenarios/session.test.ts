import { afterEach, describe, expect, it } from '@jest/globals';
import { scripts } from '../../../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import { startOidc } from '../../../packages/local-cloud/src/github/oidc/oidc.ts';
import { Faults } from '../../../packages/local-cloud/src/http/faults.ts';
import type { StepResult } from '../../../packages/local-cloud/src/runner.ts';
import { withBalancedService } from './balanced.ts';
import { bundle, image, World, type WorldOptions } from './world.ts';

const minutes = 60_000;
let world: World;
afterEach(() => world[Symbol.asyncDispose]());

async function open(options: WorldOptions = {}) {
  world = await World.open(options);
  await withBalancedService(world);
}

/** Does something once, when a call comes that is the first of these after another one. */
function onFirst(operation: string, after: string, work: () => void): void {
  let [seen, done] = [false, false];
  // It picks no request for a fault, it only sees them all.
  world.aws.faults.when(
    'ecs',
    ({ headers }) => {
      const target = headers['x-amz-target'] ?? '';
      seen ||= target.endsWith(`.${after}`);
      if (!seen || done || !target.endsWith(`.${operation}`)) return false;
      done = true;
      work();
      return false;
    },
    'reset',
  );
}

function shows(step: StepResult): string {
  return step.log.replace(/^::add-mask::.*\n/gm, '') + step.summary + JSON.stringify(step.outputs);
}

describe('a session that ends', () => {
  it('before the run: nothing is changed, and the way to sessions that are renewed is told', async () => {
    await open();
    const { env } = world;
    world.aws.expire();
    const step = await world.runner.start(bundle, world.inputs('shop-2'), env).done;
    expect(step.outputs).toMatchObject({ status: 'failed', reason: 'ecs/session-expired' });
    expect(step.errors).toEqual([
      {
        title: 'deploy-ecs: ecs/session-expired',
        text: expect.stringMatching(
          /^The session of AWS_ACCESS_KEY_ID has ended: ExpiredTokenException: .+\n.*`aws-role`.*renews/,
        ),
      },
    ]);
    expect(step.log).toContain('failed: shop in default was not changed.');
    expect(world.service.revisions).toHaveLength(1);
    for (const secret of world.secrets) expect(shows(step)).not.toContain(secret);
  }, 30_000);

  it('in mid rollout: the run is red, and says that it could not take the version back', async () => {
    await open();
    onFirst('DescribeServiceDeployments', 'UpdateService', () => world.aws.expire());
    const step = await world.deploy('shop-2');
    expect(step.outputs).toMatchObject({ status: 'failed', reason: 'ecs/session-expired' });
    expect(step.errors.map(({ title }) => title)).toEqual(['deploy-ecs: ecs/session-expired']);
    expect(step.log.trimEnd().split('\n').at(-1)).toMatch(
      /^failed: shop in default is not proven to serve anything; the rollback failed: The session of AWS_ACCESS_KEY_ID has ended/,
    );
    for (const secret of world.secrets) expect(shows(step)).not.toContain(secret);
  }, 30_000);

  const oidc = async (options: WorldOptions) => {
    const faults: Parameters<typeof startOidc>[0]['faults'] = new Faults();
    const run = { repository: 'octo/shop', ref: 'refs/heads/main' };
    const { ahead = 0 } = options;
    const github = await startOidc({ run, faults, now: () => Date.now() + ahead });
    await open({ issuer: github.issuer, ...options });
    // Its image is pulled for longer than the first session is good for.
    world.ecs.runtime.behave('shop-2', { ...scripts.healthy, pull: 3_000, start: 1, healthy: 1 });
    const keyless = { 'aws-role': 'arn:aws:iam::123456789012:role/deploy' };
    const deploy = async () => {
      const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...env } = world.env;
      delete env['AWS_SESSION_TOKEN'];
      const inputs = { ...world.inputs('shop-2'), ...keyless };
      return world.runner.start(bundle, inputs, { ...env, ...github.env }).done;
    };
    return { deploy, faults, github };
  };
  const assumed = () =>
    world.aws.permissions.calls.filter(({ action }) => action === 'sts:AssumeRoleWithWebIdentity')
      .length;

  // A session is renewed five minutes before its end.
  it('is renewed in mid rollout', async () => {
    const { deploy, github } = await oidc({ sessionSeconds: 5 * 60 + 1 });
    await using _ = github;
    const step = await deploy();
    expect(step).toMatchObject({ code: 0, errors: [] });
    expect(step.outputs).toMatchObject({ status: 'deployed' });
    expect(assumed()).toBeGreaterThan(1);
    expect(world.serves).toBe(image('shop-2'));
    for (const secret of step.masks) expect(shows(step)).not.toContain(secret);
  }, 30_000);

  // By the runner's clock it still lasts for minutes.
  it('is renewed in mid rollout where the clock of the runner is behind', async () => {
    const { deploy, github } = await oidc({ sessionSeconds: 2, ahead: 10 * minutes });
    await using _ = github;
    const step = await deploy();
    expect(step).toMatchObject({ code: 0, errors: [] });
    expect(step.outputs).toMatchObject({ status: 'deployed' });
    expect(assumed()).toBeGreaterThan(1);
    expect(world.serves).toBe(image('shop-2'));
    for (const secret of step.masks) expect(shows(step)).not.toContain(secret);
  }, 30_000);

  it('and cannot be renewed for a while does no harm while it lasts', async () => {
    const { deploy, faults, github } = await oidc({ sessionSeconds: 5 * 60 + 1 });
    await using _ = github;
    const down = Array.from({ length: 100 }, () => ({ status: 503 }));
    onFirst('DescribeServiceDeployments', 'UpdateService', () => faults.next('id-token', ...down));
    const step = await deploy();
    expect(step).toMatchObject({ code: 0, errors: [] });
    expect(step.outputs).toMatchObject({ status: 'deployed' });
    expect(faults.left('id-token').length).toBeLessThan(down.length);
  }, 30_000);
});

describe('credentials that AWS does not know', () => {
  it('are refused before anything is changed, with a clock that is wrong among the reasons', async () => {
    await open();
    const env = { ...world.env, AWS_ACCESS_KEY_ID: 'ASIA0123456789ABCDEF' };
    const step = await world.runner.start(bundle, world.inputs('shop-2'), env).done;
    expect(step.outputs).toMatchObject({ status: 'failed', reason: 'ecs/session-invalid' });
    expect(step.errors[0]?.text).toMatch(
      /^AWS does not accept the credentials of AWS_ACCESS_KEY_ID/,
    );
    expect(step.errors[0]?.text).toContain('A clock of the runner that is minutes wrong');
    expect(world.service.revisions).toHaveLength(1);
    for (const secret of world.secrets) expect(shows(step)).not.toContain(secret);
  }, 30_000);
});

describe('a clock of the runner that is wrong', () => {
  it.each([
    ['behind', 20 * minutes],
    ['ahead', -20 * minutes],
  ])(
    '%s: AWS tells the time, and the version is deployed',
    async (_, ahead) => {
      await open({ ahead });
      const step = await world.deploy('shop-2');
      expect(step).toMatchObject({ code: 0, errors: [] });
      expect(step.outputs).toMatchObject({ status: 'deployed' });
    },
    30_000,
  );
});
