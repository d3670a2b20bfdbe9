import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Files of a certificate and its key, both PEM. */
export interface Signed {
  certificate: string;
  key: string;
}

/** Signs certificates for one cluster; each is good for two days. */
export interface Authority {
  /** PEM file of its own certificate. */
  file: string;
  pem: string;
  /**
   * @param subject as openssl wants it: `/O=system:masters/CN=admin`
   * @param extensions `subjectAltName=IP:127.0.0.1`
   */
  sign(name: string, subject: string, extensions: string): Promise<Signed>;
}

/** Makes an authority whose files are in a folder, which is made. */
export async function makeAuthority(folder: string): Promise<Authority> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [file, own] = [join(folder, 'ca.crt'), join(folder, 'ca.key')];
  await run('openssl', [
    ...['req', '-x509', ...key, '-days', '2', '-subj', '/CN=slipway-kubernetes'],
    ...['-keyout', own, '-out', file],
  ]);
  return {
    file,
    pem: await readFile(file, 'utf8'),
    async sign(name, subject, extensions) {
      const made = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
      await run('openssl', [
        ...['req', '-x509', ...key, '-days', '2', '-CA', file, '-CAkey', own, '-subj', subject],
        ...['-addext', 'basicConstraints=critical,CA:false', '-addext', extensions],
        ...['-keyout', made.key, '-out', made.certificate],
      ]);
      return made;
    },
  };
}
