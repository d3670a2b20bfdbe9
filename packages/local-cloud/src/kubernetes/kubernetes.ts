import { dirname, join } from 'node:path';
import { freePort, isFree } from '../program.ts';
import { addressesOf } from './addresses.ts';
import { makeAuthority } from './authority.ts';
import { clientOf, type KubernetesClient } from './client.ts';
import { useKubernetes } from './existing.ts';
import { type JwtAuthenticator, makeIssuers, writeAuthentication } from './issuers.ts';
import { startMachine } from './machine.ts';
import { cached } from './programs.ts';
import { startParts } from './start-parts.ts';

export type { Rule } from './client.ts';

/** A real Kubernetes of one node, on this computer. Disposing of it leaves nothing of it. */
export interface Kubernetes extends KubernetesClient, AsyncDisposable {
  /**
   * Trusts one more issuer of tokens, which has to answer; resolves when they are taken, after 10 s: that
   * is how often a Kubernetes looks whether an issuer is there.
   * @returns what ends the trust
   */
  trust(authenticator: JwtAuthenticator): Promise<AsyncDisposable>;
  /** Kills the API server and starts it again; resolves when it is ready. */
  restartApiServer(): Promise<void>;
}

export interface KubernetesOptions {
  /** Issuers that are trusted from the start, which takes no time. They have to answer. */
  trust?: readonly JwtAuthenticator[];
}

/**
 * Starts a Kubernetes: etcd, the control plane, and a node with containerd and kube-proxy, in namespaces
 * of their own. Its API server answers on 127.0.0.1; the node reaches this computer's 127.0.0.1, and so
 * pulls from a registry there. Pods and Services answer this computer by their addresses. There is no
 * cluster DNS, and nothing enforces a NetworkPolicy.
 * With SLIPWAY_KUBECONFIG the cluster of that file is used instead, see {@link useKubernetes}.
 * @throws when the programs are missing, which `scripts/setup kubernetes` brings, or this user is not root
 */
export async function startKubernetes({ trust = [] }: KubernetesOptions = {}): Promise<Kubernetes> {
  const existing = process.env['SLIPWAY_KUBECONFIG'];
  if (existing) {
    const needsOwn = () => Promise.reject(new Error('this test needs a cluster of its own'));
    return { ...(await useKubernetes(existing)), trust: needsOwn, restartApiServer: needsOwn };
  }
  const bin = dirname(cached('kubernetes/kubelet'));
  await using started = new AsyncDisposableStack();
  const machine = started.use(await startMachine());
  const { folder, slot } = machine;
  const authentication = join(folder, 'authentication.json');
  const [authority, port] = await Promise.all([
    makeAuthority(join(folder, 'certificates')),
    portOf(slot),
    writeAuthentication(authentication, trust),
  ]);
  const addresses = addressesOf(slot);
  const running = await startParts(machine, { folder, bin, port, addresses, authority });
  const client = clientOf(running.facts);
  const issuers = makeIssuers(authentication, client.ask, trust);
  const kept = started.move();
  return {
    ...client,
    trust: (authenticator) => issuers.trust(authenticator),
    restartApiServer: running.restartApiServer,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** The slot's own port, which no connection of another program takes meanwhile; else one that is free. */
async function portOf(slot: number): Promise<number> {
  const port = 16_443 + slot;
  return (await isFree(port)) ? port : freePort();
}
