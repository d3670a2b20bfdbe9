import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { makeCertificate } from '../../../packages/local-cloud/src/certificate.ts';
import { startGitHub } from '../../../packages/local-cloud/src/github/github.ts';
import { type Ask, askAs } from '../../../packages/local-cloud/src/kubernetes/api.ts';
import { sharedKubernetes } from '../../../packages/local-cloud/src/kubernetes/shared.ts';

const audience = 'https://k8s.example.com';
const file = (name: string) => readFile(join(import.meta.dirname, '..', name), 'utf8');

/** GitHub of an owner, and the entry of authentication.yaml with its address instead of that of the real one. */
async function gitHubOf(owner: string) {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-issuer-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const issuerCertificate = await makeCertificate(folder);
  const repository = `${owner}/shop`;
  const { oidc } = started.use(await startGitHub({ repository, issuerCertificate }));
  const { ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer, ACTIONS_ID_TOKEN_REQUEST_URL: url } = oidc.env;
  const entry = parse(await file('authentication.yaml')).jwt[0];
  const certificateAuthority = await readFile(issuerCertificate.file, 'utf8');
  const issuer = { ...entry.issuer, url: oidc.issuer, certificateAuthority };
  const kept = started.move();
  return {
    authenticator: { ...entry, issuer },
    async token(): Promise<string> {
      const headers = { authorization: `Bearer ${bearer}` };
      const answer = await fetch(`${url}&audience=${encodeURIComponent(audience)}`, { headers });
      return JSON.parse(await answer.text()).value;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function whoami(ask: Ask): Promise<string> {
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const kind = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const { status = {}, message } = JSON.parse((await ask('POST', path, kind)).body);
  return status.userInfo?.username ?? message;
}

it('authentication.yaml lets a job of the owner in as its subject, who may do what role.yaml says', async () => {
  const cluster = await sharedKubernetes();
  await using github = await gitHubOf('octo-org');
  using _ = await cluster.trust(github.authenticator);
  const token = await github.token();
  const ask = askAs({ server: cluster.server, ca: cluster.certificateAuthority, token });
  const user = 'github:repo:octo-org/shop:ref:refs/heads/main';
  expect(await whoami(ask)).toBe(user);

  const namespace = await cluster.namespace();
  const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  expect((await ask('GET', deployments)).status).toBe(403);
  await cluster.kubectl(
    ['--namespace', namespace, 'apply', '--filename', '-'],
    await file('role.yaml'),
  );
  await cluster.kubectl([
    ...['--namespace', namespace, 'create', 'rolebinding', 'slipway-deploy'],
    ...['--role', 'slipway-deploy', '--user', user],
  ]);
  expect((await ask('GET', deployments)).status).toBe(200);
  expect((await ask('GET', '/apis/apps/v1/namespaces/default/deployments')).status).toBe(403);
  expect((await ask('GET', '/api/v1/secrets')).status).toBe(403);
}, 120_000);

it('authentication.yaml lets nobody in from another owner', async () => {
  const cluster = await sharedKubernetes();
  await using github = await gitHubOf('evil-org');
  using _ = await cluster.trust(github.authenticator);
  const token = await github.token();
  const ask = askAs({ server: cluster.server, ca: cluster.certificateAuthority, token });
  expect(await whoami(ask)).toBe('Unauthorized');
}, 120_000);
