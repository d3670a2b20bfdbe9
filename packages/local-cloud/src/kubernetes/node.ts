import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { find } from '../registry.ts';
import type { Parts } from './control-plane.ts';
import { nodeName } from './credentials.ts';

/** Command lines of the node, in the order of their start. */
export interface NodeParts {
  containerd: readonly string[];
  kubelet: readonly string[];
  proxy: readonly string[];
  /** To containerd, from outside of Kubernetes. */
  ctr: readonly string[];
}

/** Writes the files of the node and says how its parts are started. */
export async function planNode(parts: Parts, controlGroup: string): Promise<NodeParts> {
  const { addresses, authority, bin, folder } = parts;
  const file = (name: string) => join(folder, name);
  const serving = await authority.sign(
    'kubelet',
    { user: `system:node:${nodeName}`, groups: ['system:nodes'] },
    `subjectAltName=IP:${addresses.node},DNS:${nodeName}`,
  );
  await mkdir(file('cni'));
  await Promise.all([
    writeFile(file('containerd.toml'), containerd(parts)),
    writeFile(file('cni/10-slipway.conflist'), JSON.stringify(network(parts))),
    writeFile(file('kubelet.json'), JSON.stringify(kubelet(parts, controlGroup, serving))),
  ]);
  return {
    containerd: [find(['containerd']), '--config', file('containerd.toml')],
    kubelet: [
      join(bin, 'kubelet'),
      `--config=${file('kubelet.json')}`,
      `--kubeconfig=${file('node.kubeconfig')}`,
      `--root-dir=${file('kubelet')}`,
      `--cert-dir=${file('kubelet-certificates')}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${addresses.node}`,
    ],
    proxy: [
      join(bin, 'kube-proxy'),
      `--kubeconfig=${file('proxy.kubeconfig')}`,
      `--hostname-override=${nodeName}`,
      '--proxy-mode=iptables',
      `--cluster-cidr=${addresses.pods}`,
      '--healthz-bind-address=127.0.0.2:10256',
      '--metrics-bind-address=127.0.0.2:10249',
      // The limits of connections are the whole computer's, and stay what they are.
      '--conntrack-max-per-core=0',
      '--conntrack-tcp-timeout-established=0s',
      '--conntrack-tcp-timeout-close-wait=0s',
      '--iptables-localhost-nodeports=false',
      '--iptables-min-sync-period=0s',
    ],
    ctr: [find(['ctr']), `--address=${file('containerd.sock')}`, '--namespace=k8s.io'],
  };
}

/** Version 2 is what containerd 1 reads, and 2 still does. */
function containerd({ bin, folder }: Parts): string {
  const file = (name: string) => JSON.stringify(join(folder, name));
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = ${file('containerd')}
state = ${file('containerd-state')}
oom_score = 0
[grpc]
  address = ${file('containerd.sock')}
[plugins."io.containerd.internal.v1.opt"]
  path = ${file('containerd-opt')}
[${cri}]
  sandbox_image = "localhost/pause:1"
  restrict_oom_score_adj = true
  disable_apparmor = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.2"
  [${cri}.cni]
    bin_dir = ${JSON.stringify(bin)}
    conf_dir = ${file('cni')}
  [${cri}.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [${cri}.containerd.runtimes.runc.options]
      SystemdCgroup = false
`;
}

/** Each pod on a link of its own to the node, so that all traffic between pods goes by kube-proxy's rules. */
function network({ addresses, folder }: Parts): unknown {
  return {
    cniVersion: '1.0.0',
    name: 'slipway',
    plugins: [
      {
        type: 'ptp',
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: join(folder, 'addresses'),
          ranges: [[{ subnet: addresses.pods }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  };
}

function kubelet(
  { addresses, authority, folder }: Parts,
  controlGroup: string,
  serving: { certificate: string; key: string },
): unknown {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: addresses.node,
    healthzPort: 0,
    containerRuntimeEndpoint: `unix://${join(folder, 'containerd.sock')}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: controlGroup,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    tlsCertFile: serving.certificate,
    tlsPrivateKeyFile: serving.key,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: authority.file },
    },
    authorization: { mode: 'Webhook' },
    clusterDomain: 'cluster.local',
    clusterDNS: [addresses.dns],
    resolvConf: '',
    podLogsDir: join(folder, 'pod-logs'),
    // What is full on this computer is not the test's fault.
    evictionHard: { 'memory.available': '50Mi' },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    serializeImagePulls: false,
    registryPullQPS: 0,
    eventRecordQPS: 0,
    kubeAPIQPS: 500,
    kubeAPIBurst: 1000,
  };
}
