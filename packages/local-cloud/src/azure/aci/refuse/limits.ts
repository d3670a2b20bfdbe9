/**
 * Limits of the service.
 * Source: https://learn.microsoft.com/azure/container-instances/container-instances-resource-and-quota-limits
 * and https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
export const limits = {
  containers: 60,
  volumes: 20,
  ports: 5,
  cpu: 31,
  memoryInGB: 240,
} as const;

/** Ports that the service keeps for itself: https://learn.microsoft.com/azure/container-instances/container-instances-faq */
const reserved: readonly (readonly [number, number])[] = [
  [22, 22],
  [1_025, 1_027],
  [3_389, 3_399],
  [9_999, 9_999],
  [19_000, 19_000],
  [19_080, 19_080],
  [19_100, 19_100],
  [19_390, 19_390],
  [20_000, 30_000],
  [49_152, 65_534],
];

export function isReserved(port: number): boolean {
  return reserved.some(([from, to]) => port >= from && port <= to);
}

export const names = {
  group: /^(?!.*--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  container: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  volume: /^(?!.*--)[a-z0-9][a-z0-9-]{3,61}[a-z0-9]$/,
  variable: /^[A-Za-z0-9](?:[A-Za-z0-9_]{0,61}[A-Za-z0-9])?$/,
  label: /^[a-z][a-z0-9-]{3,61}[a-z0-9]$/,
} as const;
