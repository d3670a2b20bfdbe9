import { type Answer, jsonAnswer } from '../../http/exchange.ts';
import { checkedAnswer } from '../arm/json-body.ts';
import type { Asked } from '../arm/route.ts';
import type { AciParts } from './parts.ts';
import { limits } from './refuse/limits.ts';
import type { Quota } from './world.ts';

const units: Readonly<Record<Quota, { unit: string; localizedValue: string }>> = {
  ContainerGroups: { unit: 'Count', localizedValue: 'Container Groups' },
  StandardCores: { unit: 'Count', localizedValue: 'Standard Cores' },
};

/** Quotas of a region and what of them is in use. */
export function usages({ seed, world }: AciParts, { part }: Asked): Answer {
  const location = part('location').toLowerCase();
  const quotas: readonly Quota[] = ['ContainerGroups', 'StandardCores'];
  const value = quotas.map((quota) => {
    const { limit, usage } = world.usage(location, quota);
    return {
      id: `/subscriptions/${seed.subscriptionId}/providers/Microsoft.ContainerInstance/locations/${location}/usages/${quota}`,
      unit: units[quota].unit,
      currentValue: usage,
      limit,
      name: { value: quota, localizedValue: units[quota].localizedValue },
    };
  });
  return jsonAnswer(200, JSON.parse(checkedAnswer({ value }, 'UsageListResult')));
}

/** The largest group of a region. */
export function capabilities(_parts: AciParts, { part }: Asked): Answer {
  const value = ['Linux', 'Windows'].flatMap((osType) =>
    ['Public', 'Private'].map((ipAddressType) => ({
      resourceType: 'containerGroups',
      osType,
      location: part('location').toLowerCase(),
      ipAddressType,
      gpu: 'None',
      capabilities: { maxMemoryInGB: limits.memoryInGB, maxCpu: limits.cpu, maxGpuCount: 0 },
    })),
  );
  return jsonAnswer(200, JSON.parse(checkedAnswer({ value }, 'CapabilitiesListResult')));
}
