import type { Evidence } from '@slipway/shared/deploy/target';
import { quote } from '../host/shell.ts';
import type { Host } from '../ssh/connection.ts';
import { type Container, describe, judge, serviceOf } from './state.ts';

/** The states of containers, and the last log lines of those that are ill or else run the image. */
export async function diagnoseContainers(
  host: Host,
  found: readonly Container[],
  image: string,
  signal: AbortSignal,
): Promise<Evidence> {
  const bad = found.filter((container) => judge([container]).state !== 'settled');
  const ours = found.filter(({ Config }) => Config.Image === image);
  const logs = await Promise.all(
    (bad.length > 0 ? bad : ours).map(async (container) => ({
      source: serviceOf(container),
      lines: await lastLogLines(host, container, signal),
    })),
  );
  return { facts: found.map(describe), logs };
}

async function lastLogLines(
  host: Host,
  container: Container,
  signal: AbortSignal,
): Promise<string[]> {
  const name = quote(container.Name.replace(/^\//, ''));
  const { stdout } = await host.run('docker logs', `docker logs --tail 30 ${name} 2>&1`, signal);
  return stdout.trimEnd().split(/\r?\n/);
}
