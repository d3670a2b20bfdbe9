import { createHash } from 'node:crypto';

/** Where an image goes, and with which login. */
export interface Destination {
  /** `127.0.0.1:port` */
  host: string;
  login?: { username: string; password: string };
}

/** What to change in an image's configuration. */
export interface ImageChange {
  /** The app says `version …`. */
  version?: string;
  /** Variables of its environment. */
  env?: Readonly<Record<string, string>>;
  /** What `docker stop` sends; the app ends at once on SIGTERM only. */
  stopSignal?: string;
  architecture?: string;
}

/** The parts of a manifest and of a configuration that are changed here. */
interface Manifest {
  config: { digest: string; size: number };
  layers: Array<{ digest: string }>;
}
interface Config {
  architecture: string;
  config: { Env: string[]; StopSignal?: string };
}

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';

/**
 * Makes an image that differs from another one in its configuration only, by the registry's own
 * API: no engine is asked and its layers are not built again.
 * @param image `host/app@sha256:…`
 * @param tag to give it, if any
 * @returns `host/app@sha256:…`
 */
export async function variant(
  image: string,
  change: ImageChange,
  to?: Destination,
  tag?: string,
): Promise<string> {
  const [host = '', digest = ''] = image.split('/app@');
  const from = `http://${host}/v2/app`;
  const target = `http://${to?.host ?? host}/v2/app`;
  const headers = to?.login ? { authorization: basic(to.login) } : {};
  const manifest: Manifest = JSON.parse(
    await textOf(fetch(`${from}/manifests/${digest}`, { headers: { accept: manifestType } })),
  );
  const config: Config = JSON.parse(await textOf(fetch(`${from}/blobs/${manifest.config.digest}`)));
  if (change.architecture) config.architecture = change.architecture;
  if (change.stopSignal) config.config.StopSignal = change.stopSignal;
  const env = { ...change.env, ...(change.version ? { VERSION: change.version } : {}) };
  config.config.Env = [
    ...config.config.Env.filter((line) => !Object.hasOwn(env, line.split('=')[0] ?? '')),
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
  ];
  const put = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
    const name = digestOf(bytes);
    const begun = await ok(fetch(`${target}/blobs/uploads/`, { method: 'POST', headers }));
    const place = new URL(begun.headers.get('location') ?? '', target);
    place.searchParams.set('digest', name);
    await ok(fetch(place, { method: 'PUT', headers, body: bytes }));
    return name;
  };
  if (to && to.host !== host) {
    for (const layer of manifest.layers) {
      const blob = await ok(fetch(`${from}/blobs/${layer.digest}`));
      await put(new Uint8Array(await blob.arrayBuffer()));
    }
  }
  const configBytes = new TextEncoder().encode(JSON.stringify(config));
  manifest.config.digest = await put(configBytes);
  manifest.config.size = configBytes.length;
  const body = JSON.stringify(manifest);
  const name = digestOf(new TextEncoder().encode(body));
  await ok(
    fetch(`${target}/manifests/${tag ?? name}`, {
      method: 'PUT',
      headers: { ...headers, 'content-type': manifestType },
      body,
    }),
  );
  return `${to?.host ?? host}/app@${name}`;
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function textOf(answer: Promise<Response>): Promise<string> {
  return (await ok(answer)).text();
}

async function ok(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  return response;
}
