import { commandInput } from '@slipway/shared/action/command-input';
import {
  BadInput,
  boolean,
  choice,
  count,
  duration,
  type Input,
  lines,
  matching,
  secret,
  text,
} from '@slipway/shared/action/input';
import type { Problem } from '@slipway/shared/action/inputs';
import { fileIn } from '@slipway/shared/action/path-input';
import type { Run } from '@slipway/shared/action/run';
import type { FileInputs } from '@slipway/shared/action/settings-file';
import { checkDeployInputs, deployInputs, imageExample } from '@slipway/shared/deploy/inputs';
import { clusterExample, clusterInput, type GivenCluster } from './connection/given-cluster.ts';
import { kubeconfigSecrets } from './connection/kubeconfig-secrets.ts';
import type { manifest } from './manifest.ts';
import { manifestsExample, manifestsInput } from './manifests/given.ts';
import { type WorkloadName, workloadInput } from './workload/workload-name.ts';

/** Everything the action was told, checked. */
export type Settings = ReturnType<typeof readSettings>;

/** Reads and checks all inputs; loads nothing heavy. */
export function readSettings(run: Run<typeof manifest>, file?: FileInputs | BadInput) {
  const workspace = run.env['GITHUB_WORKSPACE'] || process.cwd();
  return run.inputs(
    {
      ...deployInputs,
      workload: workloadInput,
      container: matching(label, 'is not the name of a container', 'web'),
      namespace: matching(label, 'is not the name of a namespace', 'shop'),
      manifests: manifestsInput(workspace),
      values: lines(fileIn(workspace, 'deploy/values.yaml')),
      replicas: count(0, 5_000),
      strategy: choice('rolling', 'canary'),
      route: matching(subdomain, 'is not the name of an HTTPRoute', 'shop'),
      'traffic-percent': percents,
      'traffic-bake': duration('0s', '24h'),
      'run-before': commandInput,
      'run-before-timeout': duration('1s', '6h'),
      'lock-timeout': duration('0s', '6h'),
      strict: boolean,
      'force-conflicts': boolean,
      'fatal-reasons': lines(reason),
      'tolerated-reasons': lines(reason),
      kubeconfig: kubeconfigText,
      'kube-context': text,
      cluster: clusterInput,
      'cluster-ca': certificates,
      'oidc-audience': matching(/^\S{1,500}$/, 'is not an audience', 'https://k8s.example.com'),
      'aws-role': matching(
        /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,500}$/,
        'is not the ARN of a role',
        'arn:aws:iam::123456789012:role/deploy',
      ),
      'azure-client-id': matching(guid, 'is not an id of Azure', guidExample),
      'azure-tenant-id': matching(/^[\w.-]{1,253}$/, 'is not the id of a directory', guidExample),
      'google-workload-identity-provider': matching(
        /^projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]+\/providers\/[a-z0-9-]+$/,
        'is not the name of a provider of a workload identity pool',
        'projects/123/locations/global/workloadIdentityPools/github/providers/github',
      ),
      'google-service-account': matching(
        /^[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com$/,
        'is not the address of a service account',
        'deploy@shop.iam.gserviceaccount.com',
      ),
      'health-port': matching(
        /^(?:[1-9]\d{0,4}|[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?)$/,
        'is neither the number nor the name of a port',
        '3000',
      ),
    },
    (values, problem) => {
      checkDeployInputs(values, problem, 5);
      checkWhatIsDeployed(values, problem);
      checkCanary(values, problem);
      checkConnection(values, problem);
    },
    file,
  );
}

// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const subdomain = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;
const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const guidExample = '11111111-2222-3333-4444-555555555555';

const reason = matching(
  /^[A-Z][A-Za-z0-9]{1,99}$/,
  'is not a reason of Kubernetes',
  'ImagePullBackOff',
);

const percents: Input<readonly number[]> = {
  example: '5,25',
  parse(value) {
    const shares = value
      .split(',')
      .map((part) => (/^\s*\d{1,2}\s*$/.test(part) ? Number(part) : 0));
    const isRising = shares.every((share, at) => share > (shares[at - 1] ?? 0));
    if (isRising) return shares;
    throw new BadInput('is not a list of rising shares from 1 to 99', '5,25');
  },
};

