import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Failure } from '@slipway/shared/failure/failure';
import { systemClock } from '@slipway/shared/time/clock';
import { poll } from '@slipway/shared/time/poll';
import { parse } from 'yaml';
import { pushExampleApp } from '../../../../packages/local-cloud/src/app-image.ts';
import { makeCertificate } from '../../../../packages/local-cloud/src/certificate.ts';
import { startGitHub } from '../../../../packages/local-cloud/src/github/github.ts';
import {
  type Kubernetes,
  startKubernetes,
} from '../../../../packages/local-cloud/src/kubernetes/kubernetes.ts';
import type { KubernetesApi, Resource } from '../../src/api/kubernetes-api.ts';
import { openApi } from '../../src/api/open-api.ts';
import { openKubernetes } from '../../src/api/open-kubernetes.ts';
import { clusterInput } from '../../src/connection/given-cluster.ts';
import { inClusterAccess } from '../../src/connection/in-cluster.ts';

let cluster: Kubernetes;
let image: string;
let folder: string;
const started = new AsyncDisposableStack();
const signal = new AbortController().signal;

beforeAll(async () => {
  image = await pushExampleApp(process.env['SLIPWAY_TEST_REGISTRY'] ?? '', 'd'.repeat(40));
  folder = await mkdtemp(join(tmpdir(), 'slipway-connection-'));
  started.defer(() => rm(folder, { recursive: true }));
  cluster = started.use(await startKubernetes());
}, 240_000);
afterAll(async () => {
  await started.disposeAsync();
}, 60_000);

const nothing = {
  kubeconfig: undefined,
  'kube-context': undefined,
  cluster: undefined,
  'cluster-ca': undefined,
  'oidc-audience': undefined,
  'aws-role': undefined,
  'azure-client-id': undefined,
  'azure-tenant-id': undefined,
  'google-workload-identity-provider': undefined,
  'google-service-account': undefined,
};

async function open(
  settings: Partial<Parameters<typeof openKubernetes>[0]>,
  env: Readonly<Record<string, string>> = {},
): Promise<KubernetesApi> {
  const commands = { mask: () => undefined, info: () => undefined };
  const run = { env: { PATH: process.env['PATH'] ?? '', ...env }, commands };
  return (await openKubernetes({ ...nothing, ...settings }, run, systemClock)).api;
}

