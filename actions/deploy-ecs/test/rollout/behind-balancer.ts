import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import { type Emulated, place } from './emulated-service.ts';

/** A load balancer with a test listener, as a service names it that has its traffic shifted. */
export function behindBalancer(ecs: Emulated) {
  const { balancing } = ecs.ecs.worlds.at(place);
  const [blue = '', green = ''] = ['blue', 'green'].map(
    (name) => balancing.addGroup({ name, interval: 10, deregistrationDelay: 30 }).arn,
  );
  return {
    loadBalancers: [
      {
        targetGroupArn: blue,
        containerName: 'web',
        containerPort: 80,
        advancedConfiguration: {
          alternateTargetGroupArn: green,
          productionListenerRule: balancing.addListener(80, blue).arn,
          testListenerRule: balancing.addListener(8443, blue).arn,
          roleArn: 'arn:aws:iam::123456789012:role/ecs-traffic',
        },
      },
    ],
  } satisfies Pick<CreateServiceRequest, 'loadBalancers'>;
}
