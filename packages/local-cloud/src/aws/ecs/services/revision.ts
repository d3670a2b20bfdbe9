import type {
  CreateServiceRequest,
  DeploymentRolloutState,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import type { Port } from '../tasks/registrations.ts';
import { rolloutSentence } from './sentences.ts';

/** What of a service's configuration a revision takes with it; a change of it makes a deployment. */
export const revisionMembers = [
  'capacityProviderStrategy',
  'launchType',
  'loadBalancers',
  'networkConfiguration',
  'platformVersion',
  'serviceConnectConfiguration',
  'serviceRegistries',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
] as const satisfies readonly (keyof CreateServiceRequest)[];

export type RevisionConfiguration = Pick<
  Wire<CreateServiceRequest>,
  (typeof revisionMembers)[number]
>;

/** One version of a service, with its deployment as DescribeServices shows it. */
export interface Revision {
  /** `arn:aws:ecs:…:service-revision/cluster/service/123` */
  arn: string;
  /** `ecs-svc/123` */
  deploymentId: string;
  definition: Wire<TaskDefinition>;
  configuration: RevisionConfiguration;
  /** Seconds since the epoch. */
  createdAt: number;
  updatedAt: number;
  rolloutState: DeploymentRolloutState;
  rolloutStateReason: string;
  /** Tasks that failed one after the other. */
  failedTasks: number;
  /** It came to a success at least once: something to roll back to. */
  completed: boolean;
  /** Whether its tasks are in the alternate target groups. */
  alternate: boolean;
  /** Per cent of the traffic. */
  productionWeight: number;
  testWeight: number;
  /** When the next task may be started after failures, in milliseconds since the epoch. */
  retryAt: number;
}

/** The target groups that tasks of a revision go into. */
export function portsOf({ alternate, configuration }: Revision): Port[] {
  return (configuration.loadBalancers ?? []).flatMap((balancer) => {
    const { advancedConfiguration, containerName, containerPort, targetGroupArn } = balancer;
    const groupArn =
      (alternate ? advancedConfiguration?.alternateTargetGroupArn : undefined) ?? targetGroupArn;
    if (groupArn === undefined || containerName === undefined || !containerPort) return [];
    return [{ groupArn, container: containerName, port: containerPort }];
  });
}

/** Its deployment came to a success. */
export function complete(revision: Revision, time: number): void {
  Object.assign(revision, {
    completed: true,
    rolloutState: 'COMPLETED',
    rolloutStateReason: rolloutSentence.completed(revision.deploymentId),
    updatedAt: time,
  });
}
