import { numberOf } from '@slipway/shared/document/json-number';
import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
} from '@slipway/shared/document/json-object';
import { textField } from '@slipway/shared/http/json';
import { cpuUnits, memoryMib } from '../check/sizes.ts';
import { registrable } from '../registrable.ts';

/**
 * A task definition without what ECS fills in by itself when it is registered, so that a file and the
 * description of what it became are the same. Nothing else is taken away: a difference that is not
 * seen would never be deployed, one that is none only costs a revision.
 */
export function normal(document: JsonObject): JsonObject {
  const mode = textField(document, 'networkMode');
  const { enableFaultInjection, ...rest } = registrable(document);
  return {
    ...rest,
    ...(enableFaultInjection === undefined || enableFaultInjection === false
      ? {}
      : { enableFaultInjection }),
    ...sizeIn(rest, 'cpu', cpuUnits),
    ...sizeIn(rest, 'memory', memoryMib),
    ...eachIn(rest, 'volumes', normalVolume),
    ...eachIn(rest, 'containerDefinitions', (container) => normalContainer(container, mode)),
  };
}

function sizeIn(
  object: JsonObject,
  field: string,
  read: (text: string) => number | undefined,
): JsonObject {
  const size = read(textField(object, field) ?? '');
  return size === undefined ? {} : { [field]: String(size) };
}

function eachIn(
  object: JsonObject,
  field: string,
  change: (item: JsonObject) => JsonObject,
): JsonObject {
  const list = object[field];
  if (!isJsonList(list)) return {};
  return { [field]: list.map((item) => (isJsonObject(item) ? change(item) : item)) };
}

function normalContainer(container: JsonObject, mode: string | undefined): JsonObject {
  const { healthCheck, logConfiguration } = container;
  return {
    ...without(container, { cpu: 0, essential: true }),
    ...(isJsonObject(healthCheck) && {
      healthCheck: without(healthCheck, { interval: 30, timeout: 5, retries: 3 }),
    }),
    ...(isJsonObject(logConfiguration) && { logConfiguration: withoutEmpty(logConfiguration) }),
    ...eachIn(container, 'portMappings', (mapping) => normalMapping(mapping, mode)),
  };
}

function normalMapping(mapping: JsonObject, mode: string | undefined): JsonObject {
  const port = numberOf(mapping['containerPort']);
  const given = without(mapping, { protocol: 'tcp', hostPort: 0 });
  const filled = mode === 'awsvpc' || mode === 'host' ? port : undefined;
  return filled === undefined ? given : without(given, { hostPort: filled });
}

function normalVolume(volume: JsonObject): JsonObject {
  const { efsVolumeConfiguration: efs, host, ...rest } = volume;
  return {
    ...rest,
    ...(host !== undefined && !isEmpty(host) && { host }),
    ...(isJsonObject(efs) && { efsVolumeConfiguration: without(efs, { rootDirectory: '/' }) }),
    ...(efs !== undefined && !isJsonObject(efs) && { efsVolumeConfiguration: efs }),
  };
}

/** Without the fields that have their default. */
function without(object: JsonObject, defaults: Readonly<Record<string, Json>>): JsonObject {
  const own = Object.entries(object).filter(([name, value]) => {
    const standard = Object.hasOwn(defaults, name) ? defaults[name] : undefined;
    return standard === undefined || (numberOf(value) ?? value) !== standard;
  });
  return Object.fromEntries(own);
}

function withoutEmpty(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: Json | undefined): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}
