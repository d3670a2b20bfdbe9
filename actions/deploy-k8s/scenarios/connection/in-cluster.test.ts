import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { systemClock } from '@slipway/shared/time/clock';
import { startScriptedApiServer } from '../../../../packages/local-cloud/src/kubernetes-script/scripted-api-server.ts';
import { openApi } from '../../src/api/open-api.ts';
import { inClusterAccess } from '../../src/connection/in-cluster.ts';
import { podPath, podsOfShop, signal } from '../api/scripted.ts';

it('a runner that is a pod: its service account, whose token is read anew for each request', async () => {
  await using server = await startScriptedApiServer();
  await using folder = await mkdtempDisposable(join(tmpdir(), 'slipway-account-'));
  const write = (name: string, text: string) => writeFile(join(folder.path, name), text);
  await write('ca.crt', server.certificateAuthority);
  await write('namespace', 'shop\n');
  await write('token', 'token-1\n');
  const { hostname, port } = new URL(server.server);
  const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  const masked: string[] = [];
  const mask = (secret: string) => void masked.push(secret);
  const access = inClusterAccess({ env, mask }, folder.path);
  if (!access) throw new Error('it is no pod');
  expect(access).toMatchObject({
    namespace: 'shop',
    from: 'the cluster that the runner is a pod of',
  });
  const api = openApi({ access, env: {}, clock: systemClock });
  server.on(`GET ${podPath}/a`, { status: 200, body: { kind: 'Pod' } });
  const takes = (token: string) =>
    server.authenticate(async (given) => (given === `Bearer ${token}` ? 'pod' : undefined));
  takes('token-1');
  expect(await api.get({ ...podsOfShop, name: 'a' }, signal)).toEqual({ kind: 'Pod' });
  // The kubelet renews it while the run goes on.
  takes('token-2');
  await write('token', 'token-2\n');
  expect(await api.get({ ...podsOfShop, name: 'a' }, signal)).toEqual({ kind: 'Pod' });
  expect(masked).toEqual(expect.arrayContaining(['token-1', 'token-2']));
  takes('token-3');
  await expect(api.get({ ...podsOfShop, name: 'a' }, signal)).rejects.toMatchObject({
    code: 'k8s/unauthorized',
    message: expect.stringContaining('does not accept the service account of the pod'),
    remedy: expect.stringContaining('give `cluster` or `kubeconfig`'),
  });
});

it.each<[string, Record<string, string>]>([
  ['no address', {}],
  ['an address without a port', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }],
  ['no account', { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' }],
])('a runner is no pod with %s', async (_, env) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'slipway-account-'));
  expect(inClusterAccess({ env, mask: () => undefined }, folder.path)).toBeUndefined();
});
