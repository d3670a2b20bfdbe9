import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate that signed itself, and its key. */
export interface Certificate {
  /** PEM file of the certificate. */
  file: string;
  /** PEM file of the key. */
  key: string;
}

/**
 * Makes a certificate in a folder; it is good for a day.
 * @param of what it is for, as subjectAltName has it
 */
export async function makeCertificate(
  folder: string,
  of: 'IP:127.0.0.1' | `DNS:${string}` = 'IP:127.0.0.1',
): Promise<Certificate> {
  const [file, key] = [join(folder, 'certificate.pem'), join(folder, 'certificate.key')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const name = ['-subj', '/CN=local-cloud', '-addext', `subjectAltName=${of}`, '-days', '1'];
  await run('openssl', ['req', '-x509', ...kind, ...name, '-keyout', key, '-out', file]);
  return { file, key };
}