/** Masked piece by piece: its tokens, keys and passwords. */
const kubeconfigText: Input<string> = {
  ...secret(text),
  parse(value) {
    // Neither JSON nor YAML of a kubeconfig is one line without a colon.
    if (!/[\n:]/.test(value)) {
      throw new BadInput(
        'is the text of a kubeconfig, not the path of one; KUBECONFIG takes a path',
        'the text that `kubectl config view --minify --flatten --raw` prints',
      );
    }
    return value;
  },
  longest: 512 * 1024,
  multiline: true,
  secrets: kubeconfigSecrets,
};

const certificates: Input<string> = {
  example: '-----BEGIN CERTIFICATE-----',
  longest: 256 * 1024,
  multiline: true,
  parse(value) {
    if (/^\s*-----BEGIN CERTIFICATE-----/.test(value)) return value;
    throw new BadInput('is not a certificate as PEM', '-----BEGIN CERTIFICATE-----');
  },
};

interface WhatIsDeployed {
  image?: unknown;
  workload?: unknown;
  manifests?: unknown;
  values?: readonly string[] | undefined;
  container?: string | undefined;
  'health-path'?: string | undefined;
  'health-port'?: string | undefined;
}

function checkWhatIsDeployed(values: WhatIsDeployed, problem: Problem): void {
  if (!values.image && !values.manifests) {
    problem('image', 'is required where manifests do not say what to deploy', imageExample);
  }
  if (!values.workload && !values.manifests) {
    problem('workload', 'is required without manifests', 'deployment/shop');
  }
  if (values.values?.length && !values.manifests) {
    problem('values', 'needs a Helm chart in manifests', manifestsExample);
  }
  if (values['health-port'] !== undefined && values['health-path'] === undefined) {
    problem('health-port', 'needs health-path', '/health');
  }
}

interface Strategy {
  strategy: 'rolling' | 'canary';
  workload?: WorkloadName | undefined;
  route?: string | undefined;
  replicas?: number | undefined;
}

function checkCanary(values: Strategy, problem: Problem): void {
  if (values.route !== undefined && values.strategy !== 'canary') {
    problem('route', 'needs strategy canary');
  }
  if (values.strategy === 'canary' && values.workload && values.workload.kind !== 'Deployment') {
    problem('strategy', 'is canary, which is for a deployment only', 'rolling');
  }
  if (values.replicas === 0 && values.strategy === 'canary') {
    problem('replicas', 'is 0, and strategy canary needs pods', '2');
  }
}

interface Connection {
  kubeconfig?: string | undefined;
  'kube-context'?: string | undefined;
  cluster?: GivenCluster | undefined;
  'cluster-ca'?: string | undefined;
  'oidc-audience'?: string | undefined;
  'aws-role'?: string | undefined;
  'azure-client-id'?: string | undefined;
  'azure-tenant-id'?: string | undefined;
  'google-workload-identity-provider'?: string | undefined;
  'google-service-account'?: string | undefined;
}

/** Which inputs belong to which kind of cluster. */
const ofVendor = {
  'cluster-ca': 'address',
  'oidc-audience': 'address',
  'aws-role': 'eks',
  'azure-client-id': 'aks',
  'azure-tenant-id': 'aks',
  'google-workload-identity-provider': 'gke',
  'google-service-account': 'gke',
} as const;

function checkConnection(values: Connection, problem: Problem): void {
  const { cluster, kubeconfig } = values;
  if (cluster && kubeconfig !== undefined) problem('cluster', 'and kubeconfig exclude each other');
  if (cluster && values['kube-context'] !== undefined)
    problem('kube-context', 'needs a kubeconfig, not cluster');
  for (const [name, vendor] of Object.entries(ofVendor)) {
    const given = values[name as keyof typeof ofVendor];
    if (given === undefined || cluster?.vendor === vendor) continue;
    problem(
      name as keyof typeof ofVendor,
      `needs cluster as ${vendorForms[vendor]}`,
      clusterExample,
    );
  }
  const isAks = cluster?.vendor === 'aks';
  const [client, tenant] = [values['azure-client-id'], values['azure-tenant-id']];
  if (isAks && (client === undefined) !== (tenant === undefined)) {
    problem('azure-client-id', 'and azure-tenant-id go together', guidExample);
  }
  if (cluster?.vendor === 'gke' && values['google-workload-identity-provider'] === undefined) {
    problem('google-workload-identity-provider', 'is required where cluster is one of GKE');
  }
}

const vendorForms = {
  address: 'the address of an API server',
  eks: 'the ARN of a cluster of EKS',
  aks: 'the resource id of a cluster of AKS',
  gke: 'the name of a cluster of GKE',
};
