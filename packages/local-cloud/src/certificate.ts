import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate for 127.0.0.1 that signed itself, and its key. */
export interface Certificate {
  /** PEM file of the certificate. */
  file: string;
  /** PEM file of the key. */
  key: string;
}

/** Makes a certificate in a folder; it is good for a day. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const [file, key] = [join(folder, 'certificate.pem'), join(folder, 'certificate.key')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1'];
  await run('openssl', ['req', '-x509', ...kind, ...name, '-keyout', key, '-out', file]);
  return { file, key };
}
