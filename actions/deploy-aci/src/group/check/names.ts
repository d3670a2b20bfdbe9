import {
  isJsonObject,
  type JsonObject,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';
import { containersOf, propertiesOf } from '../document/parts.ts';
import { atContainer, type Report } from './wrong.ts';

// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules and
// https://learn.microsoft.com/azure/container-instances/container-instances-container-groups-naming
const containerName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const volumeName = /^(?!.*--)[a-z0-9][a-z0-9-]{3,61}[a-z0-9]$/;
const variableName = /^(?!_)\w{1,63}(?<!_)$/;
const label = /^[a-z](?!.*--)[a-z0-9-]{3,61}[a-z0-9]$/;

/** Finds names that Azure does not take, or that are there twice. */
export function checkNames(group: JsonObject, report: Report): void {
  const properties = propertiesOf(group);
  const all = (['containers', 'initContainers'] as const).flatMap((list) =>
    containersOf(group, list).map((one) => ({ ...one, list })),
  );
  for (const [index, { name, list }] of all.entries()) {
    const at = `properties.${list}[${name}].name`;
    if (!containerName.test(name)) {
      report(at, 'is not 1 to 63 lowercase letters, digits and hyphens', 'web');
    }
    if (all.findIndex((one) => one.name === name) < index) report(at, 'is there twice', 'web-2');
  }
  for (const { name, list, properties: of } of all)
    checkVariables(of, atContainer(name, list), report);
  for (const volume of objectsIn(properties, 'volumes')) {
    const name = textIn(volume, 'name') ?? '';
    if (volumeName.test(name)) continue;
    const wrong = 'is not 5 to 63 lowercase letters, digits and single hyphens';
    report(`properties.volumes[${name}].name`, wrong, 'uploads');
  }
  const { ipAddress } = properties;
  const dnsNameLabel = isJsonObject(ipAddress) ? textIn(ipAddress, 'dnsNameLabel') : undefined;
  if (dnsNameLabel !== undefined && !label.test(dnsNameLabel)) {
    const wrong = 'is not 5 to 63 lowercase letters, digits and single hyphens with a letter first';
    report('properties.ipAddress.dnsNameLabel', wrong, 'shop-web');
  }
}

function checkVariables(properties: JsonObject, at: string, report: Report): void {
  const seen = new Set<string>();
  for (const variable of objectsIn(properties, 'environmentVariables')) {
    const name = textIn(variable, 'name') ?? '';
    const of = `${at}.environmentVariables[${name}]`;
    if (!variableName.test(name)) {
      const wrong =
        'has a name that is not 1 to 63 letters, digits and underscores, with none of these first or last';
      report(of, wrong, 'LOG_LEVEL');
    }
    if (seen.has(name)) report(of, 'is there twice', 'each name once');
    seen.add(name);
    const kinds = ['value', 'secureValue', 'secureValueReference'].filter(
      (kind) => textIn(variable, kind) !== undefined,
    );
    if (kinds.length > 1) report(of, `has ${kinds.join(' and ')}`, 'one of them');
  }
}