async function kind(api: KubernetesApi, apiVersion: string, name: string): Promise<Resource> {
  const found = await api.resource({ apiVersion, kind: name }, signal);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

describe('a cluster that trusts GitHub', () => {
  const recipe = join(import.meta.dirname, '../../../../docs/recipes/kubernetes-trust.md');

  // Word for word but for what must be another one here: who issues, and for whom.
  async function trusted(ref: string) {
    await using things = new AsyncDisposableStack();
    const certificates = await mkdtemp(join(folder, 'issuer-'));
    const issuerCertificate = await makeCertificate(certificates);
    const run = { repository: 'org/app', ref };
    const github = things.use(await startGitHub({ repository: 'org/app', run, issuerCertificate }));
    const [, text = ''] =
      /```yaml\n(apiVersion: apiserver[\s\S]*?)```/.exec(await readFile(recipe, 'utf8')) ?? [];
    const [authenticator] = parse(text).jwt;
    const issuer = {
      url: github.oidc.issuer,
      audiences: [cluster.server],
      certificateAuthority: await readFile(issuerCertificate.file, 'utf8'),
    };
    things.use(await cluster.trust({ ...authenticator, issuer }));
    const kept = things.move();
    const settings = {
      cluster: clusterInput.parse(cluster.server),
      'cluster-ca': cluster.certificateAuthority,
    };
    return {
      open: (more: object = {}) => open({ ...settings, ...more }, github.oidc.env),
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    };
  }

  it('knows a job by the configuration that the recipe has', async () => {
    await using github = await trusted('refs/heads/main');
    const namespace = await cluster.namespace();
    await cluster.allow(
      'github:org/app',
      [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
      namespace,
    );
    const api = await github.open();
    const pods = await kind(api, 'v1', 'Pod');
    expect(await api.list({ resource: pods, namespace }, signal)).toEqual([]);
    await expect(api.get({ resource: pods, namespace, name: 'a' }, signal)).rejects.toMatchObject({
      code: 'k8s/denied',
      message: `github:org/app may not get pods in namespace ${namespace}.`,
    });
    const other = await github.open({ 'oidc-audience': 'https://other.example.com' });
    await expect(kind(other, 'v1', 'Pod')).rejects.toMatchObject({ code: 'k8s/unauthorized' });
  }, 120_000);

  it('does not know a job of another branch', async () => {
    await using github = await trusted('refs/heads/other');
    const api = await github.open();
    await expect(kind(api, 'v1', 'Pod')).rejects.toMatchObject({
      code: 'k8s/unauthorized',
      remedy: expect.stringContaining('subject repo:org/app:ref:refs/heads/other'),
    });
  }, 120_000);
});

describe('a kubeconfig', () => {
  it('with a client certificate', async () => {
    const api = await open({ kubeconfig: await cluster.user('certified') });
    const pods = await kind(api, 'v1', 'Pod');
    await expect(api.list({ resource: pods, namespace: 'default' }, signal)).rejects.toMatchObject({
      message: 'certified may not list pods in namespace default.',
    });
    const asked = [
      { verb: 'list', group: '', resource: 'pods', namespace: 'default' },
      { verb: 'get', group: '', resource: 'pods/log', namespace: 'default' },
    ];
    expect(await api.denied(asked, signal)).toEqual(asked);
  });

  it('with a program for credentials, beside it and outside of the workspace', async () => {
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: cluster.token },
    };
    await writeFile(join(folder, 'plugin'), `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`);
    await chmod(join(folder, 'plugin'), 0o755);
    const config = parse(cluster.kubeconfig);
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './plugin',
      interactiveMode: 'Never',
    };
    config.users[0].user = { exec };
    await writeFile(join(folder, 'config'), JSON.stringify(config));
    const workspace = await mkdtemp(join(folder, 'workspace-'));
    const env = { KUBECONFIG: join(folder, 'config'), GITHUB_WORKSPACE: workspace };
    expect(await kind(await open({}, env), 'apps/v1', 'Deployment')).toMatchObject({
      plural: 'deployments',
      isNamespaced: true,
    });
  });
});

describe('a service account of a cluster', () => {
  // Kubernetes takes a token for 10 s more than it is good: it remembers whom it has seen.
  it('whose token ends midway: a program and a pod get a new one, a stored one is named', async () => {
    const namespace = await cluster.namespace();
    const kubectl = (...args: string[]) => cluster.kubectl(['-n', namespace, ...args]);
    const list = [{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }];
    await cluster.allow(`system:serviceaccount:${namespace}:default`, list, namespace);
    // A token is bound to this Secret, and ends with it.
    await kubectl('create', 'secret', 'generic', 'session');
    const bound = ['--bound-object-kind=Secret', '--bound-object-name=session'];
    const first = (await kubectl('create', 'token', 'default', ...bound)).trim();
    const second = (await kubectl('create', 'token', 'default')).trim();

    const account = await mkdtemp(join(folder, 'account-'));
    await writeFile(join(account, 'ca.crt'), cluster.certificateAuthority);
    await writeFile(join(account, 'namespace'), namespace);
    await writeFile(join(account, 'token'), first);
    const { hostname, port } = new URL(cluster.server);
    const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    const access = inClusterAccess({ env, mask: () => undefined }, account);
    if (!access) throw new Error('it is no pod');
    const byPod = openApi({ access, env: {}, clock: systemClock });
    const byProgram = await open({ kubeconfig: await byProgramThatReads(join(account, 'token')) });
    const config = parse(cluster.kubeconfig);
    config.users[0].user = { token: first };
    const stored = await open({ kubeconfig: JSON.stringify(config) });

    const pods = { resource: await kind(byPod, 'v1', 'Pod'), namespace };
    for (const api of [byPod, byProgram, stored]) expect(await api.list(pods, signal)).toEqual([]);
    await kubectl('delete', 'secret', 'session');
    const ended = async () => {
      const said = await stored.list(pods, signal).catch((error: unknown) => error);
      return said instanceof Failure ? said : undefined;
    };
    expect(await poll(systemClock, AbortSignal.timeout(60_000), ended)).toMatchObject({
      code: 'k8s/unauthorized',
      remedy: expect.stringContaining('Its token or certificate has ended'),
    });
    await writeFile(join(account, 'token'), second);
    for (const api of [byPod, byProgram]) expect(await api.list(pods, signal)).toEqual([]);
  }, 120_000);

  async function byProgramThatReads(file: string): Promise<string> {
    const program = join(folder, 'reads');
    const apiVersion = 'client.authentication.k8s.io/v1';
    const text = `{"apiVersion":"${apiVersion}","kind":"ExecCredential","status":{"token":"%s"}}`;
    await writeFile(program, `#!/bin/sh\nprintf '${text}' "$(cat ${file})"\n`);
    await chmod(program, 0o755);
    const config = parse(cluster.kubeconfig);
    config.users[0].user = { exec: { apiVersion, command: program, interactiveMode: 'Never' } };
    return JSON.stringify(config);
  }
});

