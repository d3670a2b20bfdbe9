import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';

/**
 * A configuration that UpdateService brings a service back to: what it did not have before is
 * spelled out as being off, since what is left out stays as it is.
 */
export function restored(before: DeploymentConfiguration = {}): DeploymentConfiguration {
  return {
    ...before,
    strategy: before.strategy ?? 'ROLLING',
    lifecycleHooks: before.lifecycleHooks ?? [],
    alarms: before.alarms ?? { alarmNames: [], enable: false, rollback: false },
    deploymentCircuitBreaker: before.deploymentCircuitBreaker ?? { enable: false, rollback: false },
  };
}

/**
 * The configuration by which the version before comes back: what it takes for granted was proven
 * once, so no share of the traffic and no pause delays it.
 */
export function forRollback(before: DeploymentConfiguration = {}): DeploymentConfiguration {
  const { canaryConfiguration: _canary, linearConfiguration: _linear, ...rest } = restored(before);
  const hooks = (before.lifecycleHooks ?? []).filter(({ targetType }) => targetType !== 'PAUSE');
  if (rest.strategy === 'ROLLING') return { ...rest, lifecycleHooks: hooks };
  return { ...rest, strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks: hooks };
}
