import type { Evidence } from '@slipway/shared/deploy/target';
import { containerLog, readLogs } from '../host/logs.ts';
import type { Host } from '../ssh/host.ts';
import { type Container, describe, judge, serviceOf } from './state.ts';

/**
 * The states of all containers, and the last log lines of those that are ill, or else run the image.
 * @param judged the containers by what this deployment is judged; see `sincePlan`
 */
export async function diagnoseContainers(
  host: Host,
  { found, judged, image }: { found: Container[]; judged: Container[]; image: string },
  signal: AbortSignal,
): Promise<Evidence> {
  const bad = judged.filter((container) => judge([container]).state !== 'settled');
  const ours = judged.filter(({ Config }) => Config.Image === image);
  const told = (bad.length > 0 ? bad : ours).sort(
    // Those that failed say more than those that wait for them.
    (one, other) => Number(hasFailed(other)) - Number(hasFailed(one)),
  );
  const sources = told.map((container) => ({
    name: serviceOf(container),
    command: containerLog(container.Name.replace(/^\//, '')),
  }));
  const { facts, logs } = await readLogs(host, 'docker logs', sources, signal);
  return { facts: [...found.map(describe), ...facts], logs };
}

function hasFailed(container: Container): boolean {
  return judge([container]).state === 'failed';
}