describe('a real API server', () => {
  it('that is started anew while objects are followed', async () => {
    const api = await open({ kubeconfig: cluster.kubeconfig });
    const namespace = await cluster.namespace();
    const maps = await kind(api, 'v1', 'ConfigMap');
    const live = await api.follow({ resource: maps, namespace }, signal);
    await cluster.restartApiServer();
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'after', namespace } };
    const { object: made } = await api.create(
      { in: { resource: maps, namespace }, object },
      signal,
    );
    const uid = String(Object(made['metadata']).uid);
    while (!live.items.has(uid)) {
      live.check();
      await live.changed(live.version, AbortSignal.timeout(60_000));
    }
    await live[Symbol.asyncDispose]();
  }, 180_000);

  it('logs as they come and of the run before; answers of a pod and of a Service', async () => {
    const api = await open({ kubeconfig: cluster.kubeconfig });
    const namespace = await cluster.namespace();
    const pods = await kind(api, 'v1', 'Pod');
    const says =
      'console.log("one"); setTimeout(() => { console.log("two"); process.exit(3) }, 1500)';
    const pod = (name: string, spec: object) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels: { app: name } },
      spec: { terminationGracePeriodSeconds: 1, ...spec },
    });
    const web = { name: 'web', image };
    const crash = { containers: [{ ...web, command: ['node', '-e', says] }] };
    await api.create({ in: { resource: pods, namespace }, object: pod('crash', crash) }, signal);
    const serve = {
      containers: [
        { ...web, readinessProbe: { httpGet: { path: '/health', port: 3000 }, periodSeconds: 1 } },
      ],
    };
    await api.create({ in: { resource: pods, namespace }, object: pod('serve', serve) }, signal);
    const source = { namespace, pod: 'crash', container: 'web' };
    const lines: string[] = [];
    for await (const line of api.followLog(source, signal)) lines.push(line);
    expect(lines).toEqual(['one', 'two']);
    const none = { ...source, pod: 'no-such-pod' };
    expect(await api.logLines({ ...none, most: 5 }, signal)).toBeUndefined();

    const name = 'serve';
    await cluster.kubectl([
      '-n',
      namespace,
      'wait',
      'pod/serve',
      '--for=condition=Ready',
      '--timeout=60s',
    ]);
    await cluster.kubectl([
      '-n',
      namespace,
      'expose',
      'pod',
      name,
      '--port=80',
      '--target-port=3000',
    ]);
    const at = { namespace, name, scheme: 'http', path: '/health?deep=1' } as const;
    const answer = await api.ask({ ...at, kind: 'pods', port: '3000' }, signal);
    expect(answer.status).toBe(200);
    const wrongPort = api.ask({ ...at, kind: 'pods', port: '3999' }, signal);
    await expect(wrongPort).rejects.toThrow('nothing listens at port 3999 of pod serve');
    await cluster.kubectl([
      '-n',
      namespace,
      'create',
      'service',
      'clusterip',
      'empty',
      '--tcp=80:80',
    ]);
    const empty = api.ask({ ...at, name: 'empty', kind: 'services', port: '80' }, signal);
    await expect(empty).rejects.toThrow('service empty has no ready pod');

    // The run before, as soon as there is one.
    const before = async () => api.logLines({ ...source, previous: true, most: 1 }, signal);
    const last = await poll(systemClock, AbortSignal.timeout(60_000), before);
    expect(last).toEqual(['two']);
  }, 240_000);
});
