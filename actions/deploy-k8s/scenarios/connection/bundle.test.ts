import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  type ScriptedApiServer,
  startScriptedApiServer,
} from '../../../../packages/local-cloud/src/kubernetes-script/scripted-api-server.ts';
import { type HttpProxy, startProxy } from '../../../../packages/local-cloud/src/proxy.ts';
import { makeRunner, type Runner } from '../../../../packages/local-cloud/src/runner.ts';
import { bundle } from '../shop-cluster.ts';

let runner: Runner;
let server: ScriptedApiServer;
let proxy: HttpProxy;
const started = new AsyncDisposableStack();

beforeAll(async () => {
  runner = started.use(await makeRunner());
  server = started.use(await startScriptedApiServer());
  proxy = started.use(await startProxy());
  server.authenticate(async (given) => (given === 'Bearer good-token-1234' ? 'deploy' : undefined));
});
afterAll(() => started.disposeAsync());

const inputs = { workload: 'deployment/shop', image: `example.com/shop@sha256:${'a'.repeat(64)}` };

function kubeconfig(cluster: object = {}, token = 'good-token-1234'): string {
  const ca = Buffer.from(server.certificateAuthority).toString('base64');
  return JSON.stringify({
    'current-context': 'a',
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    clusters: [
      {
        name: 'a',
        cluster: { server: server.server, 'certificate-authority-data': ca, ...cluster },
      },
    ],
    users: [{ name: 'a', user: { token } }],
  });
}

const run = (more: Record<string, string>, env: Record<string, string> = {}) =>
  runner.start(
    bundle,
    { ...inputs, ...more },
    { KUBERNETES_SERVICE_HOST: '', KUBECONFIG: '', ...env },
  ).done;

it.each<[string, () => Record<string, string>, string, string]>([
  ['no cluster at all', () => ({}), 'k8s/no-cluster', '`cluster`'],
  ['a broken kubeconfig', () => ({ kubeconfig: 'a: [' }), 'k8s/kubeconfig', 'in line 1'],
  [
    'the path of a kubeconfig',
    () => ({ kubeconfig: '/home/runner/.kube/config' }),
    'action/input',
    'not the path of one',
  ],
  [
    'a relative path of a kubeconfig',
    () => ({ kubeconfig: 'config.yaml' }),
    'action/input',
    'not the path of one',
  ],
  [
    'a context that is not there',
    () => ({ kubeconfig: kubeconfig(), 'kube-context': 'b' }),
    'k8s/kubeconfig',
    'it has no context "b", only "a"',
  ],
  [
    'a certificate that is not checked',
    () => ({ kubeconfig: kubeconfig({ 'insecure-skip-tls-verify': true }) }),
    'k8s/insecure',
    'certificate-authority-data',
  ],
  [
    'a server that nobody reaches',
    () => ({ kubeconfig: kubeconfig({ server: 'https://127.0.0.1:1' }) }),
    'k8s/unreachable',
    'If the cluster is private, or has authorised IP ranges',
  ],
  [
    'an authority that is not trusted',
    () => ({ kubeconfig: kubeconfig({ 'certificate-authority-data': undefined }) }),
    'k8s/certificate-authority',
    'certificate-authority-data',
  ],
  [
    'a token that is not taken',
    () => ({ kubeconfig: kubeconfig({}, 'stale-token-1234') }),
    'k8s/unauthorized',
    'does not accept user a of the kubeconfig',
  ],
])('%s is one red sentence with its remedy', async (_, make, code, words) => {
  const given = make();
  const { code: exit, errors, log, masks, outputs, summary } = await run(given);
  expect(exit).toBe(1);
  expect(outputs['reason']).toBe(code);
  expect(errors).toHaveLength(1);
  expect(errors[0]?.title).toBe(`deploy-k8s: ${code}`);
  expect(errors[0]?.text).toContain(words);
  if (given['kubeconfig']?.includes('token-1234')) {
    expect(masks.some((mask: string) => mask.endsWith('token-1234'))).toBe(true);
  }
  const shown = log.replaceAll(/^::add-mask::.*$/gm, '') + summary;
  expect(shown).not.toMatch(/(?:good|stale)-token-1234/);
});

it('a kubeconfig in the checkout runs no program', async () => {
  const user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: '/bin/sh' } };
  const text = JSON.stringify({ ...JSON.parse(kubeconfig()), users: [{ name: 'a', user }] });
  await writeFile(join(runner.workspace, 'config'), text);
  const { outputs } = await run({}, { KUBECONFIG: join(runner.workspace, 'config') });
  expect(outputs['reason']).toBe('k8s/exec-refused');
});

it('the proxy of the runner leads to the cluster, and that of the kubeconfig goes before it', async () => {
  const seen = server.requests.length;
  const byEnvironment = await run(
    { kubeconfig: kubeconfig() },
    { https_proxy: proxy.host, no_proxy: '' },
  );
  expect(byEnvironment.outputs['reason']).toMatch(/^k8s\//);
  expect(server.requests.length).toBeGreaterThan(seen);
  const host = new URL(server.server).host;
  expect(await proxy.asked()).toContain(`CONNECT ${host}`);
  const own = kubeconfig({ 'proxy-url': `http://${proxy.host}` });
  await run({ kubeconfig: own }, { https_proxy: '127.0.0.1:1', no_proxy: '' });
  expect(await proxy.asked()).toContain(`CONNECT ${host}`);
  await run({ kubeconfig: kubeconfig() }, { https_proxy: proxy.host, no_proxy: '127.0.0.1' });
  expect(await proxy.asked()).toEqual([]);
});
