import { isRecord } from '../../../http/exchange.ts';
import type { TaskOrder } from '../runtime.ts';

/**
 * Where the lines of a container go, by the awslogs driver: `prefix/container/task`.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 * @returns undefined for other drivers
 */
export function logTarget(
  order: Pick<TaskOrder, 'containers' | 'id'>,
  name: string,
): { group: string; stream: string; create: boolean } | undefined {
  const logging = order.containers.find((one) => one.name === name)?.definition['logConfiguration'];
  if (!isRecord(logging) || logging['logDriver'] !== 'awslogs') return undefined;
  const options = isRecord(logging['options']) ? logging['options'] : {};
  const prefix = options['awslogs-stream-prefix'];
  return {
    group: String(options['awslogs-group'] ?? ''),
    stream: prefix === undefined ? order.id : `${prefix}/${name}/${order.id}`,
    create: options['awslogs-create-group'] === 'true',
  };
}
