import { entry } from '../entry.ts';

/** Failures of what a deployment to Kubernetes is to be, before anything is written. */
export const k8sManifestFailures = {
  'k8s/kind-unknown': entry({
    cause: (f: { kind: string; apiVersion: string; place: string; server: string }) =>
      `The API server ${f.server} has no ${f.kind} of ${f.apiVersion} (${f.place}).`,
    remedy: () =>
      'Correct apiVersion or kind (`kubectl api-resources` lists them), or install what defines the kind, such as its CustomResourceDefinition, before the deployment.',
  }),
  'k8s/namespace': entry({
    cause: (f: { object: string; has: string; namespace: string; place: string }) =>
      `${f.object} is for namespace ${f.has}, and input namespace is ${f.namespace} (${f.place}).`,
    remedy: () =>
      'Take the namespace out of the manifest, or correct `namespace`. Without that input, objects go to the namespace that they name.',
  }),
  'k8s/workload-ambiguous': entry({
    cause: (f: { has: string }) => `It is not known which workload is deployed: there is ${f.has}.`,
    remedy: () => 'Name it in `workload`, such as `deployment/shop`.',
  }),
  'k8s/workload-not-found': entry({
    cause: (f: { workload: string; namespace: string; server: string; given: string }) =>
      `There is no ${f.workload} in namespace ${f.namespace} of ${f.server}${f.given}.`,
    remedy: () =>
      'Correct `workload` or `namespace`; or give `manifests`, from which it is created.',
  }),
  'k8s/container-not-found': entry({
    cause: (f: { container: string; workload: string; has: string }) =>
      `Input container names ${f.container}, which ${f.workload} does not have; it has ${f.has}.`,
    remedy: () => 'Name one of its containers in `container`, such as `web`.',
  }),
  'k8s/no-image': entry({
    cause: (f: { container: string; workload: string; said: string }) =>
      `The container ${f.container} of ${f.workload} ${f.said}.`,
    remedy: () => 'Give `image`, such as `ghcr.io/owner/app:1.2.3`.',
  }),
  'k8s/conflict': entry({
    cause: (f: { object: string; fields: string }) =>
      `Somebody else has set fields of ${f.object} that this run sets to another value: ${f.fields}`,
    remedy: () =>
      'Leave these fields out of `manifests` and inputs, so that they stay as they are; or make the other one leave them; or take them over once with `force-conflicts: true`. Nothing was changed.',
  }),
} as const;
