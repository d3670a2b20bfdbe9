import type { DeploymentCircuitBreaker } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';

/**
 * How many failed tasks trip the circuit breaker: half of the desired count, at least 3 and at most
 * 200, unless the service says otherwise.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function breakerThreshold(
  breaker: Wire<DeploymentCircuitBreaker> | undefined,
  desired: number,
): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } = breaker?.thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const share = Math.ceil((desired * value) / 100);
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share));
}
