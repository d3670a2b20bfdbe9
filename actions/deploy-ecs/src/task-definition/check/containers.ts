import { numberOf } from '@slipway/shared/document/json-number';
import { type JsonObject, objectsIn } from '@slipway/shared/document/json-object';
import type { Problems } from '@slipway/shared/document/problems';
import { textField } from '@slipway/shared/http/json';
import { cpuUnits, memoryMib } from './sizes.ts';

const containerName = /^[\w-]{1,255}$/;

/** Finds what is wrong with the containers of a task definition whose shape is right. */
export function checkContainers(document: JsonObject, fargate: boolean, add: Problems): void {
  const containers = objectsIn(document, 'containerDefinitions');
  if (containers.length === 0) {
    add('containerDefinitions is empty');
    return;
  }
  const names = containers.map((container) => textField(container, 'name') ?? '');
  for (const name of names.filter((one, index) => names.indexOf(one) !== index)) {
    add(`the container ${name} is there twice`);
  }
  if (containers.every((container) => container['essential'] === false)) {
    add('no container is essential; at least one has to be');
  }
  const volumes = objectsIn(document, 'volumes').map((volume) => volume['name']);
  for (const container of containers) {
    const name = textField(container, 'name') ?? '';
    const of = `container ${name}`;
    if (!containerName.test(name)) {
      add(`${of} has a name that is not 1 to 255 letters, digits, hyphens and underscores`);
    }
    if (container['image'] === '') add(`${of} has an empty image`);
    for (const one of objectsIn(container, 'dependsOn')) {
      const other = textField(one, 'containerName') ?? '';
      if (other === name) add(`${of} depends on itself`);
      else if (!names.includes(other)) add(`${of} depends on ${other}, which is not there`);
    }
    for (const { sourceVolume } of objectsIn(container, 'mountPoints')) {
      if (typeof sourceVolume !== 'string' || volumes.includes(sourceVolume)) continue;
      add(`${of} mounts the volume ${sourceVolume}, which is not there`);
    }
    checkVariables(container, of, add);
  }
  checkPorts(document, add);
  checkSizes(document, fargate, add);
}

/** Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html */
function checkVariables(container: JsonObject, of: string, add: Problems): void {
  const plain = new Set(objectsIn(container, 'environment').map((entry) => entry['name']));
  const secret = new Set<string>();
  for (const entry of objectsIn(container, 'secrets')) {
    const name = textField(entry, 'name') ?? '';
    const from = textField(entry, 'valueFrom') ?? '';
    if (name === '') add(`${of} has a secret without a name`);
    if (plain.has(name)) add(`${of} has ${name} in environment and in secrets`);
    if (secret.has(name)) add(`${of} has the secret ${name} twice`);
    secret.add(name);
    if (!isReference(from)) {
      add(
        `${of} has the secret ${name}, whose valueFrom is neither the ARN of a secret or parameter nor the name of a parameter`,
      );
    }
  }
}

const referenceArn =
  /^arn:aws[a-z-]*:(?:secretsmanager|ssm):[a-z0-9-]+:\d{12}:(?:secret:|parameter\/)\S+$/;
const parameterName = /^[\w./-]{1,1024}$/;

/** Whether a text says where a secret is: ECS takes no values there. */
export function isReference(from: string): boolean {
  return from.startsWith('arn:') ? referenceArn.test(from) : parameterName.test(from);
}

function checkPorts(document: JsonObject, add: Problems): void {
  const mode = textField(document, 'networkMode') ?? 'bridge';
  const same = mode === 'awsvpc' || mode === 'host';
  const taken = new Map<string, string>();
  for (const container of objectsIn(document, 'containerDefinitions')) {
    const of = `container ${textField(container, 'name') ?? ''}`;
    for (const mapping of objectsIn(container, 'portMappings')) {
      const port = numberOf(mapping['containerPort']);
      const host = numberOf(mapping['hostPort']) ?? 0;
      const protocol = textField(mapping, 'protocol') ?? 'tcp';
      if (port === undefined) {
        if (mapping['containerPortRange'] === undefined) {
          add(`${of} has a port mapping without containerPort`);
        }
        continue;
      }
      if (!isPort(port)) add(`${of} has the port ${port}, which is not from 1 to 65535`);
      if (host !== 0 && !isPort(host)) {
        add(`${of} has the host port ${host}, which is not from 1 to 65535`);
      }
      if (!/^(?:tcp|udp)$/i.test(protocol)) {
        add(`${of} has port ${port} with the protocol ${protocol}, which is neither tcp nor udp`);
      }
      if (same && host !== 0 && host !== port) {
        add(
          `${of} maps port ${port} to the host port ${host}; with networkMode ${mode} both have to be the same`,
        );
      }
      const fixed = same ? port : host;
      if (fixed === 0) continue;
      const key = `${fixed}/${protocol.toLowerCase()}`;
      const other = taken.get(key);
      if (other === of) add(`${of} has the port ${key} twice`);
      else if (other !== undefined) add(`${of} has the port ${key}, which ${other} has too`);
      else taken.set(key, of);
    }
  }
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

function checkSizes(document: JsonObject, fargate: boolean, add: Problems): void {
  const cpu = cpuUnits(textField(document, 'cpu') ?? '');
  const memory = memoryMib(textField(document, 'memory') ?? '');
  const containers = objectsIn(document, 'containerDefinitions');
  const total = containers.reduce((sum, one) => sum + (numberOf(one['cpu']) ?? 0), 0);
  if (cpu !== undefined && total > cpu) {
    add(`the containers have cpu ${total} in sum, which is more than the cpu ${cpu} of the task`);
  }
  for (const container of containers) {
    const of = `container ${textField(container, 'name') ?? ''}`;
    const [hard, soft] = [numberOf(container['memory']), numberOf(container['memoryReservation'])];
    if (memory !== undefined && (hard ?? soft ?? 0) > memory) {
      add(`${of} has more memory than the ${memory} MiB of the task`);
    }
    if (hard !== undefined && soft !== undefined && soft > hard) {
      add(`${of} has a memoryReservation above its memory`);
    }
    if (!fargate && document['memory'] === undefined && (hard ?? soft) === undefined) {
      add(`${of} has neither memory nor memoryReservation, and the task has no memory`);
    }
  }
}
