import type { DeploymentConfiguration, DeploymentLifecycleHook } from '@aws-sdk/client-ecs';
import { numberOf } from '@slipway/shared/document/json-number';
import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
  objectIn,
  objectsIn,
} from '@slipway/shared/document/json-object';
import { jsonOf } from '@slipway/shared/document/parse-document';
import { textField, textsField } from '@slipway/shared/http/json';
import { proofStage } from './lifecycle.ts';
import { strategies } from './traffic.ts';

/** How a service definition has the service deployed, as far as this action goes by it. */
export function configurationIn(definition: JsonObject): DeploymentConfiguration {
  const has = objectIn(definition, 'deploymentConfiguration');
  const strategy = Object.values(strategies).find((one) => one === textField(has, 'strategy'));
  // Of its hooks it matters how many there are, and whether one waits for a proof already.
  const hooks = objectsIn(has, 'lifecycleHooks').map(
    (hook): DeploymentLifecycleHook => ({
      ...(textField(hook, 'targetType') === 'PAUSE' && { targetType: 'PAUSE' as const }),
      lifecycleStages: textsField(hook, 'lifecycleStages').includes(proofStage) ? [proofStage] : [],
    }),
  );
  const canary = numbersIn(objectIn(has, 'canaryConfiguration'), [
    'canaryPercent',
    'canaryBakeTimeInMinutes',
  ]);
  const linear = numbersIn(objectIn(has, 'linearConfiguration'), [
    'stepPercent',
    'stepBakeTimeInMinutes',
  ]);
  return {
    ...(strategy && { strategy }),
    ...numbersIn(has, ['bakeTimeInMinutes']),
    ...(Object.keys(canary).length > 0 && { canaryConfiguration: canary }),
    ...(Object.keys(linear).length > 0 && { linearConfiguration: linear }),
    ...(hooks.length > 0 && { lifecycleHooks: hooks }),
  };
}

/**
 * A service definition with what the inputs say of its deployment. Everything else that it says
 * stays, field by field; hooks are added behind its own.
 */
export function withConfiguration(
  definition: JsonObject,
  wanted: DeploymentConfiguration | undefined,
): JsonObject {
  if (!wanted) return definition;
  const has = objectIn(definition, 'deploymentConfiguration');
  const fields = Object.entries(objectOf(jsonOf(wanted)));
  const merged = fields.map(([name, value]) => [name, mergedField(has[name], value)]);
  return {
    ...definition,
    deploymentConfiguration: { ...has, ...Object.fromEntries(merged) },
  };
}

function mergedField(has: Json | undefined, wanted: Json | undefined): Json | undefined {
  if (isJsonObject(has) && isJsonObject(wanted)) return { ...has, ...wanted };
  if (isJsonList(has) && isJsonList(wanted)) return [...has, ...wanted.slice(has.length)];
  return wanted;
}

function objectOf(value: Json): JsonObject {
  return isJsonObject(value) ? value : {};
}

function numbersIn<Name extends string>(object: JsonObject, names: readonly Name[]) {
  const found: { [K in Name]?: number } = {};
  for (const name of names) {
    const number = numberOf(object[name]);
    if (number !== undefined) found[name] = number;
  }
  return found;
}
