import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { askAs } from './api.ts';
import { type ClusterFacts, clientOf, type KubernetesClient, labelOfOurs } from './client.ts';
import { kubeconfig } from './credentials.ts';
import { kubectlProgram } from './programs.ts';

const run = promisify(execFile);
const account = 'slipway-test';

/**
 * Works with a cluster that is there already: what was made in it is removed in the end. Its node has to
 * share the loopback of this computer, as that of k3s does, where pods are to run: the images of the tests
 * are in a registry there.
 * @param file kubeconfig of one of its administrators
 */
export async function useKubernetes(file: string): Promise<KubernetesClient & AsyncDisposable> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-kubernetes-')); // for this user alone
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const kubectl = async (...args: string[]) =>
    (await run(kubectlProgram(), ['--kubeconfig', file, ...args])).stdout;
  const [{ cluster }] = JSON.parse(
    await kubectl('config', 'view', '--raw', '--minify', '--flatten', '--output', 'json'),
  ).clusters;
  const certificateAuthority = Buffer.from(
    cluster['certificate-authority-data'] ?? '',
    'base64',
  ).toString();
  const namespace = `${account}-${process.pid}`;
  await kubectl('create', 'namespace', namespace);
  started.defer(async () => {
    await kubectl('delete', 'clusterrolebinding', namespace, '--ignore-not-found');
    await kubectl('delete', 'namespace', namespace, '--wait=false');
  });
  await kubectl('create', 'serviceaccount', account, '--namespace', namespace);
  await kubectl(
    ...['create', 'clusterrolebinding', namespace, '--clusterrole=cluster-admin'],
    `--serviceaccount=${namespace}:${account}`,
  );
  const made = await kubectl(
    ...['create', 'token', account, '--namespace', namespace, '--duration', '24h'],
  );
  const [server, token] = [String(cluster.server), made.trim()];
  await writeFile(
    join(folder, 'admin.kubeconfig'),
    kubeconfig(server, certificateAuthority, { token }),
    { mode: 0o600 },
  );
  const { body } = await askAs({ server, ca: certificateAuthority, token })('GET', '/api/v1/nodes');
  const facts = { server, certificateAuthority, token, folder, node: firstNode(body) };
  const client = clientOf(facts);
  started.defer(async () => {
    const kinds = 'namespaces,clusterroles,clusterrolebindings';
    await client.kubectl(['delete', kinds, '--selector', labelOfOurs, '--wait=false']);
  });
  const kept = started.move();
  return { ...client, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function firstNode(body: string): ClusterFacts['node'] {
  const [{ metadata, status }] = JSON.parse(body).items;
  const addresses: { type: string; address: string }[] = status.addresses;
  return {
    name: metadata.name,
    architecture: status.nodeInfo.architecture,
    address: addresses.find(({ type }) => type === 'InternalIP')?.address ?? '',
  };
}
