import type { Task } from '@aws-sdk/client-ecs';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { field, listField, textField } from '@slipway/shared/http/json';

/** Where the output of a container goes. */
export type LogSource =
  | { driver: 'awslogs'; group: string; stream: string }
  /** `where` is a clause for people: `the log driver splunk`. */
  | { driver: 'other'; where: string };

/**
 * Finds the log of one container of a task.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 * @param definition task definition of the task
 * @param region of the deployment: logs of another one are only named
 */
export function logSource(
  definition: JsonObject,
  { container, task }: { container: string; task: Task },
  region: string,
): LogSource {
  const own = listField(definition, 'containerDefinitions').find(
    (one) => textField(one, 'name') === container,
  );
  const configuration = field(own, 'logConfiguration');
  const driver = textField(configuration, 'logDriver');
  if (driver === undefined) return { driver: 'other', where: 'no log, as none is configured' };
  if (driver !== 'awslogs') return { driver: 'other', where: `the log driver ${driver}` };
  const options = field(configuration, 'options');
  const group = textField(options, 'awslogs-group') ?? '';
  const elsewhere = textField(options, 'awslogs-region');
  if (elsewhere !== undefined && elsewhere !== region) {
    return { driver: 'other', where: `the log group ${group} in ${elsewhere}` };
  }
  const prefix = textField(options, 'awslogs-stream-prefix');
  const id = task.taskArn?.split('/').at(-1) ?? '';
  const runtimeId = task.containers?.find(({ name }) => name === container)?.runtimeId;
  // Without a prefix Docker names the stream after the container.
  const stream = prefix === undefined ? runtimeId : `${prefix}/${container}/${id}`;
  if (!stream)
    return { driver: 'other', where: `the log group ${group}, in a stream without a known name` };
  return { driver: 'awslogs', group, stream };
}

/** Container to read when none is known to have failed: the first essential one. */
export function mainContainer(definition: JsonObject): string | undefined {
  const containers = listField(definition, 'containerDefinitions');
  const essential = containers.find((one) => field(one, 'essential') !== false);
  return textField(essential ?? containers[0], 'name');
}
