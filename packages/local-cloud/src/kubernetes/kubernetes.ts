import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../program.ts';
import { addressesOf } from './addresses.ts';
import { askAs, type Said, waitFor } from './api.ts';
import { makeAuthority } from './authority.ts';
import { controlPlane } from './control-plane.ts';
import { kubeconfig, nodeName, writeCredentials } from './credentials.ts';
import { type JwtAuthenticator, makeIssuers, writeAuthentication } from './issuers.ts';
import { startMachine } from './machine.ts';
import { planNode } from './node.ts';

const run = promisify(execFile);

/** What somebody may do: a rule of RBAC. */
export interface Rule {
  /** '' is the core group. */
  apiGroups: readonly string[];
  resources: readonly string[];
  verbs: readonly string[];
  resourceNames?: readonly string[];
}

/** A real Kubernetes of one node, on this computer. Disposing of it leaves nothing of it. */
export interface Kubernetes extends AsyncDisposable {
  /** Text of the administrator's kubeconfig, with everything in it. */
  kubeconfig: string;
  /** `https://127.0.0.1:6443` */
  server: string;
  /** PEM of what signed the API server's certificate. */
  certificateAuthority: string;
  /** A token of the administrator. */
  token: string;
  node: { name: string; architecture: 'amd64' | 'arm64'; address: string };
  /** Asks the API server as the administrator. */
  ask(method: string, path: string, body?: unknown): Promise<Said>;
  /**
   * Runs kubectl as the administrator.
   * @param input what it reads on stdin
   * @throws when it ends with anything but 0, with what it printed
   */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Makes a namespace of a name of its own, in which pods can be started. */
  namespace(labels?: Readonly<Record<string, string>>): Promise<string>;
  /** The kubeconfig of a user with a client certificate; he may do what {@link allow} says, and nothing before. */
  user(name: string, groups?: readonly string[]): Promise<string>;
  /**
   * Lets a user (any that the API server knows by this name) do something.
   * @param namespace in this one alone; none: in the whole cluster
   */
  allow(user: string, rules: readonly Rule[], namespace?: string): Promise<void>;
  /** Trusts an issuer of tokens; resolves when they are taken. Disposing of the answer ends the trust. */
  trust(authenticator: JwtAuthenticator): Promise<AsyncDisposable>;
  /** `198.19.0.17:80`, which answers on this computer: a Service's address in the cluster, and its first port. */
  serviceAddress(namespace: string, name: string): Promise<string>;
  /** Kills the API server and starts it again; resolves when it is ready. */
  restartApiServer(): Promise<void>;
}

/**
 * Starts a Kubernetes: etcd, the control plane, and a node with containerd and kube-proxy, in namespaces
 * of their own. Its API server answers on 127.0.0.1; the node reaches this computer's 127.0.0.1, and so
 * pulls from a registry there. Pods and Services answer this computer by their addresses. There is no
 * cluster DNS, and nothing enforces a NetworkPolicy.
 * @throws when the programs are missing, which `scripts/setup kubernetes` brings, or this user is not root
 */
