import {
  isJsonObject,
  type JsonObject,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';
import { referenceOf } from '@slipway/shared/image/reference';
import { containersOf, propertiesOf } from '../document/parts.ts';
import { atContainer, type Report } from './wrong.ts';

const mostContainers = 60;
const imageExample = 'shop.azurecr.io/shop:1.2.3';

/** Finds what is wrong with the containers of a group, other than their names, ports and sizes. */
export function checkContainers(group: JsonObject, report: Report): void {
  const properties = propertiesOf(group);
  const byProfile = properties['containerGroupProfile'] !== undefined;
  const [containers, first] = [containersOf(group), containersOf(group, 'initContainers')];
  const count = containers.length + first.length;
  if (containers.length === 0 && !byProfile) report('properties.containers', 'is empty', 'web');
  if (count > mostContainers) {
    const wrong = `has ${count} containers, and a group has at most ${mostContainers}`;
    report('properties.containers', wrong, `${mostContainers} containers`);
  }
  if (containers.length > 1 && textIn(properties, 'osType')?.toLowerCase() === 'windows') {
    report(
      'properties.containers',
      'has several containers, and osType is Windows',
      'one container',
    );
  }
  for (const { name, properties: of } of containers) {
    checkImage(of, atContainer(name), { needed: !byProfile, report });
    checkProbes(of, atContainer(name), report);
    if (of['restartPolicy'] !== undefined) {
      const wrong = 'is there, and one policy is for the whole group';
      report(`${atContainer(name)}.restartPolicy`, wrong, 'properties.restartPolicy');
    }
  }
  for (const { name, properties: of } of first) {
    const at = atContainer(name, 'initContainers');
    checkImage(of, at, { needed: true, report });
    for (const field of ['ports', 'resources', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
      if (of[field] === undefined) continue;
      report(`${at}.${field}`, 'is there, which an init container cannot have', 'no such field');
    }
  }
  checkConfidential(properties, report);
}

function checkImage(
  properties: JsonObject,
  at: string,
  { needed, report }: { needed: boolean; report: Report },
): void {
  const image = textIn(properties, 'image');
  if (image === undefined || image === '') {
    if (needed) report(`${at}.image`, image === '' ? 'is empty' : 'is missing', imageExample);
  } else if (!referenceOf(image)) {
    report(`${at}.image`, 'is not the name of an image', imageExample);
  }
}

/** Source: ContainerProbe, API version 2026-05-01 */
function checkProbes(properties: JsonObject, at: string, report: Report): void {
  if (properties['startupProbe'] !== undefined) {
    const valid = 'livenessProbe with initialDelaySeconds';
    report(`${at}.startupProbe`, 'is there, which Azure does not know', valid);
  }
  for (const name of ['livenessProbe', 'readinessProbe']) {
    const probe = properties[name];
    if (!isJsonObject(probe)) continue;
    for (const kind of ['tcpSocket', 'grpc']) {
      if (probe[kind] === undefined) continue;
      report(`${at}.${name}.${kind}`, 'is there, which Azure does not know', 'httpGet or exec');
    }
    const kinds = ['exec', 'httpGet'].filter((kind) => probe[kind] !== undefined);
    if (kinds.length === 1) continue;
    const which = kinds.length === 0 ? 'neither exec nor httpGet' : 'exec and httpGet';
    report(`${at}.${name}`, `has ${which}`, 'one of them');
  }
}

/** Source: https://learn.microsoft.com/azure/container-instances/container-instances-confidential-overview */
function checkConfidential(properties: JsonObject, report: Report): void {
  const confidential = textIn(properties, 'sku')?.toLowerCase() === 'confidential';
  const at = 'properties.sku';
  if (properties['confidentialComputeProperties'] !== undefined && !confidential) {
    report(at, 'is not Confidential, which confidentialComputeProperties needs', 'Confidential');
  }
  if (confidential && textIn(properties, 'osType')?.toLowerCase() === 'windows') {
    report(at, 'is Confidential, which needs osType Linux', 'Standard');
  }
  const extensions = objectsIn(properties, 'extensions');
  if (extensions.some((one) => textIn(one, 'name') === undefined)) {
    report('properties.extensions', 'has one without a name', 'a name for each');
  }
}
