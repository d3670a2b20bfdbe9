import { textField } from '@slipway/shared/http/json';
import type { EcsApi } from '../api/ecs-api.ts';
import type { PreparedTaskDefinition } from './prepared.ts';

/**
 * Registers a prepared task definition, where no revision says the same already.
 * @returns the ARN of what is to be deployed
 */
export async function registerTaskDefinition(
  { arn, document }: Pick<PreparedTaskDefinition, 'arn' | 'document'>,
  api: Pick<EcsApi, 'registerTaskDefinition'>,
  signal: AbortSignal,
): Promise<string> {
  if (arn !== undefined) return arn;
  const { taskDefinition } = await api.registerTaskDefinition(document, signal);
  const registered = textField(taskDefinition, 'taskDefinitionArn');
  if (!registered) throw new Error('ECS registered a task definition and told no ARN');
  return registered;
}
