import type { EcsApi } from '../api/ecs-api.ts';
import type { DeploymentRef } from './deployment-ref.ts';
import { awaitingHooks, isPausedForProof } from './lifecycle.ts';
import type { ServiceDeployments } from './read-service.ts';

/**
 * Lets a deployment go on that waits for the proof of its test traffic. It does nothing where the
 * deployment does not wait there any more.
 */
export async function continueAfterProof(
  api: EcsApi,
  deployments: ServiceDeployments,
  { arn }: DeploymentRef,
  signal: AbortSignal,
): Promise<void> {
  if (arn === undefined) return;
  const seen = await deployments.read(api, arn, signal);
  if (!seen || !isPausedForProof(seen)) return;
  for (const { hookId } of awaitingHooks(seen)) {
    if (hookId === undefined) continue;
    await api.continueServiceDeployment(
      { serviceDeploymentArn: arn, hookId, action: 'CONTINUE' },
      signal,
    );
  }
}