export async function startKubernetes(): Promise<Kubernetes> {
  const bin = join(process.env['SLIPWAY_CACHE'] ?? join(homedir(), '.cache/slipway'), 'kubernetes');
  if (!existsSync(join(bin, 'kube-apiserver'))) {
    throw new Error('Kubernetes is not there; run `scripts/setup kubernetes`');
  }
  await using started = new AsyncDisposableStack();
  const machine = started.use(await startMachine());
  const { folder } = machine;
  const file = (name: string) => join(folder, name);
  const [authority, port] = await Promise.all([makeAuthority(file('certificates')), freePort()]);
  const addresses = addressesOf(machine.slot);
  const parts = { folder, bin, port, addresses, authority };
  const server = `https://127.0.0.1:${port}`;
  const [control, node, token] = await Promise.all([
    controlPlane(parts),
    planNode(parts, machine.controlGroup),
    writeCredentials(folder, server, authority),
    writeAuthentication(file('authentication.json')),
  ]);
  const ask = askAs({ server, ca: authority.pem, token });
  const apiServerAnswers = () =>
    waitFor('the API server', 60_000, async () => {
      const { status, body } = await ask('GET', '/readyz');
      return status === 200 || body;
    });
  const startParts = async () => {
    await machine.start('etcd', 'computer', control.etcd);
    await machine.start('api-server', 'computer', control.apiServer);
    await machine.start('containerd', 'node', node.containerd);
    const leadToApi = [
      ...['iptables', '-t', 'nat', '-A', 'PREROUTING', '-p', 'tcp'],
      ...['-d', addresses.kubernetes, '--dport', '443'],
      ...['-j', 'DNAT', '--to-destination', `127.0.0.1:${port}`],
    ];
    await Promise.all([
      machine.run('node', leadToApi),
      waitFor('containerd', 30_000, () =>
        machine
          .run('node', [...node.ctr, 'images', 'import', join(bin, 'pause.tar')])
          .then(() => true),
      ),
      apiServerAnswers(),
    ]);
    await machine.start('controllers', 'computer', control.controllers);
    await machine.start('scheduler', 'computer', control.scheduler);
    await machine.start('kubelet', 'node', node.kubelet);
    await machine.start('proxy', 'node', node.proxy);
    await waitFor('the node', 60_000, async () => {
      const { body } = await ask('GET', `/api/v1/nodes/${nodeName}`);
      const { status, spec } = JSON.parse(body);
      const ready = status?.conditions?.some(
        (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
      );
      return (ready === true && spec.taints === undefined) || body;
    });
  };
  try {
    await Promise.race([startParts(), machine.failure]);
  } catch (error) {
    const names = ['etcd', 'api-server', 'containerd', 'controllers', 'scheduler', 'kubelet'];
    const logs = names.map((name) => `--- ${name}\n${machine.log(name)}`).join('\n');
    throw new Error(`the cluster did not start: ${String(error)}\n${logs}`);
  }
  const admin = kubeconfig(server, authority, { token });
  const adminFile = file('admin.kubeconfig');
  const issuers = makeIssuers(file('authentication.json'), ask);
  const good = async (method: string, path: string, body?: unknown) => {
    const said = await ask(method, path, body);
    if (said.status >= 300) throw new Error(`${method} ${path}: ${said.status} ${said.body}`);
    return said.body;
  };
  const kubectl = async (args: readonly string[], input?: string) => {
    const call = run(join(bin, 'kubectl'), ['--kubeconfig', adminFile, ...args], {
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, HOME: folder, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
    });
    call.child.stdin?.on('error', () => undefined); // It may end before it has read everything.
    call.child.stdin?.end(input);
    return (await call).stdout;
  };
  const { architecture } = JSON.parse(await good('GET', `/api/v1/nodes/${nodeName}`)).status
    .nodeInfo;
  const kept = started.move();
  return {
    kubeconfig: admin,
    server,
    certificateAuthority: authority.pem,
    token,
    node: { name: nodeName, architecture, address: addresses.node },
    ask,
    kubectl,
    async namespace(labels = {}) {
      const name = `test-${randomBytes(4).toString('hex')}`;
      await good('POST', '/api/v1/namespaces', { metadata: { name, labels } });
      await waitFor('the service account of the namespace', 30_000, async () => {
        const path = `/api/v1/namespaces/${name}/serviceaccounts/default`;
        const { status, body } = await ask('GET', path);
        return status === 200 || body;
      });
      return name;
    },
    async user(name, groups = []) {
      const escaped = (part: string) => part.replace(/[\\/+]/g, '\\$&');
      const subject = [...groups.map((group) => `/O=${escaped(group)}`), `/CN=${escaped(name)}`];
      const made = await authority.sign(
        `user-${randomBytes(4).toString('hex')}`,
        subject.join(''),
        'extendedKeyUsage=clientAuth',
      );
      const [certificate, key] = await Promise.all([
        readFile(made.certificate, 'utf8'),
        readFile(made.key, 'utf8'),
      ]);
      return kubeconfig(server, authority, { certificate, key });
    },
    async allow(user, rules, namespace) {
      const rbac = 'rbac.authorization.k8s.io';
      const name = `test-${randomBytes(4).toString('hex')}`;
      const base = `/apis/${rbac}/v1/${namespace ? `namespaces/${namespace}/` : 'cluster'}`;
      const kind = namespace ? 'Role' : 'ClusterRole';
      await good('POST', `${base}roles`, { metadata: { name }, rules });
      await good('POST', `${base}rolebindings`, {
        metadata: { name },
        subjects: [{ kind: 'User', name: user, apiGroup: rbac }],
        roleRef: { kind, name, apiGroup: rbac },
      });
    },
    trust: (authenticator) => issuers.trust(authenticator),
    async serviceAddress(namespace, name) {
      const path = `/api/v1/namespaces/${namespace}/services/${name}`;
      const { spec } = JSON.parse(await good('GET', path));
      return `${spec.clusterIP}:${spec.ports[0].port}`;
    },
    async restartApiServer() {
      await machine.kill('api-server');
      await machine.start('api-server', 'computer', control.apiServer);
      await apiServerAnswers();
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
