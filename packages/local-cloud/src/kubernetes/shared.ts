import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ClusterFacts, clientOf, type KubernetesClient } from './client.ts';
import type { JwtAuthenticator } from './issuers.ts';
import { type Kubernetes, startKubernetes } from './kubernetes.ts';

/** Name of the variable that says where the shared cluster is asked for. */
export const sharedVariable = 'SLIPWAY_TEST_KUBERNETES';

/** A cluster that other test files use at the same time: each makes namespaces of its own. */
export interface SharedKubernetes extends KubernetesClient {
  /** As {@link Kubernetes.trust}; the trust ends at the latest with this process. */
  trust(authenticator: JwtAuthenticator): Promise<Disposable>;
}

/** Keeps a cluster for many processes. */
export interface Keeper extends AsyncDisposable {
  /** Value of {@link sharedVariable} for those processes. */
  socket: string;
}

/** Keeps one cluster for the test files of a run; it is started when the first of them asks for it. */
export async function keepKubernetes(start = startKubernetes): Promise<Keeper> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-cluster-')); // for this user alone
  let cluster: Promise<Kubernetes> | undefined;
  const server = createServer((incoming, outgoing) => {
    cluster ??= start();
    answer(cluster, incoming, outgoing).catch((error: unknown) => {
      outgoing.writeHead(500).end(String(error));
    });
  });
  const socket = join(folder, 'socket');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(socket, resolve);
  });
  return {
    socket,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      const started = await cluster?.catch(() => undefined);
      await started?.[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answer(
  cluster: Promise<Kubernetes>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await text(incoming);
  const { certificateAuthority, folder, node, server, token, trust } = await cluster;
  if (incoming.url === '/facts') {
    outgoing.end(JSON.stringify({ certificateAuthority, folder, node, server, token }));
    return;
  }
  const trusted = await trust(JSON.parse(body));
  const end = () => {
    Promise.resolve(trusted[Symbol.asyncDispose]()).catch((error: unknown) => console.error(error));
  };
  if (outgoing.destroyed) end();
  // Whoever asked keeps the connection for as long as he wants the trust.
  else outgoing.on('close', end).write('trusted');
}

/**
 * The cluster of this run of tests, see {@link keepKubernetes}.
 * @throws when this is no run of scenarios, or the cluster cannot be started
 */
export async function sharedKubernetes(): Promise<SharedKubernetes> {
  const said = await ask('/facts', '');
  const facts: ClusterFacts = JSON.parse(await text(said));
  return {
    ...clientOf(facts),
    async trust(authenticator) {
      const trusted = await ask('/trust', JSON.stringify(authenticator));
      return { [Symbol.dispose]: () => trusted.destroy() };
    },
  };
}

/** Resolves with the beginning of a good answer. */
function ask(path: string, body: string): Promise<IncomingMessage> {
  const socketPath = process.env[sharedVariable];
  if (!socketPath)
    throw new Error(`${sharedVariable} is not set: no run of scenarios keeps a cluster`);
  return new Promise((resolve, reject) => {
    request({ socketPath, path, method: 'POST', agent: false })
      .on('error', reject)
      .on('response', (answered) => {
        if (answered.statusCode === 200) resolve(answered);
        else text(answered).then((why) => reject(new Error(why)), reject);
      })
      .end(body);
  });
}
