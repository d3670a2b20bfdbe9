import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { Refusal } from '../../refusal.ts';

/** Memory in MiB that Fargate has for each CPU size: from, to, in steps of. */
const fargateSizes: Readonly<Record<string, readonly (readonly [number, number, number])[]>> = {
  256: [
    [512, 1_024, 512],
    [2_048, 2_048, 1],
  ],
  512: [[1_024, 4_096, 1_024]],
  1024: [[2_048, 8_192, 1_024]],
  2048: [[4_096, 16_384, 1_024]],
  4096: [[8_192, 30_720, 1_024]],
  8192: [[16_384, 61_440, 4_096]],
  16384: [[32_768, 122_880, 8_192]],
};
const mostBytes = 65_536;
const roleForm = /^arn:aws(?:-[a-z]+)*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/**
 * Refuses what RegisterTaskDefinition refuses, by ECS's sentences.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 * @param roles roles that exist; undefined: all of them do
 * @throws Refusal `ClientException`
 */
export function validateDefinition(
  input: Wire<RegisterTaskDefinitionRequest>,
  roles?: ReadonlySet<string>,
): void {
  const { containerDefinitions: containers, executionRoleArn, family, taskRoleArn } = input;
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes > mostBytes) {
    throw wrong(`Actual length: '${bytes}'. Max allowed length is '${mostBytes}' bytes.`);
  }
  if (!/^[\w-]{1,255}$/.test(family))
    throw wrong(
      'Invalid family name. Up to 255 letters (uppercase and lowercase), numbers, hyphens, and underscores are allowed.',
    );
  if (containers.length === 0) throw wrong('Container list cannot be empty.');
  if (containers.length > 10) throw wrong('Task definition must have at most 10 containers.');
  for (const container of containers) validateContainer(input, container);
  const names = containers.map(({ name }) => name);
  if (new Set(names).size < names.length)
    throw wrong('Container names must be unique in a task definition.');
  if (containers.every(({ essential }) => essential === false)) {
    throw wrong('At least one container in a task definition must be essential.');
  }
  for (const role of [taskRoleArn, executionRoleArn]) {
    if (role === undefined || role === '') continue;
    if (!roleForm.test(role) || (roles && !roles.has(role))) throw wrong('Role is not valid');
  }
  if (input.requiresCompatibilities?.includes('FARGATE')) validateFargate(input);
}

function validateContainer(
  { memory: taskMemory, networkMode, requiresCompatibilities }: Wire<RegisterTaskDefinitionRequest>,
  { image, memory, memoryReservation, name, portMappings = [] }: Wire<ContainerDefinition>,
): void {
  if (!name) throw wrong('Container.name should not be null or empty.');
  if (!/^[\w-]{1,255}$/.test(name)) throw wrong(`Invalid container name '${name}'.`);
  if (!image) throw wrong('Container.image should not be null or empty.');
  if (/\s/.test(image)) throw wrong(`Container.image contains invalid characters.`);
  const sized = memory ?? memoryReservation ?? taskMemory;
  if (sized === undefined && !requiresCompatibilities?.includes('FARGATE')) {
    throw wrong(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  }
  for (const { containerPort, hostPort } of portMappings) {
    if (containerPort !== undefined && (containerPort < 1 || containerPort > 65_535)) {
      throw wrong(`Invalid container port '${containerPort}'. Ports must be between 1 and 65535.`);
    }
    if (networkMode !== 'awsvpc' || !hostPort || hostPort === containerPort) continue;
    throw wrong(
      'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
    );
  }
}

function validateFargate(input: Wire<RegisterTaskDefinitionRequest>): void {
  const { containerDefinitions, cpu, executionRoleArn, memory, networkMode } = input;
  if (networkMode !== 'awsvpc') throw wrong('Fargate only supports network mode ‘awsvpc’.');
  if (cpu === undefined) throw wrong("Fargate requires that 'cpu' be defined at the task level.");
  if (memory === undefined) {
    throw wrong("Fargate requires that 'memory' be defined at the task level.");
  }
  const [cpuUnits, mebibytes] = [units(cpu), units(memory)];
  const sizes = fargateSizes[cpuUnits] ?? [];
  const fits = sizes.some(
    ([from, to, step]) => mebibytes >= from && mebibytes <= to && (mebibytes - from) % step === 0,
  );
  if (!fits)
    throw wrong(
      `No Fargate configuration exists for given values: ${cpuUnits} CPU, ${mebibytes} memory.`,
    );
  if (executionRoleArn) return;
  for (const { image = '', logConfiguration, secrets = [] } of containerDefinitions) {
    if (/\.dkr\.ecr\..*\.amazonaws\.com/.test(image)) throw needsRole('ECR images');
    if (logConfiguration?.logDriver === 'awslogs') throw needsRole('log driver awslogs');
    if (secrets.length > 0) throw needsRole('container secrets');
  }
}

/** CPU units or MiB: `256`, `.25 vCPU`, `1 GB`. */
function units(text: string): number {
  const { amount = '', unit = '' } =
    /^\s*(?<amount>\d*\.?\d+)\s*(?<unit>vcpu|gb)?\s*$/i.exec(text)?.groups ?? {};
  if (amount === '') throw wrong("Invalid 'cpu' or 'memory' setting for task.");
  return unit === '' ? Number(amount) : Number(amount) * 1_024;
}

function needsRole(what: string): Refusal {
  return wrong(`Fargate requires task definition to have execution role ARN to support ${what}.`);
}

function wrong(message: string): Refusal {
  return new Refusal('ClientException', message);
}
