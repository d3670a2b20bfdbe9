import type { Environment } from '../exec/environment.ts';
import { Failure } from '../failure/failure.ts';

/** A proxy as a variable of the environment names it. */
export interface HttpProxy {
  /** `http://proxy.corp:3128`, without credentials. */
  origin: string;
  /** `Proxy-Authorization`, where the address has credentials. */
  authorization?: string;
}

/** Which proxy is for which kind of address, and which hosts are asked past it. */
export interface Proxies {
  http: HttpProxy | undefined;
  https: HttpProxy | undefined;
  noProxy: string;
}

/**
 * Reads `http_proxy`, `https_proxy` and `no_proxy`, or the same in capitals, as curl and git do: one
 * proxy is for http, the other for https, and `http://` may be left out.
 * @returns undefined where there is no proxy
 * @throws Failure `action/proxy`
 */
export function readProxies(env: Environment, mask: (secret: string) => void): Proxies | undefined {
  const read = (name: string) => {
    const variable = [name, name.toUpperCase()].find((one) => env[one]?.trim());
    return variable === undefined ? undefined : readProxy(variable, env[variable] ?? '', mask);
  };
  const [http, https] = [read('http_proxy'), read('https_proxy')];
  if (!http && !https) return undefined;
  return { http, https, noProxy: readNoProxy(env['no_proxy'] ?? env['NO_PROXY'] ?? '') };
}

/** The variables as Node's own agents take them: with the scheme that people leave out. */
export function proxyEnvironment(env: Environment): Record<string, string | undefined> {
  const named = Object.entries(env).map(([name, value]) =>
    /^https?_proxy$/i.test(name) && value?.trim() ? [name, withScheme(value)] : [name, value],
  );
  return Object.fromEntries(named);
}

function withScheme(given: string): string {
  const text = given.trim();
  return /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
}

function readProxy(variable: string, given: string, mask: (secret: string) => void): HttpProxy {
  const url = URL.parse(withScheme(given));
  const known = url?.protocol === 'http:' || url?.protocol === 'https:';
  // Of what cannot be read nothing is said: a password may be in it.
  if (!url || !known || url.hostname === '' || url.pathname !== '/' || url.search || url.hash) {
    const scheme = url && !known && url.hostname !== '' ? ` (${url.protocol}//)` : '';
    throw Failure.of('action/proxy', { variable, scheme });
  }
  const { origin, password, username } = url;
  if (username === '' && password === '') return { origin };
  const words = [username, password].map(decoded);
  const basic = Buffer.from(words.join(':')).toString('base64');
  for (const secret of [password, words[1] ?? '', basic]) if (secret !== '') mask(secret);
  return { origin, authorization: `Basic ${basic}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// undici knows `*` by itself only, and IPv6 in brackets only.
function readNoProxy(text: string): string {
  const entries = text.split(/[,\s]+/).filter((entry) => entry !== '');
  if (entries.includes('*')) return '*';
  return entries
    .map((entry) => (/^[\da-f]*:[\da-f]*:[\da-f:.]*$/i.test(entry) ? `[${entry}]` : entry))
    .join(',');
}
