import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Ask, askAs, waitFor } from './api.ts';
import { kubeconfig } from './credentials.ts';
import { cached, kubectlProgram } from './programs.ts';
import { signUser } from './sign-user.ts';

const run = promisify(execFile);

/** What one has to know of a cluster to work with it, from any process on this computer. */
export interface ClusterFacts {
  /** `https://127.0.0.1:6443` */
  server: string;
  /** PEM of what signed the API server's certificate. */
  certificateAuthority: string;
  /** A token of the administrator. */
  token: string;
  /** The only node; its address answers this computer, at the node ports of Services too. */
  node: { name: string; architecture: 'amd64' | 'arm64'; address: string };
  /** Folder of the cluster. */
  folder: string;
}

/** What somebody may do: a rule of RBAC. */
export interface Rule {
  /** '' is the core group. */
  apiGroups: readonly string[];
  resources: readonly string[];
  verbs: readonly string[];
  resourceNames?: readonly string[];
}

/** Works with a cluster as its administrator. */
export interface KubernetesClient extends ClusterFacts {
  /** Text of the administrator's kubeconfig, with everything in it. */
  kubeconfig: string;
  ask: Ask;
  /**
   * Runs kubectl.
   * @param input what it reads on stdin
   * @throws when it ends with anything but 0, with what it printed
   */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Makes a namespace with a name of its own, in which pods can be started. */
  namespace(labels?: Readonly<Record<string, string>>): Promise<string>;
  /** The kubeconfig of a user with a client certificate, who may do what {@link allow} says. */
  user(name: string, groups?: readonly string[]): Promise<string>;
  /**
   * Lets a user do something, however the API server gets to know that he is it.
   * @param namespace in this one alone; none: in the whole cluster
   */
  allow(user: string, rules: readonly Rule[], namespace?: string): Promise<void>;
  /** A Service's address in the cluster and its first port, which answers this computer: `198.19.0.17:80` */
  serviceAddress(namespace: string, name: string): Promise<string>;
  /** Installs GatewayClass, Gateway and HTTPRoute; no controller comes with them. */
  installGatewayApi(): Promise<void>;
}

const ours = { 'slipway-test': `${process.pid}-${Date.now()}` };
/** Selector of all that the clients of this process made. */
export const labelOfOurs = `slipway-test=${ours['slipway-test']}`;

export function clientOf(facts: ClusterFacts): KubernetesClient {
  const { certificateAuthority: ca, folder, server, token } = facts;
  const ask = askAs({ server, ca, token });
  const good = async (method: string, path: string, body?: unknown) => {
    const said = await ask(method, path, body);
    if (said.status >= 300) throw new Error(`${method} ${path}: ${said.status} ${said.body}`);
    return said.body;
  };
  const kubectl = async (args: readonly string[], input?: string) => {
    const file = join(folder, 'admin.kubeconfig');
    const host = new URL(server).hostname;
    const call = run(kubectlProgram(), ['--kubeconfig', file, ...args], {
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, HOME: folder, NO_PROXY: host, no_proxy: host },
    });
    call.child.stdin?.on('error', () => undefined); // It may end before it has read everything.
    call.child.stdin?.end(input);
    return (await call).stdout;
  };
  return {
    ...facts,
    kubeconfig: kubeconfig(server, ca, { token }),
    ask,
    kubectl,
    async namespace(labels = {}) {
      const name = freshName();
      await good('POST', '/api/v1/namespaces', {
        metadata: { name, labels: { ...ours, ...labels } },
      });
      await waitFor('the service account of the namespace', 30_000, async () => {
        const path = `/api/v1/namespaces/${name}/serviceaccounts/default`;
        const { status, body } = await ask('GET', path);
        return status === 200 || body;
      });
      return name;
    },
    async user(name, groups = []) {
      return kubeconfig(server, ca, await signUser(folder, { user: name, groups }, ask));
    },
    async allow(user, rules, namespace) {
      const rbac = 'rbac.authorization.k8s.io';
      const name = freshName();
      const base = `/apis/${rbac}/v1/${namespace ? `namespaces/${namespace}/` : 'cluster'}`;
      const kind = namespace ? 'Role' : 'ClusterRole';
      await good('POST', `${base}roles`, { metadata: { name, labels: ours }, rules });
      await good('POST', `${base}rolebindings`, {
        metadata: { name, labels: ours },
        subjects: [{ kind: 'User', name: user, apiGroup: rbac }],
        roleRef: { kind, name, apiGroup: rbac },
      });
    },
    async serviceAddress(namespace, name) {
      const path = `/api/v1/namespaces/${namespace}/services/${name}`;
      const { spec } = JSON.parse(await good('GET', path));
      return `${spec.clusterIP}:${spec.ports[0].port}`;
    },
    async installGatewayApi() {
      const kinds = ['gatewayclasses', 'gateways', 'httproutes'];
      const files = kinds.map((kind) => `--filename=${cached(`gateway-api/${kind}.yaml`)}`);
      await kubectl(['apply', '--server-side', ...files]);
      const names = kinds.map((kind) => `crd/${kind}.gateway.networking.k8s.io`);
      await kubectl(['wait', '--for=condition=Established', '--timeout=30s', ...names]);
    },
  };
}

function freshName(): string {
  return `test-${randomBytes(4).toString('hex')}`;
}
