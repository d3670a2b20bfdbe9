import { objectIn, textIn, textsIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { isLoopback } from '@slipway/shared/identity/registry-host';
import type { ClusterAccess } from './access.ts';
import { checkCertificates } from './certificates.ts';
import type { IdentityParts } from './identity-parts.ts';
import { bad, dataOrFile, type Entry, type Kubeconfig } from './kubeconfig-file.ts';
import { kubeconfigIdentity } from './kubeconfig-user.ts';

/** What a context says beside who its user is. */
export interface ContextRoute extends Omit<ClusterAccess, 'identity'> {
  readonly cluster: Entry;
  readonly user: Entry;
}

/**
 * What a context of a kubeconfig leads to.
 * @param context its name; the current one when undefined
 * @throws Failure `k8s/kubeconfig`, `k8s/insecure`, `k8s/exec-refused`
 */
export async function kubeconfigAccess(
  config: Kubeconfig,
  context: string | undefined,
  parts: IdentityParts,
): Promise<ClusterAccess> {
  const { cluster, user, ...route } = await contextRoute(config, context, parts.mask);
  const identity = await kubeconfigIdentity(user, { ...route, entry: cluster }, parts);
  return { ...route, headers: impersonation(user), identity };
}

/** The same without the identity of its user. */
export async function contextRoute(
  config: Kubeconfig,
  context: string | undefined,
  mask: (secret: string) => void,
): Promise<ContextRoute> {
  const chosen = contextOf(config, context);
  const cluster = namedIn(config, chosen, 'cluster');
  const server = serverOf(cluster);
  const ca = dataOrFile(cluster, 'certificate-authority');
  if (ca !== undefined) await checkCertificates(ca, cluster, 'certificate-authority');
  if (cluster.is['insecure-skip-tls-verify'] === true && server.protocol === 'https:') {
    const from = `Cluster ${cluster.name} of ${inSentence(cluster.source.from)}`;
    throw Failure.of('k8s/insecure', { from, server: server.host });
  }
  return {
    cluster,
    user: namedIn(config, chosen, 'user'),
    server,
    ca,
    tlsServerName: textIn(cluster.is, 'tls-server-name') || undefined,
    proxy: proxyOf(cluster, mask),
    headers: {},
    namespace: textIn(chosen.is, 'namespace') || undefined,
    from: `context ${chosen.name} of ${inSentence(chosen.source.from)}`,
  };
}

function contextOf(config: Kubeconfig, asked: string | undefined): Entry {
  const name = asked ?? config.currentContext;
  const there = [...config.contexts.keys()].map((one) => JSON.stringify(one)).join(', ');
  if (there === '') throw bad(config, 'it has no contexts');
  if (name === undefined) {
    throw bad(config, `it has no current-context; give one of ${there} as kube-context`);
  }
  const found = config.contexts.get(name);
  if (found) return found;
  throw bad(config, `it has no context ${JSON.stringify(name)}, only ${there}`);
}

function namedIn(config: Kubeconfig, context: Entry, field: 'cluster' | 'user'): Entry {
  const name = textIn(context.is, field);
  if (!name) throw bad(context.source, `context ${context.name} names no ${field}`);
  const found = config[`${field}s`].get(name);
  if (found) return found;
  throw bad(
    context.source,
    `context ${context.name} is about ${field} ${JSON.stringify(name)}, which is not there`,
  );
}

function serverOf({ is, name, source }: Entry): URL {
  const given = textIn(is, 'server');
  if (!given) throw bad(source, `cluster ${name} has no server`);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash) {
    throw bad(source, `server of cluster ${name} is not the address of an API server`);
  }
  if (url.username || url.password) {
    throw bad(source, `server of cluster ${name} has credentials in it`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.host)) {
    throw bad(
      source,
      `server of cluster ${name} is ${url.origin}, without TLS: a token would go there for anybody to read`,
    );
  }
  return url;
}

function proxyOf({ is, name, source }: Entry, mask: (secret: string) => void): string | undefined {
  const given = textIn(is, 'proxy-url');
  if (!given) return undefined;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    const scheme = url === undefined ? '' : ` (${url.protocol}//)`;
    throw bad(source, `proxy-url of cluster ${name} is not the address of an HTTP proxy${scheme}`);
  }
  if (url.password) mask(url.password);
  return given;
}

/** Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
function impersonation({ is, name, source }: Entry): Record<string, string | readonly string[]> {
  const [user, uid, groups] = [textIn(is, 'as'), textIn(is, 'as-uid'), textsIn(is, 'as-groups')];
  const extra = objectIn(is, 'as-user-extra');
  if (!user) {
    if (!uid && groups.length === 0 && Object.keys(extra).length === 0) return {};
    throw bad(source, `user ${name} has as-uid, as-groups or as-user-extra without as`);
  }
  return {
    'Impersonate-User': headerText(user),
    ...(uid && { 'Impersonate-Uid': headerText(uid) }),
    ...(groups.length > 0 && { 'Impersonate-Group': groups.map(headerText) }),
    ...Object.fromEntries(
      Object.keys(extra).map((key) => [
        `Impersonate-Extra-${encodeURIComponent(key)}`,
        textsIn(extra, key).map(headerText),
      ]),
    ),
  };
}

function headerText(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(/[\r\n\0]/g, '');
}

function inSentence(from: string): string {
  return from.charAt(0).toLowerCase() + from.slice(1);
}
