import { join } from 'node:path';
import type { Addresses } from './addresses.ts';
import type { Authority } from './authority.ts';

/** What the parts of a cluster are started from. */
export interface Parts {
  /** Folder of the cluster. */
  folder: string;
  /** Folder of the programs. */
  bin: string;
  /** Port of the API server on 127.0.0.1. */
  port: number;
  addresses: Addresses;
  authority: Authority;
}

/** Command lines of the control plane. */
export interface ControlPlane {
  etcd: readonly string[];
  apiServer: readonly string[];
  controllers: readonly string[];
  scheduler: readonly string[];
}

/** Signs the API server's certificates and says how the control plane is started. */
export async function controlPlane(parts: Parts): Promise<ControlPlane> {
  const { addresses, authority, bin, folder, port } = parts;
  const names = `IP:127.0.0.1,IP:${addresses.kubernetes},DNS:localhost,DNS:kubernetes.default.svc`;
  const toKubelet = { user: 'kube-apiserver-kubelet-client', groups: ['system:masters'] };
  const [serving, client] = await Promise.all([
    authority.sign('api-server', { user: 'kube-apiserver' }, `subjectAltName=${names}`),
    authority.sign('to-kubelet', toKubelet, 'extendedKeyUsage=clientAuth'),
  ]);
  const file = (name: string) => join(folder, name);
  // A socket in the folder, since etcd lets in whoever reaches it.
  const store = `unix://${file('etcd.sock')}`;
  // Names alone, which etcd wants in this form: there is no other member, and nobody asks for clients' URLs.
  const peer = 'http://127.0.0.1:2380';
  return {
    etcd: [
      join(bin, 'etcd'),
      `--data-dir=${file('etcd')}`,
      `--listen-client-urls=${store}`,
      '--advertise-client-urls=http://127.0.0.1:2379',
      `--listen-peer-urls=unix://${file('etcd-peer.sock')}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync', // nothing of it outlives the cluster
    ],
    apiServer: [
      join(bin, 'kube-apiserver'),
      `--etcd-servers=${store}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      // No endpoint of the Service `kubernetes` may be a loopback address: the node leads there itself.
      `--advertise-address=${addresses.computer}`,
      '--endpoint-reconciler-type=none',
      `--tls-cert-file=${serving.certificate}`,
      `--tls-private-key-file=${serving.key}`,
      `--client-ca-file=${authority.file}`,
      `--token-auth-file=${file('tokens.csv')}`,
      `--authentication-config=${file('authentication.json')}`,
      '--authorization-mode=Node,RBAC',
      `--service-cluster-ip-range=${addresses.services}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${file('accounts.pub')}`,
      `--service-account-signing-key-file=${file('accounts.key')}`,
      `--kubelet-client-certificate=${client.certificate}`,
      `--kubelet-client-key=${client.key}`,
      `--kubelet-certificate-authority=${authority.file}`,
      '--kubelet-preferred-address-types=InternalIP',
      '--allow-privileged=true',
      '--shutdown-delay-duration=0s',
    ],
    controllers: [
      join(bin, 'kube-controller-manager'),
      `--kubeconfig=${file('controllers.kubeconfig')}`,
      '--secure-port=0',
      '--leader-elect=false',
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${file('accounts.key')}`,
      `--root-ca-file=${authority.file}`,
      `--cluster-signing-cert-file=${authority.file}`,
      `--cluster-signing-key-file=${authority.key}`,
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
      '--node-monitor-period=1s',
    ],
    scheduler: [
      join(bin, 'kube-scheduler'),
      `--kubeconfig=${file('scheduler.kubeconfig')}`,
      '--secure-port=0',
      '--leader-elect=false',
    ],
  };
}
