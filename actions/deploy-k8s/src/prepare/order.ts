/** What others need comes before them; workloads come last. Source: the order of `helm install`. */
const first = [
  'Namespace',
  'PriorityClass',
  'CustomResourceDefinition',
  'ResourceQuota',
  'LimitRange',
  'NetworkPolicy',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'Service',
];
const late = [
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'IngressClass',
  'Ingress',
  'HTTPRoute',
  'APIService',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
];
const workloads = [
  'ReplicationController',
  'ReplicaSet',
  'Pod',
  'Job',
  'CronJob',
  'DaemonSet',
  'StatefulSet',
  'Deployment',
];

/** Objects in the order in which they are applied; those of one kind as they were given. */
export function inOrder<T>(objects: readonly T[], kindOf: (object: T) => string): readonly T[] {
  return objects
    .map((object) => ({ object, rank: rankOf(kindOf(object)) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ object }) => object);
}

function rankOf(kind: string): number {
  if (first.includes(kind)) return first.indexOf(kind);
  if (workloads.includes(kind)) return 300 + workloads.indexOf(kind);
  // A kind that is not known here may need a Secret or a Service as well as a workload does.
  return late.includes(kind) ? 200 + late.indexOf(kind) : 100;
}
