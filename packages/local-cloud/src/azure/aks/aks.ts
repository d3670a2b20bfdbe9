import { jsonAnswer } from '../../http/exchange.ts';
import { ArmError } from '../arm/arm-error.ts';
import type { Asked, Route } from '../arm/route.ts';
import { versions } from '../arm/versions.ts';

/** A cluster of AKS, whose API server is somewhere else. */
export interface AksCluster {
  resourceGroup: string;
  name: string;
  /** What a user gets who may read it. */
  kubeconfig: string;
}

const path =
  '/subscriptions/{subscription}/resourceGroups/{resourceGroup}/providers/Microsoft.ContainerService/managedClusters/{name}/listClusterUserCredential';

/**
 * Microsoft.ContainerService, as far as signing in needs it.
 * Source: https://learn.microsoft.com/rest/api/aks/managed-clusters/list-cluster-user-credentials
 */
export function aksRoutes(clusters: readonly AksCluster[]): Route[] {
  return [
    {
      method: 'POST',
      kind: 'writes',
      versions: versions.containerService,
      path,
      action: 'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
      run: (asked) => credential(asked, clusters),
    },
  ];
}

function credential({ part, query, request }: Asked, clusters: readonly AksCluster[]) {
  const unknown = [...query.keys()].find((name) => name !== 'api-version');
  const body = request.body.toString('utf8');
  if (unknown !== undefined || (body !== '' && body !== '{}')) {
    const what = unknown === undefined ? 'a body' : `the field ${unknown}`;
    throw new ArmError(400, 'BadRequest', `The local cloud takes no request with ${what}.`);
  }
  const [group, name] = [part('resourceGroup'), part('name')];
  const found = clusters.find(
    (one) => one.name === name && one.resourceGroup.toLowerCase() === group.toLowerCase(),
  );
  if (!found) {
    const message = `The Resource 'Microsoft.ContainerService/managedClusters/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
    throw new ArmError(404, 'ResourceNotFound', message);
  }
  const value = Buffer.from(found.kubeconfig).toString('base64');
  return jsonAnswer(200, { kubeconfigs: [{ name: 'clusterUser', value }] });
}
