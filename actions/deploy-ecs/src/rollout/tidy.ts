import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { Ending } from '@slipway/shared/deploy/target';
import type { EcsApi } from '../api/ecs-api.ts';
import { restored } from './configuration.ts';
import { configurationIn } from './first-configuration.ts';
import type { EcsPlan } from './plan.ts';
import { readService, type ServiceName } from './read-service.ts';

/**
 * Takes out of a service what was there for this run only: the pause for the proof, and after a
 * rollback every change of how it is deployed. Changes no tasks.
 */
export async function tidyConfiguration(
  api: EcsApi,
  name: ServiceName,
  { plan, ending }: { plan: EcsPlan; ending: Ending },
  signal: AbortSignal,
): Promise<void> {
  const before = plan.service?.deploymentConfiguration;
  const created = plan.service === undefined;
  if (ending === 'not-changed' || (ending === 'proven' ? !pauses(plan) : created)) return;
  const now = (await readService(api, name, signal))?.deploymentConfiguration;
  const wanted = ending === 'proven' ? lasting(plan, now) : restored(before);
  if (!now || !differs(now, wanted)) return;
  await api.updateService({ ...name, deploymentConfiguration: wanted }, signal);
}

/** Whether this run has added a pause, behind the hooks that were there. */
function pauses(plan: EcsPlan): boolean {
  return (plan.configuration?.lifecycleHooks?.length ?? 0) > hooksBefore(plan);
}

function lasting(plan: EcsPlan, now: DeploymentConfiguration = {}): DeploymentConfiguration {
  return { ...now, lifecycleHooks: (now.lifecycleHooks ?? []).slice(0, hooksBefore(plan)) };
}

function hooksBefore({ definition, service }: EcsPlan): number {
  const before = service?.deploymentConfiguration ?? configurationIn(definition ?? {});
  return before.lifecycleHooks?.length ?? 0;
}

// Only what is not as it was is brought back: to say that alarms are off is no difference.
function differs(now: DeploymentConfiguration, wanted: DeploymentConfiguration): boolean {
  return JSON.stringify(sorted(restored(now))) !== JSON.stringify(sorted(restored(wanted)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
