import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
  objectIn,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';

/** Two Services in the same namespace as a route: the one that users reach, and the one beside it. */
export interface Pair {
  readonly service: string;
  readonly canary: string;
}

/** Whether a rule of an HTTPRoute leads to a Service. */
export function leadsTo(route: JsonObject, service: string): boolean {
  return rulesOf(route).some((rule) => objectsIn(rule, 'backendRefs').some(isRefTo(service)));
}

/**
 * A route that gives the canary its share of what the Service gets. The other backends of a rule keep
 * theirs: a share is a weight divided by the sum of them.
 * Source: https://gateway-api.sigs.k8s.io/guides/traffic-splitting/
 * @param percent 1 to 99
 */
export function withShare(
  route: JsonObject,
  { canary, service }: Pair,
  percent: number,
): JsonObject {
  return withRefs(withoutCanary(route, { canary, service }), (refs) => {
    if (!refs.some(isRefTo(service))) return refs;
    return refs.flatMap((ref) => {
      const weight = weightOf(ref);
      if (!isRefTo(service)(ref)) return [{ ...ref, weight: weight * 100 }];
      return [
        { ...ref, weight: weight * (100 - percent) },
        { ...ref, name: canary, weight: weight * percent },
      ];
    });
  });
}

/** A route without the canary: the Service gets its share back, and each weight is what it was. */
export function withoutCanary(route: JsonObject, { canary, service }: Pair): JsonObject {
  return withRefs(route, (refs) => {
    const own = refs.find(isRefTo(canary));
    if (!own) return refs;
    const rest = refs.filter((ref) => ref !== own);
    return rest.map((ref) => {
      const weight = weightOf(ref) + (isRefTo(service)(ref) ? weightOf(own) : 0);
      return { ...ref, weight: weight % 100 === 0 ? weight / 100 : weight };
    });
  });
}

/**
 * Whether every controller of a route has taken it as it is now.
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/#routeparentstatus
 * @returns why not, for people; undefined when they have
 */
export function notTaken(route: JsonObject): string | undefined {
  const generation = Number(objectIn(route, 'metadata')['generation'] ?? 0);
  const parents = objectsIn(objectIn(route, 'status'), 'parents');
  if (parents.length === 0) return 'no gateway has taken the route';
  for (const parent of parents) {
    const conditions = objectsIn(parent, 'conditions');
    for (const type of ['Accepted', 'ResolvedRefs']) {
      const condition = conditions.find((one) => textIn(one, 'type') === type);
      const seen = Number(condition?.['observedGeneration'] ?? 0);
      if (!condition || seen < generation) return 'the gateway has not looked at the route yet';
      if (textIn(condition, 'status') !== 'True') {
        return `the gateway does not take the route: ${textIn(condition, 'reason') ?? type}, ${textIn(condition, 'message') ?? ''}`;
      }
    }
  }
  return undefined;
}

function withRefs(
  route: JsonObject,
  change: (refs: readonly JsonObject[]) => readonly JsonObject[],
): JsonObject {
  const { rules } = objectIn(route, 'spec');
  if (!isJsonList(rules)) return route;
  const changed = rules.map((rule): Json => {
    if (!isJsonObject(rule) || rule['backendRefs'] === undefined) return rule;
    return { ...rule, backendRefs: change(objectsIn(rule, 'backendRefs')) };
  });
  return { ...route, spec: { ...objectIn(route, 'spec'), rules: changed } };
}

function rulesOf(route: JsonObject): readonly JsonObject[] {
  return objectsIn(objectIn(route, 'spec'), 'rules');
}

/** A reference without a kind is one to a Service, and without a namespace to one beside the route. */
function isRefTo(name: string): (ref: JsonObject) => boolean {
  return (ref) =>
    textIn(ref, 'name') === name &&
    (textIn(ref, 'kind') ?? 'Service') === 'Service' &&
    textIn(ref, 'namespace') === undefined;
}

function weightOf(ref: JsonObject): number {
  const weight = Number(ref['weight'] ?? 1);
  return Number.isFinite(weight) ? weight : 1;
}
