import { saidBy } from '../../../docker/said.ts';
import { docker } from '../../../hosts/docker.ts';
import type { ProbeOrder } from '../runtime.ts';

/** Where the ports and the container of a probe are on this machine. */
export interface ProbedAt {
  container: string;
  portOf: (port: number) => number | undefined;
}

/** @returns the problem, in the words of Kubernetes; undefined where the answer is good */
export async function askProbe(
  { probe, timeout }: ProbeOrder,
  { container, portOf }: ProbedAt,
): Promise<string | undefined> {
  try {
    if (probe.httpGet) {
      const { path = '/', port } = probe.httpGet;
      const signal = AbortSignal.timeout(Math.max(timeout, 1_000));
      const { ok, status } = await fetch(`http://127.0.0.1:${portOf(port)}${path}`, { signal });
      return ok ? undefined : `HTTP probe failed with statuscode: ${status}`;
    }
    await docker(['exec', container, ...(probe.exec?.command ?? ['true'])]);
    return undefined;
  } catch (error) {
    return saidBy(error);
  }
}
