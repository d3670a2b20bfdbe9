import type { ContainerDefinition, TaskDefinition, TaskOverride } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import type { Durations } from '../options.ts';
import type { ContainerOrder, HealthCheck } from '../runtime.ts';

/** Values of secrets and parameters by what `valueFrom` names. */
export type Secrets = ReadonlyMap<string, string>;

/** A secret that does not exist, or that the execution role may not read. */
export class SecretMissing extends Error {}

/**
 * Merges a task definition with its overrides into what a runtime has to run.
 * @throws SecretMissing with the sentence that ECS stops the task with
 */
export function orderContainers(
  definition: Wire<TaskDefinition>,
  overrides: Wire<TaskOverride> | undefined,
  secrets: Secrets,
  { second }: Durations,
): ContainerOrder[] {
  return (definition.containerDefinitions ?? []).map((container) => {
    const name = container.name ?? '';
    const over = overrides?.containerOverrides?.find((one) => one.name === name);
    const command = over?.command ?? container.command;
    const { entryPoint } = container;
    const healthCheck = readHealthCheck(container, second);
    return {
      name,
      image: container.image ?? '',
      essential: container.essential ?? true,
      ...(entryPoint && { entryPoint }),
      ...(command && { command }),
      environment: {
        ...pairs(container.environment),
        ...secretsOf(container, secrets),
        ...pairs(over?.environment),
      },
      ports: (container.portMappings ?? []).flatMap(({ containerPort = 0 }) => containerPort || []),
      ...(healthCheck && { healthCheck }),
      stopTimeout: (container.stopTimeout ?? 30) * second,
      definition: { ...container },
    };
  });
}

function pairs(list: readonly { name?: string | undefined; value?: string | undefined }[] = []) {
  return Object.fromEntries(list.map(({ name = '', value = '' }) => [name, value]));
}

function secretsOf(
  { secrets: wanted = [] }: Wire<ContainerDefinition>,
  secrets: Secrets,
): Record<string, string> {
  const found = wanted.map(({ name, valueFrom }) => {
    const value = secrets.get(valueFrom);
    if (value !== undefined) return [name, value] as const;
    throw new SecretMissing(
      valueFrom.includes(':secretsmanager:')
        ? `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${valueFrom} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`
        : `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: ${valueFrom}`,
    );
  });
  return Object.fromEntries(found);
}

/** Defaults: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
function readHealthCheck(
  { healthCheck: check }: Wire<ContainerDefinition>,
  second: number,
): HealthCheck | undefined {
  if (!check || check.command[0] === 'NONE') return undefined;
  return {
    command: check.command,
    interval: (check.interval ?? 30) * second,
    timeout: (check.timeout ?? 5) * second,
    retries: check.retries ?? 3,
    startPeriod: (check.startPeriod ?? 0) * second,
  };
}
