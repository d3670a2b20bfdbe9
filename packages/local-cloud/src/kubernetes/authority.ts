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

/** Whom a certificate is for, as Kubernetes reads it. */
export interface Subject {
  user: string;
  groups?: readonly string[];
}

/** Signs certificates for one cluster; each is good for two days. */
export interface Authority {
  /** PEM files of its own certificate and key. */
  file: string;
  key: string;
  pem: string;
  /**
   * @param name of the files
   * @param extensions `subjectAltName=IP:127.0.0.1`
   */
  sign(name: string, subject: Subject, extensions: string): Promise<Signed>;
}

/** Makes an authority whose files are in a folder, which is made. */
export async function makeAuthority(folder: string): Promise<Authority> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { certificate, key: own } = filesOf(folder, 'ca');
  await run('openssl', [
    ...['req', '-x509', ...key, '-days', '2', '-subj', '/CN=slipway-kubernetes'],
    ...['-keyout', own, '-out', certificate],
  ]);
  return openAuthority(folder);
}

/** The authority that {@link makeAuthority} made in a folder, perhaps in another process. */
export async function openAuthority(folder: string): Promise<Authority> {
  const { certificate: file, key: own } = filesOf(folder, 'ca');
  return {
    file,
    key: own,
    pem: await readFile(file, 'utf8'),
    async sign(name, subject, extensions) {
      const made = filesOf(folder, name);
      await run('openssl', [
        ...['req', '-x509', ...key, '-days', '2', '-CA', file, '-CAkey', own],
        ...['-subj', subjectOf(subject), '-addext', extensions],
        ...['-addext', 'basicConstraints=critical,CA:false'],
        ...['-keyout', made.key, '-out', made.certificate],
      ]);
      return made;
    },
  };
}

function filesOf(folder: string, name: string): Signed {
  return { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
}

/** As openssl wants it: `/O=system:masters/CN=admin` */
export function subjectOf({ user, groups = [] }: Subject): string {
  const escaped = (text: string) => text.replace(/[\\/+]/g, '\\$&');
  return [...groups.map((group) => `/O=${escaped(group)}`), `/CN=${escaped(user)}`].join('');
}
