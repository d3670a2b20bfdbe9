import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubernetesClient } from './client.ts';

/** A gateway in front of one HTTPRoute: it takes the route, and spreads requests by its weights. */
export interface SmallGateway extends AsyncDisposable {
  url: string;
  /** The weights by Service, each time they were taken. */
  taken: Array<Record<string, number>>;
  /** Why it refuses the route from now on; empty: it takes it again. */
  refuse(why: string): void;
}

interface Route {
  metadata: { generation: number; resourceVersion: string };
  spec: {
    parentRefs: unknown[];
    rules: Array<{ backendRefs: Array<{ name: string; port: number; weight?: number }> }>;
  };
  status: unknown;
}

const pause = 100;

/** Starts a gateway for a route that is there. It looks at the route ten times a second. */
export async function startSmallGateway(
  { ask, serviceAddress }: KubernetesClient,
  at: { namespace: string; route: string },
): Promise<SmallGateway> {
  const path = `/apis/gateway.networking.k8s.io/v1/namespaces/${at.namespace}/httproutes/${at.route}`;
  const over = new AbortController();
  const taken: Array<Record<string, number>> = [];
  let refused = '';
  let current: Route | undefined;
  let said = '';

  const take = async () => {
    const route: Route = JSON.parse((await ask('GET', path)).body);
    const now = `${route.metadata.generation} ${refused}`;
    if (now === said) return;
    const condition = (type: string) => ({
      type,
      status: refused ? 'False' : 'True',
      reason: refused ? 'BackendNotFound' : type,
      message: refused,
      observedGeneration: route.metadata.generation,
      lastTransitionTime: new Date().toISOString(),
    });
    const parents = route.spec.parentRefs.map((parentRef) => ({
      parentRef,
      controllerName: 'slipway.example/small',
      conditions: [condition('Accepted'), condition('ResolvedRefs')],
    }));
    const { status } = await ask('PUT', `${path}/status`, { ...route, status: { parents } });
    // Somebody was faster; the next look sees what he wrote.
    if (status !== 200) return;
    said = now;
    if (refused) return;
    current = route;
    taken.push(Object.fromEntries(backends(route).map(({ name, weight = 1 }) => [name, weight])));
  };
  const looks = (async () => {
    while (!over.signal.aborted) {
      await take();
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  })();

  const server = createServer(async (_, answer) => {
    try {
      const name = chosen(backends(current));
      const address = await serviceAddress(at.namespace, name);
      const said = await fetch(`http://${address}/`, { headers: { connection: 'close' } });
      answer.writeHead(said.status).end(await said.text());
    } catch (error) {
      answer.writeHead(502).end(String(error));
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    taken,
    refuse(why) {
      refused = why;
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      server.close();
      server.closeAllConnections();
      await looks;
    },
  };
}

function backends(route: Route | undefined) {
  return route?.spec.rules.flatMap(({ backendRefs }) => backendRefs) ?? [];
}

function chosen(all: ReturnType<typeof backends>): string {
  const sum = all.reduce((total, { weight = 1 }) => total + weight, 0);
  let left = Math.random() * sum;
  for (const { name, weight = 1 } of all) {
    left -= weight;
    if (left < 0) return name;
  }
  throw new Error('no backend has a weight');
}
