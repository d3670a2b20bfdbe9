import type { Permission } from '../api/kubernetes-api.ts';
import type { WorkloadKind } from '../workload/workload-name.ts';

/** What a run may need to be allowed: an entry of the one list that the README and the Role are made of. */
export interface Need {
  readonly verbs: readonly string[];
  /** Empty for the core group. */
  readonly group: string;
  /** `deployments`, `pods/log` */
  readonly resource: string;
  /** `to …` */
  readonly why: string;
  /** Whether a run goes on without it, and says what it did not find out. */
  readonly isOptional?: true;
  /** Whether it is asked for in the whole cluster. */
  readonly isOfCluster?: true;
  /** When it is needed; always without. */
  readonly when?: (run: NeedingRun) => boolean;
  /** The same for people: `the workload is a Deployment` */
  readonly where?: string;
}

/** What a run is about, as far as its permissions go. */
export interface NeedingRun {
  readonly kind: WorkloadKind;
  readonly isNew: boolean;
  readonly inputs: ReadonlySet<'health-path' | 'rollback' | 'route' | 'run-before' | 'secrets'>;
}

/** Whether a run creates the workload: a Job is a new one each time. */
const creates = ({ isNew, kind }: NeedingRun) => isNew || kind === 'Job';

const workload = (kind: WorkloadKind, resource: string): readonly Need[] => {
  const of = { group: kind === 'Job' || kind === 'CronJob' ? 'batch' : 'apps', resource };
  return [
    {
      ...of,
      verbs: ['get', 'list', 'watch', 'patch'],
      why: 'to apply the workload, to follow it and to go back',
      when: (run) => run.kind === kind,
      where: `the workload is a ${kind}`,
    },
    {
      ...of,
      verbs: ['create'],
      why: 'to create the workload',
      when: (run) => run.kind === kind && creates(run),
      where: kind === 'Job' ? 'the workload is a Job' : `the workload is a ${kind}, and new`,
    },
    {
      ...of,
      verbs: ['delete'],
      why: 'to go back to nothing',
      when: (run) => run.kind === kind && creates(run) && run.inputs.has('rollback'),
      where: `the workload is a ${kind}, and new`,
    },
  ];
};

const given =
  (input: 'health-path' | 'rollback' | 'route' | 'run-before' | 'secrets') =>
  ({ inputs }: NeedingRun) =>
    inputs.has(input);

const isOf =
  (...kinds: readonly WorkloadKind[]) =>
  ({ kind }: NeedingRun) =>
    kinds.includes(kind);

/** Everything that a run asks of an API server, beyond the other objects of `manifests`. */
export const needs: readonly Need[] = [
  ...workload('Deployment', 'deployments'),
  ...workload('StatefulSet', 'statefulsets'),
  ...workload('DaemonSet', 'daemonsets'),
  ...workload('Job', 'jobs'),
  ...workload('CronJob', 'cronjobs'),
  {
    verbs: ['get', 'list', 'watch'],
    group: 'apps',
    resource: 'replicasets',
    why: 'to tell the pods of the new version from those of others, and to find the way back',
    when: isOf('Deployment'),
    where: 'the workload is a Deployment',
  },
  {
    verbs: ['get', 'list', 'watch'],
    group: 'apps',
    resource: 'controllerrevisions',
    why: 'to tell the pods of the new version from those of others, and to find the way back',
    when: isOf('StatefulSet', 'DaemonSet'),
    where: 'the workload is a StatefulSet or a DaemonSet',
  },
  {
    verbs: ['get', 'list', 'watch'],
    group: '',
    resource: 'pods',
    why: 'to see how they get on, and why they do not',
  },
  {
    verbs: ['delete'],
    group: '',
    resource: 'pods',
    why: 'to replace a broken pod on a rollback, for which Kubernetes would wait for ever',
    when: (run) => run.kind === 'StatefulSet' && run.inputs.has('rollback'),
    where: 'the workload is a StatefulSet, and `rollback` is on',
  },
  {
    verbs: ['create'],
    group: '',
    resource: 'pods',
    why: 'to try the pod that the workload would make: Pod Security, quotas, limits and webhooks refuse it before anything is changed. Nothing is created; RBAC has no smaller permission for that',
    isOptional: true,
  },
  {
    verbs: ['get'],
    group: '',
    resource: 'pods/log',
    why: 'to show the last lines of a container that failed',
    isOptional: true,
  },
  {
    verbs: ['get'],
    group: '',
    resource: 'pods/proxy',
    why: 'to ask each new pod for `health-path`',
    when: given('health-path'),
    where: '`health-path` is given',
  },
  {
    verbs: ['get'],
    group: '',
    resource: 'services/proxy',
    why: 'to ask its Service for `health-path`',
    when: given('health-path'),
    where: '`health-path` is given',
  },
  {
    verbs: ['list'],
    group: '',
    resource: 'services',
    why: 'to find the Service of the workload',
    when: given('health-path'),
    where: '`health-path` is given',
  },
  {
    verbs: ['list', 'watch'],
    group: '',
    resource: 'events',
    why: 'to say why a pod does not start',
    isOptional: true,
  },
  {
    verbs: ['get', 'create', 'update', 'delete'],
    group: 'coordination.k8s.io',
    resource: 'leases',
    why: 'for the lock, so that two runs do not deploy at once',
  },
  {
    verbs: ['get', 'create', 'patch', 'delete'],
    group: '',
    resource: 'secrets',
    why: 'for the Secret with the variables of `secrets`',
    when: given('secrets'),
    where: '`secrets` is given',
  },
  {
    verbs: ['get', 'list', 'watch', 'create', 'delete'],
    group: 'batch',
    resource: 'jobs',
    why: 'to run `run-before`',
    when: given('run-before'),
    where: '`run-before` is given',
  },
  {
    verbs: ['get', 'list', 'update'],
    group: 'gateway.networking.k8s.io',
    resource: 'httproutes',
    why: 'to shift the traffic, and to give it back',
    when: given('route'),
    where: '`strategy` is canary',
  },
  {
    verbs: ['create', 'delete'],
    group: 'apps',
    resource: 'deployments',
    why: 'to run the new version beside the one that serves',
    when: given('route'),
    where: '`strategy` is canary',
  },
  {
    verbs: ['get', 'list', 'create', 'patch', 'delete'],
    group: '',
    resource: 'services',
    why: 'to lead to the new version beside the one that serves',
    when: given('route'),
    where: '`strategy` is canary',
  },
  {
    verbs: ['list'],
    group: 'autoscaling',
    resource: 'horizontalpodautoscalers',
    why: 'to leave the number of pods to an autoscaler',
    isOptional: true,
    when: isOf('Deployment', 'StatefulSet'),
    where: 'the workload is a Deployment or a StatefulSet',
  },
  {
    verbs: ['get', 'list'],
    group: '',
    resource: 'nodes',
    why: 'to compare the platforms of the image with those of the nodes',
    isOptional: true,
    isOfCluster: true,
  },
];

/** The permissions that a run needs in a namespace. */
export function neededBy(
  run: NeedingRun,
  namespace: string | undefined,
  { isOptional }: { isOptional: boolean },
): readonly Permission[] {
  return needs
    .filter((need) => (need.isOptional ?? false) === isOptional && (need.when?.(run) ?? true))
    .flatMap(({ verbs, group, resource, isOfCluster }) =>
      verbs.map((verb) => {
        return { verb, group, resource, namespace: isOfCluster ? undefined : namespace };
      }),
    );
}
