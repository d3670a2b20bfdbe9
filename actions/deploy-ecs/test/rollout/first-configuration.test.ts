import { describe, expect, it } from '@jest/globals';
import { configurationIn, withConfiguration } from '../../src/rollout/first-configuration.ts';

const hook = {
  hookTargetArn: 'arn:aws:lambda:eu-central-1:123456789012:function:check',
  roleArn: 'arn:aws:iam::123456789012:role/hooks',
  lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
};

describe('how a service definition has its service deployed', () => {
  it('is read as far as this action goes by it', () => {
    const canaryConfiguration = { canaryPercent: 20, canaryBakeTimeInMinutes: 1 };
    const deploymentConfiguration = {
      strategy: 'CANARY',
      bakeTimeInMinutes: 5,
      maximumPercent: 150,
      canaryConfiguration,
      lifecycleHooks: [hook, { targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'] }],
    };
    expect(configurationIn({ deploymentConfiguration })).toEqual({
      strategy: 'CANARY',
      bakeTimeInMinutes: 5,
      canaryConfiguration,
      lifecycleHooks: [
        { lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] },
        { targetType: 'PAUSE', lifecycleStages: [] },
      ],
    });
  });

  it.each([
    ['nothing', {}],
    ['what is no configuration', { deploymentConfiguration: [] }],
    [
      'fields of another kind',
      { deploymentConfiguration: { strategy: 'NEW', bakeTimeInMinutes: '5', lifecycleHooks: 1 } },
    ],
  ])('is empty where there is %s', (_, definition) => {
    expect(configurationIn(definition)).toEqual({});
  });
});

describe('what the inputs say goes into a definition', () => {
  it('beside fields that this action does not know, and hooks behind its own', () => {
    const definition = {
      desiredCount: 2,
      deploymentConfiguration: {
        invented: { a: [1] },
        deploymentCircuitBreaker: { enable: false, thresholdConfiguration: { type: 'COUNT' } },
        lifecycleHooks: [hook],
      },
    };
    const pause = {
      targetType: 'PAUSE' as const,
      lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT' as const],
    };
    const wanted = {
      deploymentCircuitBreaker: { enable: true, rollback: true },
      lifecycleHooks: [{}, pause],
    };
    expect(withConfiguration(definition, wanted)).toEqual({
      desiredCount: 2,
      deploymentConfiguration: {
        invented: { a: [1] },
        deploymentCircuitBreaker: {
          enable: true,
          rollback: true,
          thresholdConfiguration: { type: 'COUNT' },
        },
        lifecycleHooks: [hook, pause],
      },
    });
  });

  it('and leaves it alone where they say nothing', () => {
    const definition = { desiredCount: 2 };
    expect(withConfiguration(definition, undefined)).toBe(definition);
  });
});
