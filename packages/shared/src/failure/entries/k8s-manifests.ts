import { entry } from '../entry.ts';

/** Failures of what a deployment to Kubernetes is to be, before anything is written. */
export const k8sManifestFailures = {
  'k8s/no-renderer': entry({
    cause: (f: { folder: string; programs: string }) =>
      `${f.folder} in manifests has to be rendered by ${f.programs}, which is not installed on the runner.`,
    remedy: (f) =>
      `Install ${f.programs} in a step before this one (hosted runners have them), or render in a step of your own and give the file as \`manifests\`.`,
  }),
  'k8s/render': entry({
    cause: (f: { program: string; folder: string; said: string }) =>
      `${f.program} could not render ${f.folder}: ${f.said}.`,
    remedy: (f) =>
      `Correct what it names; ${f.program} on your machine says the same. Dependencies of a chart are fetched by \`helm dependency build\` in a step before this one.`,
  }),
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
  'k8s/permissions': entry({
    cause: (f: { permissions: string }) =>
      `This identity lacks permissions that the run or its rollback needs: ${f.permissions}.`,
    remedy: () =>
      'Apply the Role that is printed (`kubectl apply -f`), bind it to this identity with a RoleBinding, and run the job again. Nothing was changed.',
  }),
  'k8s/paused': entry({
    cause: (f: { workload: string }) =>
      `The rollout of ${f.workload} is paused, so a change would start no pod.`,
    remedy: (f) =>
      `Resume it, \`kubectl rollout resume ${f.workload}\`, or take \`paused: true\` out of its manifest. Somebody may have paused it on purpose.`,
  }),
  'k8s/no-rollout': entry({
    cause: (f: { workload: string; why: string; remedy: string }) =>
      `A change of ${f.workload} would start no new pod: ${f.why}.`,
    remedy: (f) => `${f.remedy} Nothing was changed.`,
  }),
  'k8s/owned': entry({
    cause: (f: { object: string; owner: string; sign: string }) =>
      `${f.owner} owns ${f.object} (${f.sign}) and would change it back; strict refuses that.`,
    remedy: (f) =>
      `Change the image where ${f.owner} reads it, or let it leave the image alone and set \`strict: false\`.`,
  }),
  'k8s/autoscaled': entry({
    cause: (f: { workload: string; autoscaler: string; replicas: string }) =>
      `Input replicas is ${f.replicas}, and the autoscaler ${f.autoscaler} decides how many pods ${f.workload} has.`,
    remedy: () =>
      'Leave `replicas` out; set minReplicas and maxReplicas of the autoscaler instead.',
  }),
  'k8s/variable-source': entry({
    cause: (f: { variable: string; container: string; workload: string; manager: string }) =>
      `The variable ${f.variable} of ${f.container} in ${f.workload} is to have a value, and ${f.manager} has given it a source (valueFrom), which an apply cannot take away.`,
    remedy: (f) =>
      `Take it away once, \`kubectl set env ${f.workload} --containers=${f.container} ${f.variable}-\`, or leave ${f.variable} out of \`env\` and \`manifests\`.`,
  }),
  'k8s/conflict': entry({
    cause: (f: { object: string; fields: string }) =>
      `Somebody else has set fields of ${f.object} that this run sets to another value: ${f.fields}`,
    remedy: () =>
      'Leave these fields out of `manifests` and inputs, so that they stay as they are; or make the other one leave them; or take them over once with `force-conflicts: true`. Nothing was changed.',
  }),
} as const;
