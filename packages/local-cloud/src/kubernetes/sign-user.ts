import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Ask, waitFor } from './api.ts';
import { openAuthority, type Subject, subjectOf } from './authority.ts';
import type { Proof } from './credentials.ts';

const run = promisify(execFile);

/**
 * Makes a client certificate that a cluster takes.
 * @param folder of the cluster; where the cluster's authority is in it, it signs. Another cluster is asked to
 */
export async function signUser(folder: string, user: Subject, ask: Ask): Promise<Proof> {
  const certificates = join(folder, 'certificates');
  if (existsSync(certificates)) {
    const authority = await openAuthority(certificates);
    const made = await authority.sign(uniqueName(user), user, 'extendedKeyUsage=clientAuth');
    const [certificate, key] = await Promise.all([
      readFile(made.certificate, 'utf8'),
      readFile(made.key, 'utf8'),
    ]);
    return { certificate, key };
  }
  const own = await mkdtemp(join(folder, 'user-'));
  const [keyFile, requestFile] = [join(own, 'key.pem'), join(own, 'request.pem')];
  await run('openssl', [
    ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-subj', subjectOf(user), '-keyout', keyFile, '-out', requestFile],
  ]);
  const request = await readFile(requestFile);
  return {
    certificate: await approved(request.toString('base64'), ask),
    key: await readFile(keyFile, 'utf8'),
  };
}

/** Source: https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/ */
async function approved(request: string, ask: Ask): Promise<string> {
  const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  const spec = {
    request,
    signerName: 'kubernetes.io/kube-apiserver-client',
    usages: ['client auth'],
    expirationSeconds: 86_400,
  };
  const wanted = { metadata: { generateName: 'slipway-test-' }, spec };
  const asked = JSON.parse((await ask('POST', path, wanted)).body);
  const one = `${path}/${asked.metadata.name}`;
  const condition = { type: 'Approved', status: 'True', reason: 'Test', message: 'for a test' };
  await ask('PUT', `${one}/approval`, { ...asked, status: { conditions: [condition] } });
  let certificate = '';
  await waitFor('the certificate of the user', 30_000, async () => {
    const { body } = await ask('GET', one);
    certificate = JSON.parse(body).status?.certificate ?? '';
    return certificate !== '' || body;
  });
  await ask('DELETE', one);
  return Buffer.from(certificate, 'base64').toString();
}

function uniqueName({ user }: Subject): string {
  return `${user.replace(/[^a-z0-9]/gi, '-')}-${process.hrtime.bigint()}-${process.pid}`;
}
