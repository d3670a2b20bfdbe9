import { isJsonObject, type JsonObject, objectsIn } from '@slipway/shared/document/json-object';
import type { Problems } from '@slipway/shared/document/problems';
import { textField, textsField } from '@slipway/shared/http/json';
import { cpuUnits, fargateSizeProblem, memoryMib } from './sizes.ts';

const role =
  /^arn:aws(?:-cn|-us-gov|-iso|-iso-b|-iso-e|-iso-f|-eusc)?:iam::\d{12}:role\/(?:[\x21-\x7e]{1,510}\/)?[\w+=,.@-]{1,64}$/;
const roleName = /^[\w+=,.@-]{1,64}$/;
/** Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const largest = 64 * 1024;

/** Finds what is wrong with a task definition as a whole, when its shape is right. */
export function checkTask(document: JsonObject, fargate: boolean, add: Problems): void {
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes > largest) add(`it has ${bytes} bytes, which is more than the 64 KiB that ECS takes`);
  if (!/^[\w-]{1,255}$/.test(textField(document, 'family') ?? '')) {
    add('family is not 1 to 255 letters, digits, hyphens and underscores');
  }
  for (const field of ['taskRoleArn', 'executionRoleArn']) {
    const value = document[field];
    if (typeof value !== 'string' || role.test(value)) continue;
    if (value === '') add(`${field} is empty; leave it out, or name a role`);
    else if (value.startsWith('arn:') || !roleName.test(value)) {
      add(`${field} is not the ARN of a role: ${value}`);
    }
  }
  const sizes = { cpu: cpuUnits, memory: memoryMib };
  for (const [field, read] of Object.entries(sizes)) {
    const value = document[field];
    if (typeof value !== 'string' || read(value) !== undefined) continue;
    add(
      `${field} is not a size: ${value}; valid is ${field === 'cpu' ? '256 or .25 vCPU' : '512 or 0.5 GB'}`,
    );
  }
  const tags = objectsIn(document, 'tags').map((tag) => textField(tag, 'key') ?? '');
  for (const key of tags.filter((one, index) => tags.indexOf(one) !== index)) {
    add(`the tag ${key} is there twice`);
  }
  if (fargate) checkFargate(document, add);
}

/** Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
function checkFargate(document: JsonObject, add: Problems): void {
  const mode = textField(document, 'networkMode');
  if (mode !== 'awsvpc') {
    add(`networkMode is ${mode ?? 'not there'}; Fargate needs awsvpc`);
  }
  for (const field of ['cpu', 'memory']) {
    if (document[field] === undefined) add(`${field} is missing, which Fargate needs for the task`);
  }
  const cpu = cpuUnits(textField(document, 'cpu') ?? '');
  const memory = memoryMib(textField(document, 'memory') ?? '');
  const windows = platformOf(document).startsWith('windows/');
  const size =
    cpu === undefined || memory === undefined
      ? undefined
      : fargateSizeProblem(cpu, memory, windows);
  if (size) add(size);
  if (document['executionRoleArn'] !== undefined) return;
  for (const container of objectsIn(document, 'containerDefinitions')) {
    const of = `container ${textField(container, 'name') ?? ''}`;
    if (objectsIn(container, 'secrets').length > 0) {
      add(`${of} has secrets, for which executionRoleArn is missing`);
    }
    if (/^\d{12}\.dkr[.-]ecr[.-]/.test(textField(container, 'image') ?? '')) {
      add(`${of} has an image of ECR, for which executionRoleArn is missing`);
    }
  }
}

/** Whether a task definition is made for Fargate. */
export function isForFargate(document: JsonObject): boolean {
  return textsField(document, 'requiresCompatibilities').includes('FARGATE');
}

/**
 * What the tasks run on: `linux/arm64`. On Fargate that is linux/amd64 where nothing else is said;
 * elsewhere the instance decides, and it is empty.
 */
export function platformOf(document: JsonObject, fargate = isForFargate(document)): string {
  const { runtimePlatform } = document;
  if (!isJsonObject(runtimePlatform)) return fargate ? 'linux/amd64' : '';
  const system = textField(runtimePlatform, 'operatingSystemFamily');
  const machine = textField(runtimePlatform, 'cpuArchitecture');
  if (!fargate && (system === undefined || machine === undefined)) return '';
  const os = (system ?? 'LINUX').startsWith('WINDOWS') ? 'windows' : 'linux';
  const architectures: Readonly<Record<string, string>> = { X86_64: 'amd64', ARM64: 'arm64' };
  const architecture = architectures[machine ?? 'X86_64'];
  return architecture === undefined ? '' : `${os}/${architecture}`;
}
