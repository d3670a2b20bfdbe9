import { isAbsolute } from 'node:path';
import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  textIn,
  textsIn,
} from '@slipway/shared/document/json-object';
import type { Environment } from '@slipway/shared/exec/environment';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { field, parseJson, textField } from '@slipway/shared/http/json';
import { oneLine } from '@slipway/shared/image/said';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import type { ClientCertificate, ClusterIdentity, RequestCredentials } from './access.ts';
import { clientCertificate } from './certificates.ts';
import type { IdentityParts, ToldCluster } from './identity-parts.ts';
import { bad, type Entry, pathOf } from './kubeconfig-file.ts';
import { type PassingProof, renewedProof } from './renewed-proof.ts';

/** What a plug-in is run for. */
export interface ExecUser {
  user: Entry;
  /** `exec` of the user. */
  exec: JsonObject;
  cluster: ToldCluster;
  certificate: ClientCertificate | undefined;
}

const group = 'client.authentication.k8s.io';
const versions = [`${group}/v1`, `${group}/v1beta1`];
/** A sign-in over the network takes some seconds; one that waits for somebody never ends. */
const limit = 60_000;
/** Renewed so long before its end, in milliseconds: some plug-ins give a token for five minutes. */
const before = 60_000;

/**
 * The identity that a program gives, by the protocol of client-go's credential plug-ins.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 * @throws Failure `k8s/kubeconfig`, `k8s/exec-refused`
 */
export function execIdentity(o: ExecUser, parts: IdentityParts): ClusterIdentity {
  const { exec, user } = o;
  const { name, source } = user;
  const command = textIn(exec, 'command');
  if (!command) throw bad(source, `exec of user ${name} has no command`);
  if (source.checkout !== undefined) {
    throw Failure.of('k8s/exec-refused', { from: source.from, command });
  }
  const version = textIn(exec, 'apiVersion') ?? '';
  if (!versions.includes(version)) {
    throw bad(
      source,
      `exec of user ${name} has apiVersion ${JSON.stringify(version)}; there are ${versions.join(' and ')}`,
    );
  }
  if (textIn(exec, 'interactiveMode') === 'Always') {
    throw bad(
      source,
      `exec of user ${name} has interactiveMode Always, and nobody is there to ask`,
    );
  }
  const path =
    /[\\/]/.test(command) && !isAbsolute(command)
      ? pathOf(source, command, `exec of user ${name}`)
      : command;
  const get = () => credentialsBy({ ...o, command: path, version }, parts);
  const { ended, proof } = renewedProof({ clock: parts.clock, get, before });
  return {
    who: `user ${name} of the kubeconfig, by ${command}`,
    remedy: `The credentials are from ${command}: check as whom it signs in, and that this one has access to the cluster. \`cluster\` needs no program.`,
    proof,
    ended,
  };
}

async function credentialsBy(
  o: ExecUser & { command: string; version: string },
  parts: IdentityParts,
): Promise<PassingProof> {
  const { command, exec, version } = o;
  const failed = (said: string, cause?: unknown) =>
    Failure.of('k8s/exec-failed', { command, said: oneLine(said) }, cause);
  const result = await deadline(parts.clock, limit, undefined, (signal) =>
    parts.runProgram(command, textsIn(exec, 'args'), { env: environmentFor(o, parts), signal }),
  ).catch((error: unknown) => {
    if (error instanceof TimeoutReached) {
      throw failed(`it did not end within ${limit / 1_000} s`, error);
    }
    const hint = textIn(exec, 'installHint');
    const isMissing = textField(error, 'code') === 'ENOENT';
    if (!isMissing) throw failed(messageOf(error), error);
    throw failed(`it is not installed${hint ? `; its kubeconfig says: ${hint}` : ''}`, error);
  });
  // What it printed may hold a token, so nothing of stdout is ever said.
  const answer = parseJson(result.stdout);
  const status = field(answer, 'status');
  const secrets = [textField(status, 'token'), textField(status, 'clientKeyData')];
  for (const secret of secrets) if (secret) parts.mask(secret);
  if (result.code !== 0) {
    const last = result.stderr.trim().split('\n').slice(-3).join(' ');
    throw failed(`it ended with ${result.code ?? result.signal}${last ? `: ${last}` : ''}`);
  }
  if (field(answer, 'kind') !== 'ExecCredential') throw failed('it printed no ExecCredential');
  if (field(answer, 'apiVersion') !== version) {
    throw failed(`it printed another apiVersion than ${version}`);
  }
  return { proof: await proofIn(status, o, { parts, failed }), end: endIn(status, failed) };
}

type Failed = (said: string) => Failure;

async function proofIn(
  status: unknown,
  { certificate: own, user }: ExecUser,
  { parts, failed }: { parts: IdentityParts; failed: Failed },
): Promise<RequestCredentials> {
  const token = textField(status, 'token');
  const [cert, key] = [
    textField(status, 'clientCertificateData'),
    textField(status, 'clientKeyData'),
  ];
  if ((cert === undefined) !== (key === undefined)) {
    throw failed('it gave a client certificate without its key, or a key without its certificate');
  }
  if (token !== undefined && /[\s\0]/.test(token.trim()))
    throw failed('its token has blanks in it');
  const certificate =
    cert !== undefined && key !== undefined
      ? await clientCertificate({ cert, key }, { entry: user, now: parts.clock.now() })
      : own;
  if (token === undefined && !certificate)
    throw failed('it gave neither a token nor a certificate');
  return {
    ...(token !== undefined && { authorization: `Bearer ${token.trim()}` }),
    ...(certificate && { certificate }),
  };
}

function endIn(status: unknown, failed: Failed): number | undefined {
  const text = textField(status, 'expirationTimestamp');
  if (text === undefined) return undefined;
  const end = Date.parse(text);
  if (Number.isNaN(end)) throw failed('its expirationTimestamp is no time');
  return end;
}

// The inputs of this action are none of the program's business; the rest of the environment is how it
// signs in.
function environmentFor(o: ExecUser & { version: string }, { env }: IdentityParts): Environment {
  const { cluster, exec, version } = o;
  const own = Object.entries(env).filter(([name]) => !name.startsWith('INPUT_'));
  const given = exec['env'];
  const more = (isJsonList(given) ? given : []).flatMap((one): [string, string][] => {
    if (!isJsonObject(one)) return [];
    const name = textIn(one, 'name');
    return name ? [[name, textIn(one, 'value') ?? '']] : [];
  });
  const { ca, entry, proxy, server, tlsServerName } = cluster;
  const config = execConfigOf(entry);
  const about = {
    server: server.href.replace(/\/$/, ''),
    ...(tlsServerName !== undefined && { 'tls-server-name': tlsServerName }),
    ...(ca !== undefined && {
      'certificate-authority-data': Buffer.from(ca).toString('base64'),
    }),
    ...(proxy !== undefined && { 'proxy-url': proxy }),
    ...(config && { config }),
  };
  const info = {
    kind: 'ExecCredential',
    apiVersion: version,
    spec: {
      interactive: false,
      ...(exec['provideClusterInfo'] === true && { cluster: about }),
    },
  };
  return {
    ...Object.fromEntries(own),
    ...Object.fromEntries(more),
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  };
}

/** What a plug-in may be told of the cluster under this name. */
function execConfigOf({ is }: Entry): JsonObject | undefined {
  const list = is['extensions'];
  if (!Array.isArray(list)) return undefined;
  const found = list.find((one) => textIn(one, 'name') === 'client.authentication.k8s.io/exec');
  const config = found === undefined ? undefined : found['extension'];
  return config !== undefined && isJsonObject(config) ? config : undefined;
}
