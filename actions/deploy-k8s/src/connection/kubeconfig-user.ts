import { isJsonObject, textIn } from '@slipway/shared/document/json-object';
import type { ClientCertificate, ClusterIdentity, RequestCredentials } from './access.ts';
import { clientCertificate } from './certificates.ts';
import { execIdentity } from './exec-credential.ts';
import type { IdentityParts, ToldCluster } from './identity-parts.ts';
import { bad, dataOrFile, type Entry, fileOf } from './kubeconfig-file.ts';

const remedy =
  'Its token or certificate has ended, or is for another cluster: renew it and store the kubeconfig again. `cluster` needs no stored credentials at all.';

/** As whom a user of a kubeconfig speaks. */
export async function kubeconfigIdentity(
  user: Entry,
  cluster: ToldCluster,
  parts: IdentityParts,
): Promise<ClusterIdentity> {
  const { is, name, source } = user;
  const who = `user ${name} of the kubeconfig`;
  if (is['auth-provider'] !== undefined && is['auth-provider'] !== null) {
    throw bad(
      source,
      `user ${name} has an auth-provider, which Kubernetes has removed; make it anew, with exec or a token`,
    );
  }
  const certificate = await certificateOf(user, parts);
  const exec = is['exec'];
  if (exec !== undefined && exec !== null) {
    if (!isJsonObject(exec)) throw bad(source, `exec of user ${name} is not an object`);
    return execIdentity({ user, exec, cluster, certificate }, parts);
  }
  const [token, file] = [textIn(is, 'token'), textIn(is, 'tokenFile')];
  const [username, password] = [textIn(is, 'username'), textIn(is, 'password')];
  for (const secret of [token, password]) if (secret) parts.mask(secret);
  if ((token || file) && username) {
    throw bad(source, `user ${name} has a token as well as a username`);
  }
  if (file) {
    const read = () => tokenIn(user, file, parts) || token || '';
    // Read once at the beginning, so that what is wrong is said before anything else happens.
    read();
    // Whoever writes the file renews it, so each request takes what is there.
    return {
      who,
      remedy,
      proof: async () => withToken(read(), certificate),
      ended: () => undefined,
    };
  }
  if (token) return fixed({ who, proof: withToken(token, certificate) });
  if (username) {
    const basic = Buffer.from(`${username}:${password ?? ''}`).toString('base64');
    parts.mask(basic);
    const proof = { authorization: `Basic ${basic}`, ...(certificate && { certificate }) };
    return fixed({ who, proof });
  }
  if (certificate) return fixed({ who, proof: { certificate } });
  throw bad(source, `user ${name} has no token, client certificate, exec or username`);
}

function fixed({ who, proof }: { who: string; proof: RequestCredentials }): ClusterIdentity {
  return { who, remedy, proof: async () => proof };
}

/** A proof by a token, and by a certificate too where there is one. */
export function withToken(token: string, certificate?: ClientCertificate): RequestCredentials {
  return { authorization: `Bearer ${token}`, ...(certificate && { certificate }) };
}

function tokenIn({ name, source }: Entry, file: string, { mask }: IdentityParts): string {
  const token = fileOf(source, file, `tokenFile of user ${name}`).trim();
  if (token === '' || /[\s\0]/.test(token)) {
    throw bad(source, `tokenFile of user ${name} holds no token`);
  }
  mask(token);
  return token;
}

async function certificateOf(
  entry: Entry,
  parts: IdentityParts,
): Promise<ClientCertificate | undefined> {
  const cert = dataOrFile(entry, 'client-certificate');
  const key = dataOrFile(entry, 'client-key');
  if (key !== undefined) parts.mask(key);
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    const [there, missing] =
      cert === undefined
        ? ['client-key', 'client-certificate']
        : ['client-certificate', 'client-key'];
    throw bad(entry.source, `user ${entry.name} has a ${there} without a ${missing}`);
  }
  return clientCertificate({ cert, key }, { entry, now: parts.clock.now() });
}
