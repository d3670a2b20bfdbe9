import type { ObjectName } from '../api/kubernetes-api.ts';
import { objectText } from '../api/object-text.ts';
import type { WorkloadParts } from '../parts.ts';
import { LeaseLock } from './lease-lock.ts';

/** Takes the lock of a workload: a Lease beside it, which names the run. */
export async function lockWorkload(
  { api, clock, commands, holder, settings }: WorkloadParts,
  workload: ObjectName,
  signal: AbortSignal,
): Promise<LeaseLock> {
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
  const resource = await api.resource(lease, signal);
  if (!resource) throw new Error('the API server has no Leases');
  const name = `slipway-${objectText(workload).replace('/', '-')}`;
  return LeaseLock.take(
    {
      api,
      clock,
      name: { resource, namespace: workload.namespace, name },
      workload: objectText(workload),
      holder,
      limit: settings['lock-timeout'],
      say: commands.info,
    },
    signal,
  );
}
