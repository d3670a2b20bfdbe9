import type { Bucket } from '../../http/throttle.ts';

/**
 * How many requests Amazon ECS takes, of an account in a region. What is not in its list, such as
 * StopServiceDeployment, has no documented figure and no bucket here.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
 */
export const ecsBuckets: readonly Bucket[] = [
  {
    actions: [
      'CreateCluster',
      'DeleteCluster',
      'PutClusterCapacityProviders',
      'UpdateCluster',
      'UpdateClusterSettings',
    ],
    burst: 20,
    rate: 1,
  },
  { actions: ['DescribeClusters', 'ListClusters'], burst: 50, rate: 20 },
  { actions: ['DeregisterTaskDefinition', 'RegisterTaskDefinition'], burst: 20, rate: 1 },
  {
    actions: ['DescribeTaskDefinition', 'ListTaskDefinitions', 'ListTaskDefinitionFamilies'],
    burst: 50,
    rate: 20,
  },
  { actions: ['DeleteTaskDefinitions'], burst: 5, rate: 1 },
  {
    actions: ['CreateCapacityProvider', 'DeleteCapacityProvider', 'UpdateCapacityProvider'],
    burst: 10,
    rate: 1,
  },
  { actions: ['DescribeCapacityProviders'], burst: 50, rate: 20 },
  { actions: ['TagResource', 'UntagResource'], burst: 20, rate: 10 },
  { actions: ['ListTagsForResource'], burst: 50, rate: 20 },
  {
    actions: ['DeleteAccountSetting', 'PutAccountSetting', 'PutAccountSettingDefault'],
    burst: 10,
    rate: 1,
  },
  { actions: ['ListAccountSettings'], burst: 50, rate: 20 },
  {
    actions: [
      'DeleteAttributes',
      'DeregisterContainerInstance',
      'ExecuteCommand',
      'PutAttributes',
      'RunTask',
      'StartTask',
      'StopTask',
      'UpdateContainerAgent',
      'UpdateContainerInstancesState',
    ],
    burst: 100,
    rate: 40,
  },
  {
    actions: [
      'DescribeContainerInstances',
      'DescribeTasks',
      'ListAttributes',
      'ListContainerInstances',
      'ListTasks',
    ],
    burst: 100,
    rate: 20,
  },
  {
    actions: [
      'RegisterContainerInstance',
      'SubmitAttachmentStateChanges',
      'SubmitContainerStateChange',
      'SubmitTaskStateChange',
    ],
    burst: 200,
    rate: 120,
  },
  { actions: ['CreateService', 'DeleteService', 'UpdateService'], burst: 50, rate: 5 },
  { actions: ['DescribeServices', 'ListServices'], burst: 100, rate: 20 },
  { actions: ['DescribeServiceDeployments', 'ListServiceDeployments'], burst: 50, rate: 20 },
  { actions: ['DescribeServiceRevisions'], burst: 50, rate: 20 },
  { actions: ['UpdateTaskProtection', 'GetTaskProtection'], burst: 200, rate: 80 },
  { actions: ['ListServicesByNamespace'], burst: 10, rate: 1 },
];
