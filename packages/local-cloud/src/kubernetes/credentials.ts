import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Name of the only node. */
export const nodeName = 'node-1';

/** Who has a token from the start, as whom and in which group. */
const identities = {
  admin: ['admin', 'system:masters'],
  controllers: ['system:kube-controller-manager', ''],
  scheduler: ['system:kube-scheduler', ''],
  node: [`system:node:${nodeName}`, 'system:nodes'],
  proxy: ['system:kube-proxy', ''],
} as const;

export type Identity = keyof typeof identities;

/** How a client says who it is: a token, or the PEM texts of a certificate and its key. */
export type Proof = { token: string } | { certificate: string; key: string };

/**
 * The text of a kubeconfig with everything in it.
 * @param ca PEM of what signed the server's certificate
 */
export function kubeconfig(server: string, ca: string, proof: Proof): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const user =
    'token' in proof
      ? { token: proof.token }
      : {
          'client-certificate-data': base64(proof.certificate),
          'client-key-data': base64(proof.key),
        };
  const cluster = { server, 'certificate-authority-data': base64(ca) };
  // YAML as well, as every JSON is.
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'slipway', cluster }],
      users: [{ name: 'slipway', user }],
      contexts: [{ name: 'slipway', context: { cluster: 'slipway', user: 'slipway' } }],
      'current-context': 'slipway',
    },
    undefined,
    2,
  );
}

/**
 * Writes into a folder the tokens for the API server (tokens.csv), a kubeconfig of each identity
 * (`<identity>.kubeconfig`), and the key that signs the tokens of service accounts (accounts.key, accounts.pub).
 * @returns the administrator's token
 */
export async function writeCredentials(
  folder: string,
  server: string,
  ca: string,
): Promise<string> {
  const tokens = Object.entries(identities).map(
    ([identity, [user, group]]) => [identity, user, group, randomToken()] as const,
  );
  const accounts = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  await Promise.all([
    writeFile(join(folder, 'accounts.key'), accounts.privateKey, { mode: 0o600 }),
    writeFile(join(folder, 'accounts.pub'), accounts.publicKey),
    writeFile(
      join(folder, 'tokens.csv'),
      tokens.map(([, user, group, token]) => `${token},${user},${user},"${group}"\n`).join(''),
      { mode: 0o600 },
    ),
    ...tokens.map(([identity, , , token]) =>
      writeFile(join(folder, `${identity}.kubeconfig`), kubeconfig(server, ca, { token }), {
        mode: 0o600,
      }),
    ),
  ]);
  return tokens.find(([identity]) => identity === 'admin')?.[3] ?? '';
}

function randomToken(): string {
  return randomBytes(32).toString('base64url');
}
