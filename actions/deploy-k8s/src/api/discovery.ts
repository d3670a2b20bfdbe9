import { objectsIn, textIn } from '@slipway/shared/document/json-object';
import { rootOf } from './addresses.ts';
import type { ApiCall } from './api-call.ts';
import { objectOf } from './calls.ts';
import type { KubernetesApi, Resource } from './kubernetes-api.ts';
import { refusalOf } from './refusals.ts';
import type { Sender } from './send.ts';

/**
 * The kinds that a server has, asked for one group and version at a time, each once: a deployment
 * needs some five of them, and the whole list is long where there are many CustomResourceDefinitions.
 * Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#unaggregated-discovery
 */
export function openDiscovery(sender: Sender): KubernetesApi['resource'] {
  const known = new Map<string, readonly Resource[]>();
  const resourcesOf = async (apiVersion: string, signal: AbortSignal) => {
    const call: ApiCall = {
      what: `reading the kinds of ${apiVersion}`,
      verb: 'get',
      group: '',
      resource: apiVersion,
      namespace: undefined,
      method: 'GET',
      path: rootOf(apiVersion),
    };
    const answer = await sender.send(call, signal);
    if (answer.status === 404) return [];
    if (answer.status !== 200) throw refusalOf(answer, call);
    return objectsIn(objectOf(answer, call), 'resources').flatMap((found): Resource[] => {
      const [plural, kind] = [textIn(found, 'name'), textIn(found, 'kind')];
      // `deployments/scale` is a part of an object.
      if (plural === undefined || kind === undefined || plural.includes('/')) return [];
      return [{ apiVersion, kind, plural, isNamespaced: found['namespaced'] === true }];
    });
  };
  return async ({ apiVersion, kind }, signal) => {
    if (!/^(?:[a-z0-9.-]{1,253}\/)?[a-z0-9]{1,63}$/.test(apiVersion)) return undefined;
    const resources = known.get(apiVersion) ?? (await resourcesOf(apiVersion, signal));
    known.set(apiVersion, resources);
    return resources.find((resource) => resource.kind === kind);
  };
}
