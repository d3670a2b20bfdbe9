import { join } from 'node:path';
import { type Ask, askAs, waitFor } from './api.ts';
import type { ClusterFacts } from './client.ts';
import { controlPlane, type Parts } from './control-plane.ts';
import { nodeName, writeCredentials } from './credentials.ts';
import type { Machine } from './machine.ts';
import { type NodeParts, planNode } from './node.ts';

/** A cluster whose parts all run. */
export interface Running {
  facts: ClusterFacts;
  restartApiServer(): Promise<void>;
}

/**
 * Starts the parts of a cluster in its machine; resolves when the node takes pods.
 * @throws when a part ends or is not ready in time, with what all of them said
 */
export async function startParts(machine: Machine, parts: Parts): Promise<Running> {
  const { authority, folder, port } = parts;
  const server = `https://127.0.0.1:${port}`;
  const [control, node, token] = await Promise.all([
    controlPlane(parts),
    planNode(parts, machine.controlGroup),
    writeCredentials(folder, server, authority.pem),
  ]);
  const ask = askAs({ server, ca: authority.pem, token });
  const startApiServer = async () => {
    await machine.start('api-server', 'computer', control.apiServer);
    await answers(ask, '/readyz');
  };
  const startAll = async () => {
    await machine.start('etcd', 'computer', control.etcd);
    const startKubelet = async () => {
      // It needs no role, and so need not wait until the API server has made them all.
      await Promise.all([startContainerd(machine, parts, node), answers(ask, '/api/v1/nodes')]);
      await nodeReachesComputer(machine, port);
      await machine.start('kubelet', 'node', node.kubelet);
    };
    await Promise.all([startApiServer(), startKubelet()]);
    await Promise.all([
      machine.start('controllers', 'computer', control.controllers),
      machine.start('scheduler', 'computer', control.scheduler),
      machine.start('proxy', 'node', node.proxy),
    ]);
    return nodeReady(ask);
  };
  try {
    const architecture = await Promise.race([startAll(), machine.failure]);
    return {
      facts: {
        server,
        certificateAuthority: authority.pem,
        token,
        node: { name: nodeName, architecture, address: parts.addresses.node },
        folder,
      },
      async restartApiServer() {
        await machine.kill('api-server');
        await startApiServer();
      },
    };
  } catch (error) {
    throw new Error(`the cluster did not start: ${String(error)}\n${machine.logs()}`);
  }
}

/** Waits until the API server answers a path with 200. */
async function answers(ask: Ask, path: string): Promise<void> {
  await waitFor(`the API server with ${path}`, 120_000, async () => {
    const { status, body } = await ask('GET', path);
    return status === 200 || body;
  });
}

async function startContainerd(machine: Machine, parts: Parts, node: NodeParts): Promise<void> {
  await machine.start('containerd', 'node', node.containerd);
  const image = join(parts.bin, 'pause.tar');
  await waitFor('containerd', 60_000, () =>
    machine.run('node', [...node.ctr, 'images', 'import', image]).then(() => true),
  );
  // The way of pods to the API server: the Service `kubernetes` has no endpoint, see control-plane.ts.
  await machine.run('node', [
    ...['iptables', '-t', 'nat', '-A', 'PREROUTING', '-p', 'tcp'],
    ...['-d', parts.addresses.kubernetes, '--dport', '443'],
    ...['-j', 'DNAT', '--to-destination', `127.0.0.1:${parts.port}`],
  ]);
}

/** @throws when what the node sends to 127.0.0.1 does not arrive here */
async function nodeReachesComputer(machine: Machine, port: number): Promise<void> {
  try {
    await machine.run('node', ['timeout', '5', 'bash', '-c', `: </dev/tcp/127.0.0.1/${port}`]);
  } catch (error) {
    const link = `slipway${machine.slot}`;
    throw new Error(
      `the node does not reach 127.0.0.1:${port} of this computer; a firewall has to let in what comes from the link ${link}`,
      { cause: error },
    );
  }
}

/** Waits until the node takes pods. */
async function nodeReady(ask: Ask): Promise<'amd64' | 'arm64'> {
  let architecture = '';
  await waitFor('the node', 120_000, async () => {
    const { body } = await ask('GET', `/api/v1/nodes/${nodeName}`);
    const { spec, status } = JSON.parse(body);
    architecture = status.nodeInfo?.architecture;
    const ready = status.conditions?.some(
      (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
    );
    return (ready === true && spec.taints === undefined) || body;
  });
  return architecture === 'arm64' ? 'arm64' : 'amd64';
}
