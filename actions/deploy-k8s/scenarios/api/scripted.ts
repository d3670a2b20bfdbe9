import type { Clock } from '@slipway/shared/time/clock';
import { systemClock } from '@slipway/shared/time/clock';
import {
  type ScriptedApiServer,
  startScriptedApiServer,
} from '../../../../packages/local-cloud/src/kubernetes-script/scripted-api-server.ts';
import type { KubernetesApi, Resource } from '../../src/api/kubernetes-api.ts';
import { openApi } from '../../src/api/open-api.ts';
import type { ClusterAccess } from '../../src/connection/access.ts';

/** A clock on which a minute is three seconds. */
export function quickClock(): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * 20,
    sleep: (ms, signal) => systemClock.sleep(ms / 20, signal),
  };
}

export const pods: Resource = {
  apiVersion: 'v1',
  kind: 'Pod',
  plural: 'pods',
  isNamespaced: true,
};
export const podsOfShop = { resource: pods, namespace: 'shop' };
export const podPath = '/api/v1/namespaces/shop/pods';
export const signal: AbortSignal = new AbortController().signal;

/** A pod as a server gives it. */
export function pod(name: string, resourceVersion: string, more: object = {}) {
  return { metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion }, ...more };
}

export function podList(resourceVersion: string, ...items: object[]) {
  const metadata = { resourceVersion };
  return { status: 200, body: { kind: 'PodList', apiVersion: 'v1', metadata, items } };
}

/** A scripted server, and calls to it. */
export interface Scripting extends AsyncDisposable {
  server: ScriptedApiServer;
  api: KubernetesApi;
  clock: Clock;
}

/** What is asked of the server goes by a token that changes each time it is renewed. */
export async function startScripting(more: Partial<ClusterAccess> = {}): Promise<Scripting> {
  const server = await startScriptedApiServer();
  const clock = quickClock();
  let token = 1;
  const access: ClusterAccess = {
    server: new URL(server.server),
    ca: server.certificateAuthority,
    tlsServerName: undefined,
    proxy: undefined,
    headers: {},
    namespace: undefined,
    from: 'a test',
    identity: {
      who: 'the user of the test',
      remedy: 'Do what the test says.',
      proof: async () => ({ authorization: `Bearer token-${token}` }),
      ended() {
        token += 1;
      },
    },
    ...more,
  };
  return {
    server,
    clock,
    api: openApi({ access, env: {}, clock }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
