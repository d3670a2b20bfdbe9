import type { X509Certificate } from 'node:crypto';
import type { ClientCertificate } from './access.ts';
import { bad, type Entry } from './kubeconfig-file.ts';

const pem = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** Says what is wrong with certificates, where something is, rather than OpenSSL at the first request. */
export async function checkCertificates(
  text: string,
  { name, source }: Entry,
  field: string,
): Promise<void> {
  if ((await certificatesIn(text)) === undefined) {
    throw bad(source, `${field} of ${name} is not a certificate as PEM`);
  }
}

/** @returns undefined where one of them cannot be read, or there is none */
async function certificatesIn(text: string): Promise<readonly X509Certificate[] | undefined> {
  const { X509Certificate } = await import('node:crypto');
  const found = text.match(pem) ?? [];
  try {
    const read = found.map((one) => new X509Certificate(one));
    return read.length === 0 ? undefined : read;
  } catch {
    return undefined;
  }
}

/** A client certificate that belongs to its key and has not ended. */
export async function clientCertificate(
  { cert, key }: { cert: string; key: string },
  { entry, now }: { entry: Entry; now: number },
): Promise<ClientCertificate> {
  const { createPrivateKey } = await import('node:crypto');
  const { name, source } = entry;
  const [certificate] = (await certificatesIn(cert)) ?? [];
  if (!certificate) throw bad(source, `client-certificate of ${name} is not a certificate as PEM`);
  const readKey = () => {
    try {
      return createPrivateKey(key);
    } catch {
      const why = /ENCRYPTED/.test(key)
        ? 'is encrypted, which has to be undone first'
        : 'is not a private key as PEM';
      throw bad(source, `client-key of ${name} ${why}`);
    }
  };
  if (!certificate.checkPrivateKey(readKey())) {
    throw bad(source, `client-key of ${name} is not that of its client-certificate`);
  }
  if (certificate.validToDate.getTime() < now) {
    throw bad(source, `the client-certificate of ${name} has ended at ${certificate.validTo}`);
  }
  return { cert, key };
}
