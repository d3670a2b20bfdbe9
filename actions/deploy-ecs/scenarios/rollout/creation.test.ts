import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { scripts } from '../../../../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import type { Settings } from '../../src/settings.ts';
import { behindBalancer } from '../../test/rollout/behind-balancer.ts';
import {
  type Emulated,
  emulatedService,
  place,
  serviceOf,
} from '../../test/rollout/emulated-service.ts';

const minute = 60_000;
const testUrl = new URL('http://shop.example:8443/health');
let ecs: Emulated;

beforeEach(async () => {
  ecs = await emulatedService();
  ecs.ecs.runtime.behave('crash', scripts.crash);
});
afterEach(async () => {
  await ecs[Symbol.asyncDispose]();
});

/** Deploys to a service that is not there, with what it is created from. */
const create = (image: string, definition: JsonObject, settings: Partial<Settings>) => {
  const given = { 'service-definition': { at: 'text' as const, text: '{}' } };
  const document = { ...serviceOf(2), ...definition };
  return ecs.deploy(image, { ...given, ...settings }, { createDocument: () => document });
};
const configuration = () => ecs.service().configuration.deploymentConfiguration;

describe('a service is created with what the inputs say of its deployment', () => {
  it('alarms and the circuit breaker, beside what its definition says', async () => {
    const { outputs } = await create(
      'shop:1',
      {
        deploymentConfiguration: {
          maximumPercent: 150,
          deploymentCircuitBreaker: { enable: false, rollback: false, resetOnHealthyTask: true },
        },
      },
      { 'circuit-breaker': true, alarms: ['errors'] },
    );
    expect(outputs).toMatchObject({ status: 'deployed' });
    expect(configuration()).toMatchObject({
      maximumPercent: 150,
      deploymentCircuitBreaker: { enable: true, rollback: true, resetOnHealthyTask: true },
      alarms: { alarmNames: ['errors'], enable: true, rollback: true },
    });
  });

  it.each([
    ['blue-green', { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 2 }],
    ['canary', { canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 2 } }],
    ['linear', { linearConfiguration: { stepPercent: 20, stepBakeTimeInMinutes: 2 } }],
  ] as const)('strategy %s, proven by its test traffic first', async (strategy, expected) => {
    const { closing, outputs, said } = await create('shop:1', behindBalancer(ecs), {
      strategy,
      'traffic-bake': 2 * minute,
      ...(strategy !== 'blue-green' && { 'traffic-percent': 20 }),
      'test-url': testUrl,
    });
    expect(closing).toMatch(/^deployed: shop in default serves the new version \(shop:1\)/);
    expect(outputs).toMatchObject({ status: 'deployed' });
    expect(configuration()).toMatchObject(expected);
    expect(said).toContain(`strategy: ${strategy.toUpperCase().replace('-', '_')}`);
    expect(ecs.calls).toContain('continueServiceDeployment');
    // The pause was for this run only.
    expect(configuration()?.lifecycleHooks ?? []).toEqual([]);
  });

  it('and a pause that its definition has itself stays', async () => {
    const lifecycleHooks = [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }];
    const definition = { ...behindBalancer(ecs), deploymentConfiguration: { lifecycleHooks } };
    const settings = { strategy: 'blue-green' as const, 'test-url': testUrl };
    const { outputs } = await create('shop:1', definition, settings);
    expect(outputs).toMatchObject({ status: 'deployed' });
    expect(configuration()).toMatchObject({ strategy: 'BLUE_GREEN', lifecycleHooks });
  });

  it('a bad first version is removed again, whatever the strategy', async () => {
    const settings = { strategy: 'canary' as const, 'circuit-breaker': true, 'test-url': testUrl };
    const { closing, failure } = await create('shop:crash', behindBalancer(ecs), settings);
    expect(failure?.code).toBe('ecs/task-exited');
    expect(closing).toMatch(/^failed: shop in default serves nothing, as before this run/);
    expect(ecs.service().status).toBe('INACTIVE');
  });

  it('one whose pause the role may not see does not wait for it, and is removed again', async () => {
    ecs.aws.permissions.withhold('ecs:DescribeServiceDeployments');
    const settings = { strategy: 'blue-green' as const, 'test-url': testUrl };
    const { failure, took } = await create('shop:1', behindBalancer(ecs), settings);
    expect(failure?.code).toBe('ecs/denied');
    expect(failure?.message).toContain('ecs:DescribeServiceDeployments');
    expect(took).toBeLessThan(5 * minute);
    expect(ecs.service().status).toBe('INACTIVE');
  });

  it.each([
    ['canary', { strategy: 'canary' as const }, 'loadBalancers or serviceConnectConfiguration'],
    [
      'a test listener',
      { strategy: 'blue-green' as const, 'test-url': testUrl },
      'loadBalancers, with a test listener',
    ],
    ['rolling with a test listener', { 'test-url': testUrl }, 'a strategy with test traffic'],
  ])('what its definition lacks for %s is said before it is created', async (_, settings, said) => {
    const { closing, failure } = await create('shop:1', {}, settings);
    expect(failure?.code).toBe('ecs/traffic-settings');
    expect(failure?.message).toContain(said);
    expect(closing).toMatch(/^failed: shop in default was not changed/);
    expect(ecs.ecs.worlds.at(place).findService('default', 'shop')).toBeUndefined();
    expect(ecs.calls).not.toContain('registerTaskDefinition');
  });
});
