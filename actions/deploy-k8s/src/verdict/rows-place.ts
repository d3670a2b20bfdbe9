import type { VerdictRow } from './verdict-row.ts';

const unschedulable = ['FailedScheduling', 'Unschedulable'];
const room =
  'Ask for less in `resources.requests`, add nodes, or correct `nodeSelector`, affinity and tolerations.';

/** Pods that get no node, no volume, no network, or lose their node. From the special to the general. */
export const placeRows: readonly VerdictRow[] = [
  {
    kind: 'place',
    reasons: ['TriggeredScaleUp', 'Nominated'],
    when: 'the autoscaler adds a node',
    verdict: 'explain',
    cause: 'no node has room for it yet, and the autoscaler adds one',
    remedy: 'Wait for the node; where it does not come, look at the autoscaler.',
  },
  {
    kind: 'place',
    reasons: ['NotTriggerScaleUp'],
    when: 'the autoscaler adds none',
    verdict: { after: 30_000 },
    cause: 'no node has room for it, and the autoscaler does not add one',
    remedy: room,
  },
  {
    kind: 'place',
    reasons: unschedulable,
    when: '',
    verdict: { after: 120_000 },
    cause: 'no node can take it',
    remedy: room,
  },
  {
    kind: 'place',
    reasons: ['SchedulingGated'],
    when: '',
    verdict: 'explain',
    cause: 'a scheduling gate holds it back',
    remedy: 'Look at what should remove the gates in `schedulingGates`.',
  },
  {
    kind: 'place',
    reasons: ['SchedulerError'],
    when: '',
    verdict: 'explain',
    cause: 'the scheduler is out of order',
    remedy: 'Look at the scheduler of the cluster.',
  },
  {
    kind: 'volume',
    reasons: ['FailedAttachVolume'],
    when: 'Multi-Attach: another node has the volume',
    words: /Multi-Attach/i,
    verdict: { after: 15_000 },
    cause:
      'a pod of the version before holds the volume on another node, and goes only when the new one is ready: a deadlock',
    remedy:
      'Set `strategy.type: Recreate` (the app is away for a moment), or use a volume with ReadWriteMany.',
  },
  {
    kind: 'volume',
    reasons: ['FailedMount'],
    when: 'no such ConfigMap or Secret',
    words: /(?:configmap|secret).{1,300}not found|references non-existent/i,
    verdict: { times: 2, after: 5_000 },
    cause: 'a ConfigMap or Secret that it mounts does not exist, or has no such key',
    remedy: 'Create it in the namespace of the workload, or correct its name.',
  },
  {
    kind: 'volume',
    reasons: ['FailedMount', 'FailedAttachVolume', 'FailedMapVolume', 'ProvisioningFailed'],
    when: '',
    verdict: 'explain',
    cause: 'a volume could not be mounted yet',
    remedy: 'Look at the volume claim and its storage class; the first failure may pass by itself.',
  },
  {
    kind: 'place',
    reasons: ['FailedCreatePodSandBox', 'NetworkNotReady', 'FailedPodSandBoxStatus'],
    when: '',
    verdict: 'explain',
    cause: 'the node cannot give it a network',
    remedy:
      'Look at the node and the network plug-in of the cluster: this is no fault of the new version.',
  },
  {
    kind: 'pod',
    reasons: [
      'Evicted',
      'Preempting',
      'Preempted',
      'NodeLost',
      'NodeAffinity',
      'NodeShutdown',
      'Terminated',
      'Shutdown',
      'OutOfcpu',
      'OutOfmemory',
      'OutOfpods',
      'UnexpectedAdmissionError',
      'TopologyAffinityError',
      'InvalidNodeInfo',
      'PreemptionByScheduler',
      'DeletionByTaintManager',
      'EvictionByEvictionAPI',
      'DeletionByPodGC',
      'TerminationByKubelet',
    ],
    when: '',
    verdict: 'explain',
    cause: 'its node or the cluster ended it, which is no fault of the new version',
    remedy: 'Nothing, where another pod replaces it. Where it comes again, look at the nodes.',
  },
];
