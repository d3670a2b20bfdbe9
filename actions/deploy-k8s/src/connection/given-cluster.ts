import { BadInput, type Input } from '@slipway/shared/action/input';

/** A cluster that is signed in to without a kubeconfig, by the form of its name. */
export type GivenCluster =
  | { readonly vendor: 'eks'; readonly arn: string; readonly region: string; readonly name: string }
  | {
      readonly vendor: 'aks';
      readonly subscription: string;
      readonly resourceGroup: string;
      readonly name: string;
    }
  | {
      readonly vendor: 'gke';
      readonly project: string;
      readonly location: string;
      readonly name: string;
    }
  | { readonly vendor: 'address'; readonly url: URL };

export const clusterExample = 'arn:aws:eks:eu-central-1:123456789012:cluster/shop';

const eks = /^arn:aws[a-z-]*:eks:([a-z0-9-]+):\d{12}:cluster\/([A-Za-z0-9][\w-]{0,99})$/;
const aks =
  /^\/subscriptions\/([0-9a-f-]{36})\/resourceGroups\/([\w.()-]{1,90})\/providers\/Microsoft\.ContainerService\/managedClusters\/([\w-]{1,63})$/i;
const gke = /^projects\/([a-z0-9:.-]+)\/locations\/([a-z0-9-]+)\/clusters\/([a-z0-9-]{1,40})$/;

/** Reads input `cluster`. An API server without TLS is taken on loopback only. */
export const clusterInput: Input<GivenCluster> = {
  example: clusterExample,
  parse(value) {
    const [arn, region, clusterName] = eks.exec(value) ?? [];
    if (arn !== undefined && region !== undefined && clusterName !== undefined) {
      return { vendor: 'eks', arn, region, name: clusterName };
    }
    const [, subscription, resourceGroup, managed] = aks.exec(value) ?? [];
    if (subscription !== undefined && resourceGroup !== undefined && managed !== undefined) {
      return { vendor: 'aks', subscription, resourceGroup, name: managed };
    }
    const [, project, location, name] = gke.exec(value) ?? [];
    if (project !== undefined && location !== undefined && name !== undefined) {
      return { vendor: 'gke', project, location, name };
    }
    return { vendor: 'address', url: addressOf(value) };
  },
};

function addressOf(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'https:') {
    const wrong =
      'is neither the ARN of a cluster of EKS, nor the resource id of one of AKS, nor the name of one of GKE, nor an https address';
    throw new BadInput(wrong, clusterExample);
  }
  if (url.username || url.password) throw new BadInput('carries credentials', clusterExample);
  if (url.search || url.hash) throw new BadInput('has more than an address', clusterExample);
  return url;
}
