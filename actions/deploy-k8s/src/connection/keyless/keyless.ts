import { httpFetch } from '@slipway/shared/http/fetch';
import type { IdentityContext } from '@slipway/shared/identity/context';
import type { ClusterAccess } from '../access.ts';
import type { GivenCluster } from '../given-cluster.ts';
import type { IdentityParts } from '../identity-parts.ts';
import type { Keyless, KeylessSettings } from './sign-in.ts';

/**
 * A cluster, as whoever this job may sign in as. What a vendor needs is loaded with it.
 * @throws Failure `identity/*`, `k8s/cluster-not-found`, `k8s/cluster-not-ready`
 */
export async function keylessAccess(
  cluster: GivenCluster,
  settings: KeylessSettings,
  parts: IdentityParts,
): Promise<ClusterAccess> {
  const { clock, env, mask } = parts;
  // Not the signal of the run: a rollback after a cancel needs a token too.
  const context: IdentityContext = { env, fetch: httpFetch, clock, mask };
  const o: Keyless = { settings, parts, context };
  switch (cluster.vendor) {
    case 'eks':
      return (await import('./eks.ts')).eksAccess(cluster, o);
    case 'aks':
      return (await import('./aks.ts')).aksAccess(cluster, o);
    case 'gke':
      return (await import('./gke.ts')).gkeAccess(cluster, o);
    case 'address':
      return (await import('./github-token.ts')).addressAccess(cluster, o);
  }
}
